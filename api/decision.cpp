#include "api/decision.h"

#include <algorithm>
#include <map>
#include <optional>

namespace earmark::api {
namespace {

using registry::Decision;
using registry::PolicyAction;
using registry::TerritoryDecision;

/// Territory of a policy without bounds (DDEX's word for it).
constexpr const char* kEverywhere = "Worldwide";

int restriction_of(const std::optional<PolicyAction>& action) {
  return action ? 1 + registry::restriction_of(*action) : 0;
}

Json word_of(const std::optional<PolicyAction>& action) {
  return action ? Json(registry::to_string(*action)) : Json("none");
}

/// The part of a decision that holds in a territory; of one that it does not name, that of the rest of the
/// world. Nothing: the decision is the same everywhere, and that is no claim.
const TerritoryDecision* part_for(const Decision& decision, const std::string& territory) {
  const TerritoryDecision* elsewhere = nullptr;
  for (const TerritoryDecision& part : decision.by_territory) {
    for (const auto& code : part.territories) {
      if (code == territory) return &part;
      if (code == registry::kElsewhere) elsewhere = &part;
    }
  }
  return elsewhere;
}

/// What all matches together mean in each territory that one of them names.
class Verdicts {
 public:
  void add(Decision decision) {
    if (decision.disposition == registry::Disposition::kReview) {
      review_ = true;
      if (review_reason_.empty()) review_reason_ = decision.reason;
      return;
    }
    for (const TerritoryDecision& part : decision.by_territory) {
      for (const auto& code : part.territories) strictest_.try_emplace(code, nullptr);
    }
    decisions_.push_back(std::move(decision));
  }

  [[nodiscard]] Json json(const std::string& territory) {
    for (auto& [code, strictest] : strictest_) strictest = strictest_in(code);
    const TerritoryDecision* decisive = nullptr;
    if (!territory.empty()) {
      decisive = strictest_in(territory);
    } else {
      for (const auto& [code, part] : strictest_) decisive = stricter(decisive, part);
    }
    const auto action = decisive == nullptr ? std::optional<PolicyAction>() : decisive->action;
    const bool has_rule = decisive != nullptr && !decisive->rule_id.empty();
    Json json = {{"action", word_of(action)},
                 {"by_territory", by_territory()},
                 {"rule_id", has_rule ? Json(decisive->rule_id) : Json(nullptr)},
                 {"rule_version", has_rule ? Json(decisive->rule_version) : Json(nullptr)},
                 {"reason", reason_of(decisive)},
                 {"review", review_},
                 {"territory", territory.empty() ? Json(nullptr) : Json(territory)}};
    return json;
  }

 private:
  /// Of equals the first counts: that of the first match.
  static const TerritoryDecision* stricter(const TerritoryDecision* a, const TerritoryDecision* b) {
    if (a == nullptr || b == nullptr) return a == nullptr ? b : a;
    return restriction_of(b->action) > restriction_of(a->action) ? b : a;
  }

  [[nodiscard]] const TerritoryDecision* strictest_in(const std::string& territory) const {
    const TerritoryDecision* strictest = nullptr;
    for (const Decision& decision : decisions_)
      strictest = stricter(strictest, part_for(decision, territory));
    return strictest;
  }

  [[nodiscard]] Json by_territory() const {
    Json json = Json::object();
    const auto elsewhere = strictest_.find(std::string(registry::kElsewhere));
    if (elsewhere == strictest_.end()) return json;
    const auto word = word_of(elsewhere->second->action);
    json[kEverywhere] = word;
    for (const auto& [code, part] : strictest_) {
      if (code != registry::kElsewhere && word_of(part->action) != word) json[code] = word_of(part->action);
    }
    return json;
  }

  [[nodiscard]] Json reason_of(const TerritoryDecision* decisive) const {
    if (decisive != nullptr) return decisive->reason;
    if (review_) return review_reason_;
    return decisions_.empty() ? Json(nullptr) : Json(decisions_.front().reason);
  }

  std::vector<Decision> decisions_;
  std::map<std::string, const TerritoryDecision*> strictest_;  ///< by code; filled in by json()
  bool review_ = false;
  std::string review_reason_;
};

registry::Policies::Asked asked_of(const catalogue::MatchedUse& use, const std::string& feed_url) {
  registry::Policies::Asked asked;
  asked.recording_key = use.match.recording;
  asked.feed_url = feed_url;
  asked.query_start_ms = use.match.query_start_ms;
  asked.query_end_ms = use.match.query_end_ms;
  asked.reference_start_ms = use.match.reference_start_ms;
  asked.reference_end_ms = use.match.reference_end_ms;
  asked.probability = use.match.probability;
  asked.is_ambiguous = !use.ambiguous_with.empty();
  return asked;
}

}  // namespace

Result<Json> decide(registry::Registry& registry, const std::vector<catalogue::MatchedUse>& matches,
                    const DecisionRequest& request) {
  Verdicts verdicts;
  for (const auto& use : matches) {
    if (use.match.probability < request.min_probability) continue;
    EARMARK_TRY(auto decision, registry.policies().ask(asked_of(use, request.feed_url)));
    if (decision) verdicts.add(std::move(*decision));
  }
  return verdicts.json(request.territory);
}

}  // namespace earmark::api
