#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "core/time.h"

namespace earmark::monetization {

/// "2026-11-23" or RFC 3339: the day's beginning, or that instant. kInvalidArgument.
[[nodiscard]] Result<Timestamp> parse_when(std::string_view text);
/// "2026-11-23". kInvalidArgument.
[[nodiscard]] Result<std::chrono::sys_days> parse_day(std::string_view text);
[[nodiscard]] std::string show_day(std::chrono::sys_days day);
[[nodiscard]] std::chrono::sys_days day_of(Timestamp time);

}  // namespace earmark::monetization
