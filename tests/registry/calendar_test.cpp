#include "registry/calendar.h"

#include <random>

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace earmark::registry {
namespace {

using std::chrono::sys_days;
using namespace std::chrono_literals;

sys_days day(int year, unsigned month, unsigned number) {
  return sys_days{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{number}};
}

TEST(Calendar, KnowsTheHolidaysOfTheUnitedStatesIn2026) {
  for (const auto& [month, number] : std::vector<std::pair<unsigned, unsigned>>{{1, 1},
                                                                                {1, 19},
                                                                                {2, 16},
                                                                                {5, 25},
                                                                                {6, 19},
                                                                                {7, 3},
                                                                                {9, 7},
                                                                                {10, 12},
                                                                                {11, 11},
                                                                                {11, 26},
                                                                                {12, 25}}) {
    EXPECT_FALSE(is_business_day(day(2026, month, number), Calendar::kUs)) << month << '/' << number;
    EXPECT_TRUE(is_business_day(day(2026, month, number), Calendar::kWeekdays)) << month << '/' << number;
  }
  int business = 0;
  for (sys_days at = day(2026, 1, 1); at < day(2027, 1, 1); at += std::chrono::days{1})
    business += is_business_day(at, Calendar::kUs) ? 1 : 0;
  EXPECT_EQ(business, 261 - 11);
  EXPECT_FALSE(is_business_day(day(2021, 12, 31), Calendar::kUs));  // New Year's Day of 2022, a Saturday
  EXPECT_TRUE(is_business_day(day(2020, 6, 19), Calendar::kUs));    // not yet a holiday
}

TEST(Calendar, KnowsTheClosingDaysOfTarget) {
  EXPECT_EQ(easter_sunday(2024y), day(2024, 3, 31));
  EXPECT_EQ(easter_sunday(2025y), day(2025, 4, 20));
  EXPECT_EQ(easter_sunday(2038y), day(2038, 4, 25));
  EXPECT_FALSE(is_business_day(day(2026, 4, 3), Calendar::kTarget));
  EXPECT_FALSE(is_business_day(day(2026, 4, 6), Calendar::kTarget));
  EXPECT_FALSE(is_business_day(day(2026, 5, 1), Calendar::kTarget));
  EXPECT_TRUE(is_business_day(day(2026, 7, 3), Calendar::kTarget));
}

TEST(Calendar, CountsBusinessDaysFromTheDayAfter) {
  const Timestamp friday = Timestamp(day(2026, 11, 20)) + 15h + 30min;
  EXPECT_EQ(add_business_days(friday, 1, Calendar::kUs), Timestamp(day(2026, 11, 23)) + 15h + 30min);
  EXPECT_EQ(add_business_days(friday, 10, Calendar::kUs), Timestamp(day(2026, 12, 7)) + 15h + 30min);
  EXPECT_EQ(add_business_days(friday, 10, Calendar::kWeekdays), Timestamp(day(2026, 12, 4)) + 15h + 30min);
  EXPECT_EQ(add_business_days(friday, 0, Calendar::kUs), friday);
  EXPECT_EQ(add_business_days(friday + 24h, 1, Calendar::kUs), Timestamp(day(2026, 11, 23)) + 15h + 30min);
}

TEST(CalendarProperty, PassesExactlyThatManyBusinessDays) {
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    const Timestamp from(std::chrono::milliseconds(random() % 2'000'000'000'000ULL));
    const auto count = static_cast<std::int64_t>(random() % 40);
    const auto calendar = std::array{Calendar::kWeekdays, Calendar::kUs, Calendar::kTarget}.at(random() % 3);
    const Timestamp to = add_business_days(from, count, calendar);
    std::int64_t passed = 0;
    for (auto at = std::chrono::floor<std::chrono::days>(from) + std::chrono::days{1}; at <= to;
         at += std::chrono::days{1})
      passed += is_business_day(at, calendar) ? 1 : 0;
    ASSERT_EQ(passed, count);
    ASSERT_EQ((to - from) % std::chrono::days{1}, 0ms);
  }
}

TEST(Period, IsReadAndPrinted) {
  for (const char* text : {"0d", "14d", "10bd:us", "3bd:target", "5bd:weekdays"})
    EXPECT_EQ(to_string(parse_period(text).value()), text);
  EXPECT_EQ(parse_period("5bd").value(), parse_period("5bd:weekdays").value());
  for (const char* bad : {"", "d", "14", "-1d", "14 d", "5bd:", "5bd:moon", "3661d", "99999999999999999999d"})
    EXPECT_FAILS(parse_period(bad), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace earmark::registry
