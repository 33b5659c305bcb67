#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/check.h"
#include "core/guarded.h"
#include "core/snapshot.h"

namespace earmark {
namespace {

TEST(Guarded, LosesNoUpdate) {
  Guarded<int> count(0);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 10000; ++i) count.with([](int& value) { ++value; });
      });
    }
  }
  EXPECT_EQ(count.with([](const int& value) { return value; }), 40000);
}

TEST(Snapshot, ReadersKeepWhatTheyTookAndSeeWholeValues) {
  using Pair = std::pair<int, int>;
  Snapshot<Pair> current(std::make_shared<const Pair>(0, 0));
  const auto first = current.get();
  {
    const std::jthread reader([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        const auto pair = current.get();
        EXPECT_EQ(pair->first, pair->second);
      }
    });
    for (int i = 1; i <= 2000; ++i) current.publish(std::make_shared<const Pair>(i, i));
  }
  EXPECT_EQ(first->first, 0);
  EXPECT_EQ(current.get()->second, 2000);
}

TEST(CheckDeathTest, AbortsWithPlaceAndText) {
  EXPECT_DEATH(EARMARK_CHECK(1 > 2, "order"), "shared_test.cpp:[0-9]+: broken invariant: order");
}

}  // namespace
}  // namespace earmark
