#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "core/result.h"

namespace earmark {

/// A point in time: UTC, milliseconds. Stored and printed as RFC 3339 with a "Z".
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// "2026-11-23T17:45:02.123Z" (RFC 3339, always UTC, always milliseconds).
[[nodiscard]] std::string to_rfc3339(Timestamp time);

/// Reads RFC 3339 (any offset, optional fraction, cut to milliseconds; second 60 is the next minute's first).
/// kInvalidArgument on anything else, and where the offset carries the time out of the years 0000 to 9999.
[[nodiscard]] Result<Timestamp> parse_rfc3339(std::string_view text);

/// Where the present comes from; a parameter, so that tests never sleep.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Timestamp now() const = 0;
};

/// The machine's clock. Thread-safe.
[[nodiscard]] const Clock& system_clock();

}  // namespace earmark
