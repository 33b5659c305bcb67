#include <string>

#include <gtest/gtest.h>

#include "api/rate_limit.h"

namespace earmark::api {
namespace {

using namespace std::chrono_literals;

TEST(RateLimiter, GivesABurstThenARate) {
  RateLimiter limiter;
  const RateLimiter::Rate rate{10, 20};
  RateLimiter::Time now{};
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(limiter.take("a", rate, now).allowed) << i;
  const auto refused = limiter.take("a", rate, now);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.remaining, 0);
  EXPECT_EQ(refused.retry_in_s, 1);
  EXPECT_EQ(refused.full_in_s, 2);
  EXPECT_TRUE(limiter.take("b", rate, now).allowed);

  now += 500ms;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(limiter.take("a", rate, now).allowed) << i;
  EXPECT_FALSE(limiter.take("a", rate, now).allowed);
}

TEST(RateLimiter, HasNoLimitWhereNoneIsSet) {
  RateLimiter limiter;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(limiter.take("a", {0, 0}, RateLimiter::Time{}).allowed);
}

TEST(RateLimiter, RemembersNamesInBoundedMemory) {
  RateLimiter limiter;
  RateLimiter::Time now{};
  for (int i = 0; i < 100'000; ++i) {
    now += 1us;
    EXPECT_TRUE(limiter.take("address " + std::to_string(i), {1, 1}, now).allowed);
  }
}

}  // namespace
}  // namespace earmark::api
