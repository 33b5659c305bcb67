#include "monetization/dates.h"

#include <fmt/format.h>

namespace earmark::monetization {
namespace {

constexpr std::size_t kDayLength = 10;  // of "2026-11-23"

}  // namespace

Result<Timestamp> parse_when(std::string_view text) {
  auto time =
      parse_rfc3339(text.size() == kDayLength ? fmt::format("{}T00:00:00Z", text) : std::string(text));
  if (time) return time;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("time '{}': must be like 2026-11-23 or 2026-11-23T17:45:00Z", text));
}

Result<std::chrono::sys_days> parse_day(std::string_view text) {
  if (text.size() == kDayLength) {
    if (const auto time = parse_when(text)) return day_of(*time);
  }
  return fail(ErrorCode::kInvalidArgument, fmt::format("day '{}': must be like 2026-11-23", text));
}

std::string show_day(std::chrono::sys_days day) { return to_rfc3339(Timestamp(day)).substr(0, kDayLength); }

std::chrono::sys_days day_of(Timestamp time) { return std::chrono::floor<std::chrono::days>(time); }

}  // namespace earmark::monetization
