// What people and the clock do with claims.
#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "registry/claim_steps.h"
#include "registry/claims.h"
#include "storage/database.h"

namespace earmark::registry {
namespace {

using storage::Session;

/// Deadlines that one transaction takes on.
constexpr std::int64_t kTickBatch = 500;

std::string verbs_from(ClaimStatus status) {
  std::string verbs;
  for (const ClaimEdge& edge : claim_edges()) {
    if (edge.from != status || edge.roles <= 1U << static_cast<unsigned>(ClaimRole::kClock)) continue;
    if (verbs.find(edge.verb) == std::string::npos)
      verbs += (verbs.empty() ? "" : ", ") + std::string(edge.verb);
  }
  return verbs.empty() ? "nothing" : verbs;
}

bool is_verb(std::string_view verb) {
  return std::any_of(claim_edges().begin(), claim_edges().end(),
                     [&](const ClaimEdge& edge) { return edge.verb == verb; });
}

Result<const ClaimEdge*> edge_for(const ClaimRow& claim, const ClaimAction& action, ClaimRole role) {
  const ClaimEdge* const edge = find_edge(claim.status, action.verb);
  if (edge == nullptr) {
    if (!is_verb(action.verb))
      return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is no step", action.verb));
    return fail(ErrorCode::kConflict,
                fmt::format("{} is {}: it can be taken on by {}, not by {}", claim.id,
                            to_string(claim.status), verbs_from(claim.status), action.verb));
  }
  if (!edge->allows(role)) {
    return fail(ErrorCode::kRefused,
                fmt::format("{}: '{}' is not for the {}", claim.id, action.verb, action.role));
  }
  const bool is_block = claim.action == PolicyAction::kBlock;
  if (action.verb == "escalate" && !is_block)
    return fail(ErrorCode::kConflict,
                fmt::format("{}: only a block can be appealed at once; dispute it", claim.id));
  if (action.verb == "confirm" && claim.status == ClaimStatus::kActive &&
      (!is_block || claim.in_effect == to_string(PolicyAction::kBlock)))
    return fail(ErrorCode::kConflict, fmt::format("{}: there is nothing to confirm", claim.id));
  return edge;
}

Status perform(Session& session, ClaimRow& claim, const ClaimAction& action, ClaimRole role, Timestamp now) {
  EARMARK_TRY(const ClaimEdge* const edge, edge_for(claim, action, role));
  StepBy by{role, action.actor, action.reason, action.note, {}};
  EARMARK_TRY(const auto kept, keep_evidence(session, claim, by, action.evidence, now));
  if (edge->evidence == ClaimEdge::Evidence::kNeeded && !kept.is_new) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: '{}' needs evidence{}", claim.id, action.verb,
                            kept.id.empty() ? "" : " that was not handed in before"));
  }
  by.evidence_id = kept.id;
  return take_edge(session, claim, *edge, by, now);
}

Result<ClaimRow> existing(Session& session, std::string_view id) {
  EARMARK_TRY(auto claim, find_claim_row(session, id));
  if (!claim) return fail(ErrorCode::kNotFound, fmt::format("{}: no such claim", id));
  return std::move(*claim);
}

/// What counts of a claim for its claimant's record.
struct Counted {
  std::int64_t key = 0;
  std::string party;
  std::string status;
  std::string in_effect;
};

void map_columns(storage::Columns& columns, Counted& claim) {
  columns(claim.key)(claim.party)(claim.status)(claim.in_effect);
}

/// A step that a person, or the silence of one, took.
struct Judged {
  std::int64_t claim_key = 0;
  std::string from;
  std::string to;
};

void map_columns(storage::Columns& columns, Judged& judged) {
  columns(judged.claim_key)(judged.from)(judged.to);
}

void count_state(const Counted& claim, ClaimantStats& stats) {
  ++stats.claims;
  if (claim.status == to_string(ClaimStatus::kReview)) ++stats.in_review;
  if (claim.status == to_string(ClaimStatus::kExpired)) ++stats.expired;
  if (!claim.in_effect.empty()) ++stats.in_effect;
}

/// What became of one claim, over all of its steps.
void count_steps(const std::vector<Judged>& steps, const Counted& claim, ClaimantStats& stats) {
  bool was_disputed = false;
  for (const Judged& step : steps) {
    const bool from_review = step.from == to_string(ClaimStatus::kReview);
    const bool released = step.to == to_string(ClaimStatus::kReleased);
    if (from_review && (released || step.to == to_string(ClaimStatus::kActive))) ++stats.reviewed;
    if (from_review && released) ++stats.refused_in_review;
    was_disputed = was_disputed || step.to == to_string(ClaimStatus::kDisputed) ||
                   step.to == to_string(ClaimStatus::kAppealed);
  }
  if (!was_disputed) return;
  ++stats.disputed;
  const auto status = parse_claim_status(claim.status).value_or(ClaimStatus::kReview);
  if (clears(status)) ++stats.lost;
  if (status == ClaimStatus::kUpheld || (status == ClaimStatus::kClosed && !claim.in_effect.empty()))
    ++stats.upheld;
}

}  // namespace

Status Claims::set_status(std::string_view id, ClaimStatus to, std::string_view actor,
                          std::string_view note) {
  return database_->write([&](Session& session) -> Status {
    const Timestamp now = clock_->now();
    EARMARK_TRY(auto claim, existing(session, id));
    EARMARK_TRY_STATUS(fire_due(session, claim, now));
    const ClaimEdge* edge = find_edge(claim.status, to);
    if (edge == nullptr && to == ClaimStatus::kWithdrawn) edge = find_edge(claim.status, "withdraw");
    if (edge == nullptr || edge->evidence == ClaimEdge::Evidence::kNeeded) {
      return fail(ErrorCode::kConflict,
                  fmt::format("{} is {}: it cannot become {}", id, to_string(claim.status), to_string(to)));
    }
    ClaimRole role = ClaimRole::kEngine;
    for (const auto person : {ClaimRole::kUploader, ClaimRole::kReviewer, ClaimRole::kClaimant}) {
      if (edge->allows(person)) role = person;  // the last of them that may
    }
    return take_edge(session, claim, *edge, {role, actor, {}, note, {}}, now);
  });
}

Result<Claim> Claims::act(const ClaimAction& action) {
  EARMARK_TRY(const auto role, parse_claim_role(action.role));
  EARMARK_TRY_STATUS(database_->write([&](Session& session) -> Status {
    const Timestamp now = clock_->now();
    EARMARK_TRY(auto claim, existing(session, action.claim_id));
    EARMARK_TRY_STATUS(fire_due(session, claim, now));
    return perform(session, claim, action, role, now);
  }));
  EARMARK_TRY(auto claim, find(action.claim_id));
  if (!claim) return fail(ErrorCode::kNotFound, fmt::format("{}: no such claim", action.claim_id));
  return std::move(*claim);
}

Result<std::vector<FiredDeadline>> Claims::tick() {
  std::vector<FiredDeadline> all;
  while (true) {
    EARMARK_TRY(auto fired, database_->write([&](Session& session) -> Result<std::vector<FiredDeadline>> {
      const Timestamp now = clock_->now();
      EARMARK_TRY(const auto due,
                  session.query<std::string>(
                      "SELECT c.id FROM claim_deadlines d JOIN claims c ON c.key = d.claim_key"
                      " WHERE d.settled_at IS NULL AND d.due_at <= :now ORDER BY d.due_at, d.key LIMIT :most",
                      {now, kTickBatch}));
      std::vector<FiredDeadline> batch;
      for (const std::string& id : due) {
        EARMARK_TRY(auto claim, existing(session, id));
        EARMARK_TRY(auto some, fire_due(session, claim, now));
        std::move(some.begin(), some.end(), std::back_inserter(batch));
      }
      return batch;
    }));
    if (fired.empty()) return all;
    std::move(fired.begin(), fired.end(), std::back_inserter(all));
  }
}

Result<std::vector<ClaimantStats>> Claims::claimant_stats() const {
  return database_->read([](Session& session) -> Result<std::vector<ClaimantStats>> {
    EARMARK_TRY(const auto claims,
                session.query<Counted>(
                    "SELECT c.key, p.name, c.status, c.in_effect FROM claims c"
                    " JOIN policies o ON o.key = c.policy_key JOIN parties p ON p.key = o.party_key"
                    " ORDER BY c.key"));
    EARMARK_TRY(const auto steps,
                session.query<Judged>("SELECT claim_key, from_status, to_status FROM claim_events"
                                      " WHERE kind = 'status' ORDER BY sequence"));
    std::map<std::int64_t, std::vector<Judged>> by_claim;
    for (const Judged& step : steps) by_claim[step.claim_key].push_back(step);
    std::map<std::string, ClaimantStats> by_party;
    for (const Counted& claim : claims) {
      ClaimantStats& stats = by_party[claim.party];
      stats.party = claim.party;
      count_state(claim, stats);
      count_steps(by_claim[claim.key], claim, stats);
    }
    std::vector<ClaimantStats> all;
    for (auto& [party, stats] : by_party) all.push_back(std::move(stats));
    return all;
  });
}

Result<std::vector<std::pair<std::string, Period>>> Claims::periods() const {
  using All = std::vector<std::pair<std::string, Period>>;
  return database_->read([](Session& session) -> Result<All> {
    All all;
    for (const NamedPeriod& known : default_periods()) {
      EARMARK_TRY(const auto period, period_of(session, known.status));
      all.emplace_back(known.status, period);
    }
    return all;
  });
}

Status Claims::set_period(std::string_view status, const Period& period) {
  return database_->write([&](Session& session) -> Status {
    EARMARK_TRY_STATUS(period_of(session, status));
    EARMARK_TRY_STATUS(
        session.execute("INSERT INTO claim_periods (status, amount, unit, calendar, set_at)"
                        " VALUES (:status, :amount, :unit, :calendar, :now)",
                        {status, period.amount, period.unit == Period::Unit::kBusinessDays ? "bd" : "d",
                         to_string(period.calendar), clock_->now()}));
    return {};
  });
}

}  // namespace earmark::registry
