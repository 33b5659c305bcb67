#include "registry/decision_json.h"

namespace earmark::registry {

Json to_json(const Decision& decision) {
  const auto word = [](const std::optional<PolicyAction>& action) {
    return action ? Json(to_string(*action)) : Json("none");
  };
  const auto text_or_null = [](std::string_view text) { return text.empty() ? Json(nullptr) : Json(text); };
  Json by_territory = Json::array();
  for (const TerritoryDecision& one : decision.by_territory) {
    Json owners = Json::array();
    for (const Holding& owner : one.owners)
      owners.push_back({{"party", owner.party}, {"share_ppm", owner.ppm}});
    by_territory.push_back({{"territories", one.territories},
                            {"action", word(one.action)},
                            {"reason", one.reason},
                            {"party", text_or_null(one.party)},
                            {"rule_id", text_or_null(one.rule_id)},
                            {"rule_version", one.rule_version},
                            {"licence_id", text_or_null(one.licence_id)},
                            {"owners", std::move(owners)}});
  }
  return {{"disposition", to_string(decision.disposition)}, {"action", word(decision.action)},
          {"in_effect", word(decision.in_effect)},          {"reason", decision.reason},
          {"rule_id", text_or_null(decision.rule_id)},      {"rule_version", decision.rule_version},
          {"by_territory", std::move(by_territory)}};
}

}  // namespace earmark::registry
