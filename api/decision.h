#pragma once
// What the owners of all that was matched want, in one word: what a platform asks before it publishes.
#include <vector>

#include "catalogue/catalogue.h"
#include "core/json.h"

namespace earmark::api {

/// {"action", "by_territory", "rule_id"}. Of several matches the most restrictive wins: none < monetize <
/// track < block (the order of YouTube's Content ID). Matches below `min_probability` decide nothing. An
/// empty list is action "none".
[[nodiscard]] Result<Json> decide(registry::Registry& registry,
                                  const std::vector<catalogue::MatchedUse>& matches, double min_probability);

}  // namespace earmark::api
