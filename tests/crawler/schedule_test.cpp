#include "crawler/schedule.h"

#include <vector>

#include <gtest/gtest.h>

namespace earmark::crawler {
namespace {

using namespace std::chrono_literals;
using Outcome = ScheduleFacts::Outcome;
using Ms = std::chrono::milliseconds;

constexpr ScheduleBounds kBounds{15min, 24h};

/// Dates of episodes, so far apart.
std::vector<Timestamp> every(Ms gap, int count = 12) {
  std::vector<Timestamp> dates;
  for (int i = 0; i < count; ++i) dates.push_back(Timestamp(Ms(1'700'000'000'000)) + i * gap);
  return dates;
}

TEST(Schedule, BeginsWithASixteenthOfTheUsualGap) {
  ScheduleFacts facts;
  const auto weekly = every(7 * 24h);
  facts.published = weekly;
  facts.outcome = Outcome::kChanged;
  EXPECT_EQ(next_interval(facts, kBounds), Ms(7 * 24h) / 16);
  facts.published = {};
  EXPECT_EQ(next_interval(facts, kBounds), Ms(15min));
}

TEST(Schedule, StretchesWhileNothingHappensAndShrinksWhenSomethingDoes) {
  const auto daily = every(24h);
  ScheduleFacts facts;
  facts.published = daily;
  facts.last_interval = 2h;
  EXPECT_EQ(next_interval(facts, kBounds), Ms(3h));
  facts.last_interval = 5h;
  EXPECT_EQ(next_interval(facts, kBounds), Ms(6h)) << "a quarter of a day at most";
  facts.outcome = Outcome::kChanged;
  EXPECT_EQ(next_interval(facts, kBounds), Ms(150min));
  facts.last_interval = 1h;
  EXPECT_EQ(next_interval(facts, kBounds), Ms(90min)) << "a sixteenth of a day at least";
}

TEST(Schedule, HeedsWhatFeedAndServerAskFor) {
  ScheduleFacts facts;
  facts.ttl = 300min;
  EXPECT_EQ(next_interval(facts, kBounds), Ms(5h));
  facts.max_age = 10h;
  EXPECT_EQ(next_interval(facts, kBounds), Ms(10h));
  facts.max_age = 1000h;
  EXPECT_EQ(next_interval(facts, kBounds), Ms(24h)) << "but looks once a day";
  facts = {};
  facts.rrule = "FREQ=WEEKLY";
  facts.outcome = Outcome::kChanged;
  EXPECT_EQ(next_interval(facts, kBounds), Ms(7 * 24h) / 16);
  facts = {};
  facts.is_complete = true;
  EXPECT_EQ(next_interval(facts, kBounds), Ms(24h));
}

TEST(Schedule, BacksOffFromFailures) {
  ScheduleFacts facts;
  facts.outcome = Outcome::kFailed;
  facts.failures = 1;
  EXPECT_EQ(next_interval(facts, kBounds), Ms(15min));
  facts.failures = 3;
  EXPECT_EQ(next_interval(facts, kBounds), Ms(1h));
  facts.failures = 1'000'000;
  EXPECT_EQ(next_interval(facts, kBounds), Ms(24h));
}

TEST(Schedule, SpreadsFeedsOverATenth) {
  ScheduleFacts facts;
  Ms least = 24h, most = 0h;
  for (facts.spread = 1; facts.spread <= 1000; ++facts.spread) {
    const Ms interval = next_interval(facts, kBounds);
    least = std::min(least, interval);
    most = std::max(most, interval);
  }
  EXPECT_GE(least, Ms(15min));
  EXPECT_LE(most, Ms(15min) + Ms(90s));
  EXPECT_GT(most - least, Ms(80s));
}

TEST(Schedule, ReadsRecurrenceRules) {
  EXPECT_EQ(period_of("FREQ=DAILY"), Ms(24h));
  EXPECT_EQ(period_of("freq=weekly;interval=2"), Ms(14 * 24h));
  EXPECT_EQ(period_of("FREQ=WEEKLY;BYDAY=MO,WE,FR"), Ms(7 * 24h) / 3);
  EXPECT_EQ(period_of("FREQ=WEEKLY;INTERVAL=0"), Ms(7 * 24h));
  EXPECT_EQ(period_of("FREQ=SOMETIMES"), std::nullopt);
  EXPECT_EQ(period_of(""), std::nullopt);
}

TEST(Schedule, ReadsCacheControl) {
  EXPECT_EQ(max_age_of("public, max-age=3600"), 3600s);
  EXPECT_EQ(max_age_of("Max-Age=\"60\""), 60s);
  EXPECT_EQ(max_age_of("no-cache, max-age=60"), std::nullopt);
  EXPECT_EQ(max_age_of("max-age=soon"), std::nullopt);
  EXPECT_EQ(max_age_of(""), std::nullopt);
}

}  // namespace
}  // namespace earmark::crawler
