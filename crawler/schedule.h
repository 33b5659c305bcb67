#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/time.h"

namespace earmark::crawler {

/// How often a feed may be looked at.
struct ScheduleBounds {
  std::chrono::milliseconds shortest{900'000};
  std::chrono::milliseconds longest{24 * 3600 * 1000LL};
};

/// What is known when the next look is planned.
struct ScheduleFacts {
  std::chrono::milliseconds last_interval{0};  ///< 0: this was the first look
  enum class Outcome { kChanged, kSame, kFailed } outcome = Outcome::kSame;
  std::int64_t failures = 0;                         ///< in a row, this one included
  std::span<const Timestamp> published = {};         ///< of episodes, in any order
  std::optional<std::chrono::minutes> ttl = {};      ///< RSS: may be cached so long
  std::optional<std::chrono::seconds> max_age = {};  ///< HTTP: likewise
  std::string_view rrule = {};                       ///< podcast:updateFrequency; empty: none
  bool is_complete = false;                          ///< the feed says that nothing more comes
  std::uint64_t spread = 0;  ///< which feed it is: feeds of one moment do not stay together
};

/// When to look again. A change halves the interval and no change stretches it by half, between a sixteenth
/// and a quarter of the usual time between episodes (by their dates, or as the feed says); never sooner than
/// the server and the feed ask for, within the bounds. Failures double it. Pure.
[[nodiscard]] std::chrono::milliseconds next_interval(const ScheduleFacts& facts,
                                                      const ScheduleBounds& bounds);

/// The period of an RFC 5545 recurrence rule, roughly: FREQ, INTERVAL and the number of BYDAY, BYMONTHDAY and
/// BYHOUR. Nothing for what is no rule.
[[nodiscard]] std::optional<std::chrono::milliseconds> period_of(std::string_view rrule);

/// max-age of a Cache-Control header; nothing where it says none, or that nothing may be kept.
[[nodiscard]] std::optional<std::chrono::seconds> max_age_of(std::string_view cache_control);

}  // namespace earmark::crawler
