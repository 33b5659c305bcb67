#pragma once
// What the owners of all that was matched want: what a platform asks before it publishes.
#include <string>
#include <vector>

#include "catalogue/catalogue.h"
#include "core/json.h"

namespace earmark::api {

struct DecisionRequest {
  double min_probability = 0.9;  ///< matches below it decide nothing
  std::string territory;         ///< ISO 3166-1 alpha-2; empty: the most restrictive of all
  std::string feed_url;          ///< where it is to be published; empty: only licences for any feed count
};

/// {"action", "by_territory", "rule_id", "rule_version", "reason", "review", "territory"}: for each match
/// what a claim on it would be decided to be (registry/resolution.h), and of several matches, in each
/// territory, the most restrictive: none < monetize < track < block. "by_territory" has "Worldwide", and the
/// territories where something else holds. A match that a person would have to look at first decides nothing
/// and sets "review". No match is action "none" with an empty "by_territory".
[[nodiscard]] Result<Json> decide(registry::Registry& registry,
                                  const std::vector<catalogue::MatchedUse>& matches,
                                  const DecisionRequest& request);

}  // namespace earmark::api
