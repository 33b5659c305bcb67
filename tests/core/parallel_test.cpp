#include "core/parallel.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <numeric>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace earmark {
namespace {

TEST(ParallelForProperty, CallsEachIndexOnceForAnyNumberOfThreads) {
  for (const std::size_t count : {0U, 1U, 2U, 7U, 1000U}) {
    for (const std::size_t threads : {0U, 1U, 2U, 5U, 64U}) {
      std::vector<std::atomic<int>> calls(count);
      parallel_for(count, threads, [&](std::size_t i) { ++calls[i]; });
      for (const auto& n : calls) ASSERT_EQ(n, 1);
    }
  }
}

TEST(ParallelOrderedProperty, EmitsInOrderOnTheCallingThread) {
  const auto caller = std::this_thread::get_id();
  std::mt19937 random(11);
  for (const std::size_t count : {0U, 1U, 3U, 200U}) {
    for (const std::size_t threads : {0U, 1U, 2U, 8U}) {
      std::vector<std::chrono::microseconds> pauses(count);
      for (auto& pause : pauses) pause = std::chrono::microseconds(random() % 300);
      std::vector<std::size_t> results(count, 0);
      std::vector<std::size_t> emitted;
      parallel_ordered(
          count, threads, 4,
          [&](std::size_t i) {
            std::this_thread::sleep_for(pauses[i]);
            results[i] = i * i;
          },
          [&](std::size_t i) {
            ASSERT_EQ(std::this_thread::get_id(), caller);
            ASSERT_EQ(results[i], i * i);
            emitted.push_back(i);
          });
      std::vector<std::size_t> expected(count);
      std::iota(expected.begin(), expected.end(), std::size_t{0});
      ASSERT_EQ(emitted, expected);
    }
  }
}

TEST(ParallelOrderedProperty, NeverRunsFurtherAheadThanTheWindow) {
  constexpr std::size_t kWindow = 6;
  std::atomic<std::size_t> emitted{0};
  std::atomic<std::size_t> furthest{0};
  parallel_ordered(
      300, 3, kWindow,
      [&](std::size_t i) {
        const std::size_t ahead = i - std::min(i, emitted.load());
        for (std::size_t before = furthest;
             before < ahead && !furthest.compare_exchange_weak(before, ahead);) {
        }
      },
      [&](std::size_t i) {
        if (i % 50 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
        ++emitted;
      });
  EXPECT_LE(furthest, kWindow);
  EXPECT_GT(furthest, 0U);
}

TEST(DefaultThreads, TakesTheEnvironmentOnlyWhereItIsANumber) {
  const auto with = [](const char* value) {
    ::setenv("EARMARK_THREADS", value, 1);
    const std::size_t threads = default_threads();
    ::unsetenv("EARMARK_THREADS");
    return threads;
  };
  const std::size_t own = default_threads();

  EXPECT_GE(own, 1U);
  EXPECT_EQ(with("3"), 3U);
  EXPECT_EQ(with("100000"), 256U);
  EXPECT_EQ(with("0"), own);
  EXPECT_EQ(with("-4"), own);
  EXPECT_EQ(with("17x"), own);
  EXPECT_EQ(with(""), own);
}

}  // namespace
}  // namespace earmark
