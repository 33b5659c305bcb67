#include "registry/resolution.h"

#include <algorithm>
#include <set>

namespace earmark::registry {
namespace {

/// Whether it holds at that time.
bool stands(const RightsDocument& document, Timestamp at) {
  return !document.withdrawn_at && document.valid_from <= at &&
         (!document.valid_to || at < *document.valid_to);
}

bool is_public_domain(const RightsSide& side, std::string_view territory, Timestamp at) {
  return std::any_of(side.documents.begin(), side.documents.end(), [&](const RightsDocument& document) {
    return document.kind == DocumentKind::kPublicDomain && stands(document, at) &&
           document.territories.contains(territory);
  });
}

/// A party that once proved its right by papers, and whose papers have all run out.
bool has_expired_papers(const RightsSide& side, const std::string& party, Timestamp at) {
  bool any = false;
  for (const RightsDocument& document : side.documents) {
    if (document.kind == DocumentKind::kPublicDomain || document.party != party) continue;
    if (stands(document, at)) return false;
    any = any || !document.withdrawn_at;
  }
  return any;
}

bool is_contested(const RightsSide& side, std::string_view territory, Timestamp at) {
  return std::any_of(side.conflicts.begin(), side.conflicts.end(), [&](const ShareConflict& conflict) {
    return conflict.territory == territory && conflict.valid_from <= at &&
           (!conflict.valid_to || at < *conflict.valid_to);
  });
}

/// Everything that some fact names, and the rest of the world.
std::set<std::string> named_territories(const UseFacts& facts) {
  std::set<std::string> all;
  const auto add = [&](const Territories& some) { all.insert(some.named().begin(), some.named().end()); };
  for (const RightsSide& side : facts.sides) {
    for (const Share& share : side.shares) add(share.territories);
    for (const RightsDocument& document : side.documents) add(document.territories);
  }
  for (const Licence& licence : facts.licences) add(licence.territories);
  for (const auto& [party, policy] : facts.policies) {
    for (const PolicyLine& line : policy.lines) add(line.territories);
  }
  all.insert(std::string(kElsewhere));
  return all;
}

/// Decides for one territory at a time.
class TerritoryJudge {
 public:
  explicit TerritoryJudge(const UseFacts& facts) : facts_(facts) {}

  TerritoryDecision judge(const std::string& territory) {
    TerritoryDecision decision;
    decision.territories = {territory};
    bool is_public = false;
    std::vector<std::string> parties;
    for (const RightsSide& side : facts_.sides) {
      if (is_public_domain(side, territory, facts_.at)) {
        is_public = is_public || !side.is_work;
        continue;
      }
      const auto holdings = holdings_of(side, territory);
      if (!side.is_work) decision.owners = holdings;
      for (const Holding& holding : holdings) {
        parties.push_back(holding.party);
        expired_ = expired_ || has_expired_papers(side, holding.party, facts_.at);
      }
      contested_ = contested_ || is_contested(side, territory, facts_.at);
    }
    // A recording that is free is free, whoever owns the composition is asked for by other means; a
    // composition that is free leaves the recording's owners theirs.
    if (is_public) {
      decision.reason = reason::kPublicDomain;
    } else if (parties.empty()) {
      decision.action = PolicyAction::kTrack;
      decision.reason = reason::kOwnerMissing;
    } else {
      apply_policies(decision, territory, parties);
    }
    return decision;
  }

  [[nodiscard]] bool found_conflict() const { return contested_; }
  [[nodiscard]] bool found_expired_papers() const { return expired_; }
  [[nodiscard]] const Policy* decisive(const TerritoryDecision& decision) const {
    const auto found = facts_.policies.find(decision.party);
    return found == facts_.policies.end() ? nullptr : &found->second;
  }

 private:
  [[nodiscard]] std::vector<Holding> holdings_of(const RightsSide& side, const std::string& territory) const {
    if (side.shares.empty() && !side.is_work) return {{facts_.registrant, kWhole}};
    auto holdings = holdings_in(side.shares, territory, facts_.at);
    std::erase_if(holdings, [](const Holding& holding) { return holding.ppm == 0; });
    return holdings;
  }

  [[nodiscard]] const Licence* licence_from(const std::string& party, const std::string& territory) const {
    for (const Licence& licence : facts_.licences) {
      if (licence.party == party && licence.territories.contains(territory)) return &licence;
    }
    return nullptr;
  }

  void apply_policies(TerritoryDecision& decision, const std::string& territory,
                      const std::vector<std::string>& parties) const {
    const Licence* leave = nullptr;
    for (const std::string& party : parties) {
      if (const Licence* licence = licence_from(party, territory)) {
        leave = licence;
        continue;
      }
      const auto policy = facts_.policies.find(party);
      const bool has_policy = policy != facts_.policies.end();
      const auto action =
          has_policy ? action_of(policy->second, facts_.use, territory) : PolicyAction::kTrack;
      if (decision.action && restriction_of(action) <= restriction_of(*decision.action)) continue;
      decision.action = action;
      decision.reason = reason::kPolicy;
      decision.party = party;
      decision.rule_id = has_policy ? policy->second.rule_id : std::string();
      decision.rule_version = has_policy ? policy->second.version : 0;
    }
    if (decision.action || leave == nullptr) return;
    decision.reason = leave->kind == Licence::Kind::kAllow ? reason::kAllowListed : reason::kLicensed;
    decision.licence_id = leave->id;
  }

  const UseFacts& facts_;
  bool contested_ = false;
  bool expired_ = false;
};

bool is_alike(const TerritoryDecision& a, const TerritoryDecision& b) {
  return a.action == b.action && a.reason == b.reason && a.party == b.party && a.rule_id == b.rule_id &&
         a.rule_version == b.rule_version && a.licence_id == b.licence_id && a.owners == b.owners;
}

/// Why nothing, or only a question, follows; empty: a claim does.
std::string_view question(const UseFacts& facts, const TerritoryJudge& judge) {
  if (facts.probability < kActiveProbability) return reason::kWeakMatch;
  if (facts.use.match_type != MatchType::kRecording) return reason::kNotTheRecording;
  if (facts.is_ambiguous) return reason::kAmbiguousMatch;
  if (judge.found_conflict()) return reason::kOwnershipConflict;
  if (judge.found_expired_papers()) return reason::kDocumentExpired;
  return {};
}

/// The reason for which there is no claim at all.
std::string_view gate(const UseFacts& facts) {
  if (facts.probability < kReviewProbability) return reason::kFaint;
  if (facts.is_cleared) return reason::kCleared;
  const auto left = length_outside(facts.exclusions, facts.reference_start_ms, facts.reference_end_ms);
  const auto length = facts.reference_end_ms - facts.reference_start_ms;
  if (left < std::min(length, kShortestUseMs)) return reason::kExcludedSegment;
  return {};
}

}  // namespace

std::string_view to_string(Disposition disposition) {
  switch (disposition) {
    case Disposition::kNoClaim: return "no_claim";
    case Disposition::kReview: return "review";
    case Disposition::kActive: return "active";
  }
  return "no_claim";
}

std::int64_t length_outside(const std::vector<Exclusion>& exclusions, std::int64_t start_ms,
                            std::int64_t end_ms) {
  std::vector<std::pair<std::int64_t, std::int64_t>> out;
  for (const Exclusion& exclusion : exclusions) out.emplace_back(exclusion.start_ms, exclusion.end_ms);
  std::sort(out.begin(), out.end());
  std::int64_t left = 0;
  std::int64_t at = start_ms;
  for (const auto& [from, to] : out) {
    if (to <= at) continue;
    if (from >= end_ms) break;
    left += std::max<std::int64_t>(0, from - at);
    at = std::max(at, to);
  }
  return left + std::max<std::int64_t>(0, end_ms - at);
}

Decision decide(const UseFacts& facts) {
  Decision decision;
  if (const auto closed = gate(facts); !closed.empty()) {
    decision.reason = closed;
    return decision;
  }
  TerritoryJudge judge(facts);
  const TerritoryDecision* decisive = nullptr;
  for (const auto& territory : named_territories(facts)) {
    auto one = judge.judge(territory);
    const auto same = std::find_if(decision.by_territory.begin(), decision.by_territory.end(),
                                   [&](const TerritoryDecision& other) { return is_alike(one, other); });
    if (same != decision.by_territory.end()) {
      same->territories.push_back(territory);
    } else {
      decision.by_territory.push_back(std::move(one));
    }
  }
  for (const TerritoryDecision& one : decision.by_territory) {
    if (!one.action) continue;
    if (decisive == nullptr || restriction_of(*one.action) > restriction_of(*decisive->action))
      decisive = &one;
  }
  if (decisive == nullptr) {
    decision.reason = decision.by_territory.front().reason;
    return decision;
  }
  decision.action = decisive->action;
  decision.reason = decisive->reason;
  decision.rule_id = decisive->rule_id;
  decision.rule_version = decisive->rule_version;
  if (const Policy* policy = judge.decisive(*decisive)) decision.policy_key = policy->key;
  if (const auto why = question(facts, judge); !why.empty()) {
    decision.disposition = Disposition::kReview;
    decision.reason = why;
    return decision;
  }
  decision.disposition = Disposition::kActive;
  decision.in_effect = decision.action;
  if (decision.action == PolicyAction::kBlock) {
    decision.in_effect = PolicyAction::kTrack;
    decision.reason = reason::kBlockNeedsAPerson;
  }
  return decision;
}

}  // namespace earmark::registry
