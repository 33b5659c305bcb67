#pragma once
#include <optional>
#include <string_view>

#include "core/time.h"

namespace earmark::crawler {

/// The date of a feed's item: RFC 822/2822 with the freedoms that real feeds take (no or wrong weekday,
/// one-digit days, two-digit years, full month names, no seconds, no or named zone), else RFC 3339, else a
/// bare ISO date. A missing zone is UTC. Nothing when it is none of these. Source: RFC 2822 §3.3 and §4.3
/// (obsolete forms).
[[nodiscard]] std::optional<Timestamp> parse_feed_date(std::string_view text);

}  // namespace earmark::crawler
