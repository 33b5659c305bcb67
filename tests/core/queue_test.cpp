#include <algorithm>
#include <atomic>
#include <numeric>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/bounded_queue.h"
#include "core/guarded.h"

namespace earmark {
namespace {

TEST(BoundedQueue, GivesThingsInOrderAndDrainsAfterClose) {
  BoundedQueue<int> queue(3);
  ASSERT_TRUE(queue.push(1));
  ASSERT_TRUE(queue.push(2));

  queue.close();

  EXPECT_FALSE(queue.push(3));
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), 2);
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(BoundedQueue, CloseWakesWhoeverWaits) {
  BoundedQueue<int> full(1);
  BoundedQueue<int> empty(1);
  ASSERT_TRUE(full.push(1));
  std::atomic<int> woken{0};
  {
    const std::jthread pusher([&] { woken += full.push(2) ? 0 : 1; });
    const std::jthread popper([&] { woken += empty.pop() ? 0 : 1; });
    full.close();
    empty.close();
  }
  EXPECT_EQ(woken, 2);
}

TEST(BoundedQueue, HoldsAtLeastOne) {
  BoundedQueue<int> queue(0);

  EXPECT_TRUE(queue.push(5));
  EXPECT_EQ(queue.pop(), 5);
}

TEST(BoundedQueueProperty, LosesAndDoublesNothingAndStaysBounded) {
  constexpr int kProducers = 3;
  constexpr int kEach = 3000;
  constexpr int kCapacity = 5;
  BoundedQueue<int> queue(kCapacity);
  std::atomic<int> inside{
      0};  // pushed and not yet popped, counted late on the way in and early on the way out
  std::atomic<int> most{0};
  Guarded<std::vector<int>> seen;
  std::vector<std::jthread> consumers;
  for (int c = 0; c < 2; ++c) {
    consumers.emplace_back([&] {
      while (const auto item = queue.pop()) {
        --inside;
        seen.with([&](std::vector<int>& all) { all.push_back(*item); });
      }
    });
  }
  {
    std::vector<std::jthread> producers;
    for (int p = 0; p < kProducers; ++p) {
      producers.emplace_back([&, p] {
        for (int i = 0; i < kEach; ++i) {
          EXPECT_TRUE(queue.push(p * kEach + i));
          const int now = ++inside;
          for (int before = most; before < now && !most.compare_exchange_weak(before, now);) {
          }
        }
      });
    }
  }
  queue.close();
  consumers.clear();

  auto all = seen.with([](const std::vector<int>& items) { return items; });
  std::sort(all.begin(), all.end());
  std::vector<int> expected(kProducers * kEach);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(all, expected);
  EXPECT_LE(most, kCapacity + 2);  // a consumer may hold one that it has not counted yet
}

}  // namespace
}  // namespace earmark
