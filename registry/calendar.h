#pragma once
// Days on which business is done, and periods that are counted in them. Pure functions; UTC.
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"

namespace earmark::registry {

/// Which days are no business days besides Saturdays and Sundays.
enum class Calendar {
  kWeekdays,  ///< none
  kUs,        ///< federal holidays of the United States, as observed (5 U.S.C. 6103)
  kTarget,    ///< closing days of the euro's payment system: 1 January, Good Friday, Easter Monday, 1 May,
              ///< 25 and 26 December
};
[[nodiscard]] std::string_view to_string(Calendar calendar);  ///< "weekdays", "us", "target"
[[nodiscard]] Result<Calendar> parse_calendar(std::string_view text);

[[nodiscard]] bool is_business_day(std::chrono::sys_days day, Calendar calendar);

/// The same time of day on the `days`-th business day after the day of `from`, which itself does not count.
[[nodiscard]] Timestamp add_business_days(Timestamp from, std::int64_t days, Calendar calendar);

/// Easter Sunday of a year of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8).
[[nodiscard]] std::chrono::sys_days easter_sunday(std::chrono::year year);

/// How long somebody has for an answer.
struct Period {
  std::int64_t amount = 0;
  enum class Unit { kDays, kBusinessDays } unit = Unit::kDays;
  Calendar calendar = Calendar::kWeekdays;  ///< of kBusinessDays

  friend bool operator==(const Period&, const Period&) = default;
};
[[nodiscard]] Timestamp after(Timestamp from, const Period& period);
/// "14d", "10bd" (weekdays), "10bd:us". kInvalidArgument; at most 3,660 days.
[[nodiscard]] Result<Period> parse_period(std::string_view text);
[[nodiscard]] std::string to_string(const Period& period);

}  // namespace earmark::registry
