#include "registry/calendar.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

namespace earmark::registry {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr std::int64_t kLongestPeriod = 3660;

/// Holidays of the United States that fall on a date of their own, and since when.
struct FixedHoliday {
  unsigned month;
  unsigned day;
  int since;
};
constexpr std::array kUsFixed = {FixedHoliday{1, 1, 1885}, FixedHoliday{6, 19, 2021},
                                 FixedHoliday{7, 4, 1885}, FixedHoliday{11, 11, 1938},
                                 FixedHoliday{12, 25, 1885}};

/// Those that are the n-th weekday of a month; 5: the last.
struct FloatingHoliday {
  unsigned month;
  std::chrono::weekday weekday;
  unsigned nth;
  int since;
};
constexpr std::array kUsFloating = {
    FloatingHoliday{1, std::chrono::Monday, 3, 1986},  FloatingHoliday{2, std::chrono::Monday, 3, 1971},
    FloatingHoliday{5, std::chrono::Monday, 5, 1971},  FloatingHoliday{9, std::chrono::Monday, 1, 1894},
    FloatingHoliday{10, std::chrono::Monday, 2, 1971}, FloatingHoliday{11, std::chrono::Thursday, 4, 1942}};

/// A holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after.
sys_days observed(sys_days day) {
  const std::chrono::weekday weekday{day};
  if (weekday == std::chrono::Saturday) return day - days{1};
  if (weekday == std::chrono::Sunday) return day + days{1};
  return day;
}

bool is_us_holiday(sys_days day) {
  const year_month_day date{day};
  for (const FixedHoliday& holiday : kUsFixed) {
    // New Year's Day of the next year may be kept on the last day of this one.
    for (const year in : {date.year(), date.year() + std::chrono::years{1}}) {
      const sys_days kept = observed(in / std::chrono::month{holiday.month} / std::chrono::day{holiday.day});
      if (static_cast<int>(in) >= holiday.since && kept == day) return true;
    }
  }
  for (const FloatingHoliday& holiday : kUsFloating) {
    if (static_cast<int>(date.year()) < holiday.since) continue;
    const auto month = date.year() / std::chrono::month{holiday.month};
    const sys_days kept = holiday.nth == 5 ? sys_days{month / holiday.weekday[std::chrono::last]}
                                           : sys_days{month / holiday.weekday[holiday.nth]};
    if (kept == day) return true;
  }
  return false;
}

bool is_target_holiday(sys_days day) {
  const year_month_day date{day};
  const auto is = [&](unsigned month, unsigned number) {
    return date.month() == std::chrono::month{month} && date.day() == std::chrono::day{number};
  };
  if (is(1, 1) || is(5, 1) || is(12, 25) || is(12, 26)) return true;
  const sys_days easter = easter_sunday(date.year());
  return day == easter - days{2} || day == easter + days{1};
}

}  // namespace

std::string_view to_string(Calendar calendar) {
  switch (calendar) {
    case Calendar::kWeekdays: return "weekdays";
    case Calendar::kUs: return "us";
    case Calendar::kTarget: return "target";
  }
  return "weekdays";
}

Result<Calendar> parse_calendar(std::string_view text) {
  for (const auto calendar : {Calendar::kWeekdays, Calendar::kUs, Calendar::kTarget}) {
    if (text == to_string(calendar)) return calendar;
  }
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("calendar \"{}\": must be one of weekdays, us, target", text));
}

sys_days easter_sunday(year in) {
  const int y = static_cast<int>(in);
  const int a = y % 19;
  const int b = y / 100;
  const int c = y % 100;
  const int d = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
  const int e = (32 + 2 * (b % 4) + 2 * (c / 4) - d - c % 4) % 7;
  const int f = d + e - 7 * ((a + 11 * d + 22 * e) / 451) + 114;
  return sys_days{in / std::chrono::month{static_cast<unsigned>(f / 31)} /
                  std::chrono::day{static_cast<unsigned>(f % 31 + 1)}};
}

bool is_business_day(sys_days day, Calendar calendar) {
  const std::chrono::weekday weekday{day};
  if (weekday == std::chrono::Saturday || weekday == std::chrono::Sunday) return false;
  switch (calendar) {
    case Calendar::kWeekdays: return true;
    case Calendar::kUs: return !is_us_holiday(day);
    case Calendar::kTarget: return !is_target_holiday(day);
  }
  return true;
}

Timestamp add_business_days(Timestamp from, std::int64_t count, Calendar calendar) {
  sys_days day = std::chrono::floor<days>(from);
  const auto time_of_day = from - day;
  while (count > 0) {
    day += days{1};
    if (is_business_day(day, calendar)) --count;
  }
  return Timestamp(day) + time_of_day;
}

Timestamp after(Timestamp from, const Period& period) {
  if (period.unit == Period::Unit::kDays) return from + days{period.amount};
  return add_business_days(from, period.amount, period.calendar);
}

Result<Period> parse_period(std::string_view text) {
  Period period;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, period.amount);
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  const bool is_number = error == std::errc{} && period.amount >= 0 && period.amount <= kLongestPeriod;
  if (is_number && unit == "d") return period;
  if (is_number && unit.starts_with("bd")) {
    period.unit = Period::Unit::kBusinessDays;
    if (unit == "bd") return period;
    if (unit[2] == ':') {
      EARMARK_TRY(period.calendar, parse_calendar(unit.substr(3)));
      return period;
    }
  }
  return fail(
      ErrorCode::kInvalidArgument,
      fmt::format("period '{}': must be like 14d, 10bd or 10bd:us, at most {} days", text, kLongestPeriod));
}

std::string to_string(const Period& period) {
  if (period.unit == Period::Unit::kDays) return fmt::format("{}d", period.amount);
  return fmt::format("{}bd:{}", period.amount, to_string(period.calendar));
}

}  // namespace earmark::registry
