#include "api/decision.h"

namespace earmark::api {
namespace {

using registry::PolicyAction;

/// Territory of a policy without bounds (DDEX's word for it).
constexpr const char* kEverywhere = "Worldwide";

int severity(PolicyAction action) {
  switch (action) {
    case PolicyAction::kMonetize: return 1;
    case PolicyAction::kTrack: return 2;
    case PolicyAction::kBlock: return 3;
  }
  return 0;
}

}  // namespace

Result<Json> decide(registry::Registry& registry, const std::vector<catalogue::MatchedUse>& matches,
                    double min_probability) {
  std::vector<std::int64_t> keys;
  for (const auto& use : matches) {
    if (use.match.probability >= min_probability) keys.push_back(use.match.recording);
  }
  EARMARK_TRY(const auto recordings, registry.recordings().find_all(keys));
  const registry::Recording* strictest = nullptr;
  for (const std::int64_t key : keys) {  // in the order of the matches: of equals the first one counts
    const auto found = recordings.find(key);
    if (found == recordings.end()) continue;
    if (strictest == nullptr || severity(found->second.action) > severity(strictest->action))
      strictest = &found->second;
  }
  if (strictest == nullptr)
    return Json{{"action", "none"}, {"by_territory", Json::object()}, {"rule_id", nullptr}};
  const auto action = registry::to_string(strictest->action);
  return Json{{"action", action}, {"by_territory", {{kEverywhere, action}}}, {"rule_id", strictest->rule_id}};
}

}  // namespace earmark::api
