#include "monetization/gather.h"

#include <algorithm>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "core/json.h"
#include "monetization/listens.h"
#include "monetization/tariffs.h"
#include "registry/claim_types.h"
#include "registry/rights_steps.h"
#include "storage/session.h"

namespace earmark::monetization {

/// A claimed use, with all that the registry says of it.
struct Gatherer::ClaimRow {
  std::string claim_id;
  std::string status;
  std::string outcome;
  std::string action;
  std::string decision;  ///< JSON; empty: of the time before decisions
  std::string rule_id;
  std::int64_t rule_version = 0;
  std::int64_t recording_key = 0;
  std::string recording_id;
  std::int64_t recording_ms = 0;
  std::string registrant;
  std::string match;
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;

  friend void map_columns(storage::Columns& columns, ClaimRow& row) {
    columns(row.claim_id)(row.status)(row.outcome)(row.action)(row.decision)(row.rule_id)(row.rule_version);
    columns(row.recording_key)(row.recording_id)(row.recording_ms)(row.registrant)(row.match);
    columns(row.start_ms)(row.end_ms);
  }
};

namespace {

using VersionAndLength = std::tuple<std::int64_t, std::int64_t>;
using KeyAndOwner = std::tuple<std::int64_t, std::string>;
using StatusAndOutcome = std::tuple<std::string, std::string>;

constexpr std::string_view kMonetize = "monetize";

/// Where a claim's owners want to earn: by territory as it was decided, the most special first.
class Wanted {
 public:
  static Result<Wanted> parse(std::string_view decision, std::string_view action) {
    Wanted wanted;
    wanted.elsewhere_ = action == kMonetize;
    if (decision.empty()) return wanted;
    EARMARK_TRY(const auto json, parse_json(decision));
    wanted.elsewhere_ = false;
    for (const auto& group : json.value("by_territory", Json::array())) {
      const bool earns = group.value("action", "") == kMonetize;
      for (const auto& code : group.value("territories", std::vector<std::string>())) {
        if (code == registry::kElsewhere) {
          wanted.elsewhere_ = earns;
        } else {
          wanted.named_[code] = earns;
        }
      }
    }
    return wanted;
  }

  [[nodiscard]] bool in(const std::string& territory) const {
    const auto named = named_.find(territory);
    return named == named_.end() ? elsewhere_ : named->second;
  }
  void name_all(std::set<std::string>& territories) const {
    for (const auto& [code, earns] : named_) territories.insert(code);
  }

 private:
  std::map<std::string, bool> named_;
  bool elsewhere_ = false;
};

void name_all(const std::vector<registry::Share>& shares, std::set<std::string>& territories) {
  for (const auto& share : shares)
    territories.insert(share.territories.named().begin(), share.territories.named().end());
}

std::vector<std::string> in_order(const std::set<std::string>& named) {
  std::vector<std::string> territories(named.begin(), named.end());
  territories.emplace_back(registry::kElsewhere);
  return territories;
}

/// The last moment of the revenue's time: by whose shares it is split.
Timestamp moment_of(const Facts& facts) { return facts.until - std::chrono::milliseconds(1); }

/// The newest sighting of each claim in the newest version of the episode that was scanned. A claim stands
/// until somebody gives it up: a later scan of the same audio that does not hear it takes nothing away.
constexpr std::string_view kUses =
    "SELECT c.id, c.status, c.outcome, c.action, c.decision, o.rule_id, o.version, r.key, r.id, "
    "r.duration_ms,"
    " p.name, s.match_type, s.query_start_ms, s.query_end_ms FROM sightings s"
    " JOIN claims c ON c.key = s.claim_key JOIN recordings r ON r.key = c.recording_key"
    " JOIN parties p ON p.key = r.party_key JOIN policies o ON o.key = c.policy_key"
    " WHERE s.key IN (SELECT max(n.key) FROM sightings n JOIN scans x ON x.key = n.scan_key"
    " WHERE x.version_key = :version AND n.claim_key IS NOT NULL GROUP BY n.claim_key) ORDER BY c.id";

}  // namespace

Result<const std::vector<Gatherer::Held>*> Gatherer::held(std::int64_t recording_key, const std::string& id,
                                                          const std::string& registrant) {
  const auto [place, is_new] = held_.try_emplace(recording_key);
  if (!is_new) return &place->second;
  Held recording{id, false, {}};
  EARMARK_TRY(recording.shares, registry::shares_of(*session_, {id, recording_key, std::nullopt}));
  // Nobody ever set shares: whoever registered it holds all of it, everywhere.
  if (recording.shares.empty()) recording.shares.push_back({registrant, registry::kWhole, {}, {}, {}});
  place->second.push_back(std::move(recording));
  EARMARK_TRY(const auto works, registry::works_of_recording(*session_, recording_key));
  for (const auto& subject : works) {
    Held work{subject.id, true, {}};
    EARMARK_TRY(work.shares, registry::shares_of(*session_, subject));
    place->second.push_back(std::move(work));
  }
  return &place->second;
}

Status Gatherer::fill_in(PaidUse& use, const ClaimRow& row, const Facts& facts) {
  EARMARK_TRY(const auto wanted, Wanted::parse(row.decision, row.action));
  EARMARK_TRY(const auto* const sides, held(row.recording_key, row.recording_id, row.registrant));
  for (const auto& territory : facts.territories) {
    if (!wanted.in(territory)) continue;
    UseThere there;
    there.territory = territory;
    for (const Held& side : *sides)
      there.sides.push_back(
          {side.subject, side.is_work, registry::holdings_in(side.shares, territory, moment_of(facts))});
    use.there.push_back(std::move(there));
  }
  return {};
}

Result<std::optional<Facts>> Gatherer::now(const Revenue& revenue) {
  EARMARK_TRY(const auto scan,
              session_->find<VersionAndLength>(
                  "SELECT v.key, s.duration_ms FROM scans s JOIN episode_versions v ON v.key = s.version_key"
                  " JOIN episodes e ON e.key = v.episode_key JOIN feeds f ON f.key = e.feed_key"
                  " WHERE f.url = :feed AND e.guid = :guid ORDER BY v.version DESC, s.key DESC LIMIT 1",
                  {revenue.revenue.feed, revenue.revenue.guid}));
  if (!scan) return std::optional<Facts>();
  Facts facts;
  facts.revenue_id = revenue.id;
  facts.feed = revenue.revenue.feed;
  facts.guid = revenue.revenue.guid;
  facts.amount = revenue.net();
  facts.from = revenue.revenue.from;
  facts.until = revenue.revenue.until;
  facts.duration_ms = std::get<1>(*scan);
  EARMARK_TRY(facts.tariff, tariff_for(*session_, facts.feed, moment_of(facts)));
  if (!newest_batch_) {
    EARMARK_TRY(newest_batch_, newest_batch(*session_));
  }
  facts.listens_up_to = *newest_batch_;
  EARMARK_TRY(auto rows, session_->query<ClaimRow>(kUses, {std::get<0>(*scan)}));
  std::set<std::string> named;
  for (const ClaimRow& row : rows) {
    EARMARK_TRY(const auto wanted, Wanted::parse(row.decision, row.action));
    wanted.name_all(named);
    EARMARK_TRY(const auto* const sides, held(row.recording_key, row.recording_id, row.registrant));
    for (const Held& side : *sides) name_all(side.shares, named);
  }
  facts.territories = in_order(named);
  for (const ClaimRow& row : rows) {
    PaidUse use;
    use.claim_id = row.claim_id;
    use.recording_id = row.recording_id;
    use.start_ms = row.start_ms;
    use.end_ms = std::min(row.end_ms, facts.duration_ms);
    use.match = registry::parse_match_type(row.match).value_or(registry::MatchType::kRecording);
    use.kind = kind_of(row.end_ms - row.start_ms, row.recording_ms);
    EARMARK_TRY(const auto status, registry::parse_claim_status(row.status));
    use.standing = standing_of(status, row.outcome);
    use.rule_id = row.rule_id;
    use.rule_version = row.rule_version;
    EARMARK_TRY_STATUS(fill_in(use, row, facts));
    if (!use.there.empty() && use.start_ms < use.end_ms) facts.uses.push_back(std::move(use));
  }
  return std::optional<Facts>(std::move(facts));
}

Result<const std::vector<Gatherer::Held>*> Gatherer::held_by_id(const std::string& recording_id) {
  EARMARK_TRY(const auto row,
              session_->find<KeyAndOwner>(
                  "SELECT r.key, p.name FROM recordings r JOIN parties p ON p.key = r.party_key"
                  " WHERE r.id = :id",
                  {recording_id}));
  if (!row) return fail(ErrorCode::kNotFound, recording_id + ": no such recording");
  return held(std::get<0>(*row), recording_id, std::get<1>(*row));
}

Result<Facts> Gatherer::thawed(Facts then, const Revenue& revenue) {
  then.amount = revenue.net();
  for (PaidUse& use : then.uses) {
    EARMARK_TRY(const auto claim, session_->find<StatusAndOutcome>(
                                      "SELECT status, outcome FROM claims WHERE id = :id", {use.claim_id}));
    if (claim) {
      EARMARK_TRY(const auto status, registry::parse_claim_status(std::get<0>(*claim)));
      use.standing = standing_of(status, std::get<1>(*claim));
    }
    for (UseThere& there : use.there) {
      const auto is_whole = [](const Side& side) {
        return registry::total_of(side.holders) == registry::kWhole;
      };
      const bool has_work =
          std::any_of(there.sides.begin(), there.sides.end(), [](const Side& side) { return side.is_work; });
      if (has_work && std::all_of(there.sides.begin(), there.sides.end(), is_whole)) continue;
      EARMARK_TRY(const auto* const sides, held_by_id(use.recording_id));
      for (const Held& side : *sides) {
        const auto place = std::find_if(there.sides.begin(), there.sides.end(),
                                        [&](const Side& one) { return one.subject == side.subject; });
        if (place != there.sides.end() && is_whole(*place)) continue;
        Side found{side.subject, side.is_work,
                   registry::holdings_in(side.shares, there.territory, moment_of(then))};
        if (place != there.sides.end()) {
          *place = std::move(found);
        } else if (side.is_work && !has_work) {
          there.sides.push_back(std::move(found));
        }
      }
    }
  }
  return then;
}

}  // namespace earmark::monetization
