#include "registry/claim_steps.h"

#include <fmt/format.h>

#include "registry/ids.h"
#include "storage/session.h"

namespace earmark::registry {
namespace {

using storage::Session;
using S = ClaimStatus;

constexpr std::string_view kSelectRow =
    "SELECT c.key, c.id, c.status, c.action, c.in_effect, c.outcome, o.rule_id, o.version FROM claims c"
    " JOIN policies o ON o.key = c.policy_key ";

struct StoredPeriod {
  std::int64_t amount = 0;
  std::string unit;
  std::string calendar;
};

void map_columns(storage::Columns& columns, StoredPeriod& period) {
  columns(period.amount)(period.unit)(period.calendar);
}

std::string_view outcome_after(const ClaimEdge& edge) {
  if (edge.verb == "undisputed") return "undisputed";
  if (clears(edge.to)) return "cleared";
  if (edge.to == S::kClosed) return edge.from == S::kRestored ? "cleared" : "stands";
  return "";
}

/// What is done about the use after the step. A block takes a person, and none stands while a first objection
/// is open; what is monetized meanwhile is for the ledger to hold.
std::string effect_after(const ClaimRow& claim, const ClaimEdge& edge) {
  const bool is_block = claim.action == PolicyAction::kBlock;
  const std::string wanted(to_string(claim.action));
  const std::string only_counted(to_string(PolicyAction::kTrack));
  switch (edge.to) {
    case S::kActive:
      if (edge.verb == "confirm") return wanted;
      if (edge.verb == "undisputed") return claim.in_effect;
      return is_block ? only_counted : wanted;
    case S::kDisputed: return is_block ? only_counted : claim.in_effect;
    case S::kAppealed: return is_block && edge.from == S::kActive ? only_counted : claim.in_effect;
    case S::kUpheld: return wanted;
    case S::kTakedownRequested: return std::string(to_string(PolicyAction::kBlock));
    case S::kCounterNoticed:
    case S::kLitigationHold: return claim.in_effect;
    case S::kClosed: return edge.from == S::kRestored ? std::string() : claim.in_effect;
    case S::kCandidate:
    case S::kReview:
    case S::kReleased:
    case S::kExpired:
    case S::kRestored:
    case S::kWithdrawn: return {};
  }
  return {};
}

/// When the status that was entered ends by itself; nothing for final ones.
Result<std::optional<Timestamp>> next_deadline(Session& session, S status, std::string_view outcome,
                                               Timestamp now) {
  if (is_final(status)) return std::optional<Timestamp>();
  const bool is_late = status == S::kActive && outcome == "undisputed";
  EARMARK_TRY(const auto period, period_of(session, is_late ? "active_late" : to_string(status)));
  return std::optional(after(now, period));
}

Status set_deadline(Session& session, const ClaimRow& claim, const std::optional<Timestamp>& due,
                    Timestamp now) {
  if (!due) return {};
  EARMARK_TRY_STATUS(
      session.execute("INSERT INTO claim_deadlines (claim_key, status, set_at, due_at, outcome) VALUES "
                      "(:claim, :status, :now, :due,"
                      " '')",
                      {claim.key, to_string(claim.status), now, *due}));
  return {};
}

Status append_event(Session& session, const ClaimRow& claim, std::string_view kind, S from, const StepBy& by,
                    const std::optional<Timestamp>& deadline, Timestamp now) {
  EARMARK_TRY_STATUS(session.execute(
      "INSERT INTO claim_events (claim_key, at, kind, from_status, to_status, actor, note, role, reason, "
      "rule_id,"
      " rule_version, evidence_id, deadline_at) VALUES (:claim, :now, :kind, :from_status, :to_status, "
      ":actor, :note,"
      " :role, :reason, :rule, :version, :evidence, :deadline)",
      {claim.key, now, kind, to_string(from), to_string(claim.status), by.actor, by.note, to_string(by.role),
       by.reason, claim.rule_id, claim.rule_version, by.evidence_id, deadline}));
  return {};
}

Status settle_deadline(Session& session, const ClaimRow& claim, const StepBy& by, Timestamp now) {
  const bool by_clock = by.role == ClaimRole::kClock;
  EARMARK_TRY(const auto settled,
              session.execute(
                  "UPDATE claim_deadlines SET settled_at = :now, outcome = :outcome"
                  " WHERE claim_key = :claim AND settled_at IS NULL AND (:by_clock = 0 OR due_at <= :due)",
                  {now, by_clock ? "fired" : "left", claim.key, by_clock ? 1 : 0, now}));
  if (!by_clock || settled == 1) return {};
  return fail(ErrorCode::kConflict, fmt::format("{}: no deadline is due", claim.id));
}

Status mark_cleared(Session& session, const ClaimRow& claim, const ClaimEdge& edge, std::string_view reason,
                    Timestamp now) {
  if (edge.verb == "reopen") {
    EARMARK_TRY_STATUS(session.execute(
        "UPDATE cleared_uses SET lifted_at = :now WHERE claim_key = :claim AND lifted_at IS NULL",
        {now, claim.key}));
  }
  if (!clears(edge.to)) return {};
  EARMARK_TRY_STATUS(session.execute(
      "INSERT INTO cleared_uses (claim_key, cleared_at, reason) VALUES (:claim, :now, :reason)",
      {claim.key, now, reason}));
  return {};
}

}  // namespace

void map_columns(storage::Columns& columns, ClaimRow& claim) {
  columns(claim.key)(claim.id);
  columns.text([&claim](const std::string& text) {
    claim.status = parse_claim_status(text).value_or(ClaimStatus::kReview);
  });
  columns.text([&claim](const std::string& text) {
    claim.action = parse_policy_action(text).value_or(PolicyAction::kTrack);
  });
  columns(claim.in_effect)(claim.outcome)(claim.rule_id)(claim.rule_version);
}

Result<std::optional<ClaimRow>> find_claim_row(Session& session, std::string_view id) {
  return session.find<ClaimRow>(std::string(kSelectRow) + "WHERE c.id = :id", {id});
}

Result<Period> period_of(Session& session, std::string_view name) {
  EARMARK_TRY(const auto stored,
              session.query<StoredPeriod>("SELECT amount, unit, calendar FROM claim_periods"
                                          " WHERE status = :status ORDER BY key DESC LIMIT 1",
                                          {name}));
  if (!stored.empty()) {
    Period period;
    period.amount = stored.front().amount;
    period.unit = stored.front().unit == "bd" ? Period::Unit::kBusinessDays : Period::Unit::kDays;
    EARMARK_TRY(period.calendar, parse_calendar(stored.front().calendar));
    return period;
  }
  for (const NamedPeriod& known : default_periods()) {
    if (known.status == name) return known.period;
  }
  return fail(ErrorCode::kNotFound, fmt::format("period '{}': no such status", name));
}

Status take_edge(Session& session, ClaimRow& claim, const ClaimEdge& edge, const StepBy& given,
                 Timestamp now) {
  StepBy by = given;
  if (by.reason.empty()) by.reason = edge.reason;
  EARMARK_TRY_STATUS(settle_deadline(session, claim, by, now));
  const S from = claim.status;
  claim.in_effect = effect_after(claim, edge);
  claim.outcome = outcome_after(edge);
  claim.status = edge.to;
  EARMARK_TRY(const auto deadline, next_deadline(session, claim.status, claim.outcome, now));
  EARMARK_TRY_STATUS(session.execute(
      "UPDATE claims SET status = :status, in_effect = :effect, outcome = :outcome,"
      " deadline_at = :deadline WHERE key = :key",
      {to_string(claim.status), claim.in_effect, claim.outcome, deadline.value_or(now), claim.key}));
  EARMARK_TRY_STATUS(set_deadline(session, claim, deadline, now));
  EARMARK_TRY_STATUS(mark_cleared(session, claim, edge, by.reason, now));
  return append_event(session, claim, from == edge.to ? "step" : "status", from, by, deadline, now);
}

Status begin_claim(Session& session, ClaimRow& claim, std::string_view evidence, std::string_view reason,
                   Timestamp now) {
  StepBy by{ClaimRole::kEngine, "engine", reason, {}, {}};
  EARMARK_TRY(const auto kept, keep_evidence(session, claim, by, evidence, now));
  by.evidence_id = kept.id;
  EARMARK_TRY(const auto deadline, next_deadline(session, claim.status, {}, now));
  EARMARK_TRY_STATUS(session.execute("UPDATE claims SET deadline_at = :deadline WHERE key = :key",
                                     {deadline.value_or(now), claim.key}));
  EARMARK_TRY_STATUS(set_deadline(session, claim, deadline, now));
  return append_event(session, claim, "created", S::kCandidate, by, deadline, now);
}

Result<std::vector<FiredDeadline>> fire_due(Session& session, ClaimRow& claim, Timestamp now) {
  std::vector<FiredDeadline> fired;
  while (!is_final(claim.status)) {
    EARMARK_TRY(const auto due,
                session.find<std::int64_t>("SELECT due_at FROM claim_deadlines WHERE claim_key = :claim"
                                           " AND settled_at IS NULL AND due_at <= :now ORDER BY key LIMIT 1",
                                           {claim.key, now}));
    if (!due) break;
    const ClaimEdge* const edge = find_edge(claim.status, deadline_verb(claim.status, claim.outcome));
    if (edge == nullptr)
      return fail(ErrorCode::kInternal, fmt::format("{}: a deadline without a step", claim.id));
    const auto from = to_string(claim.status);
    EARMARK_TRY_STATUS(take_edge(session, claim, *edge, {ClaimRole::kClock, "clock", {}, {}, {}}, now));
    fired.push_back({claim.id, std::string(edge->verb), std::string(from),
                     std::string(to_string(claim.status)), Timestamp(std::chrono::milliseconds(*due))});
  }
  return fired;
}

Status note_seen_again(Session& session, const ClaimRow& claim, std::string_view note, Timestamp now) {
  return append_event(session, claim, "seen_again", claim.status,
                      {ClaimRole::kEngine, "engine", {}, note, {}}, std::nullopt, now);
}

Result<HandedIn> keep_evidence(Session& session, const ClaimRow& claim, const StepBy& by,
                               std::string_view body, Timestamp now) {
  HandedIn kept;
  if (body.empty()) return kept;
  kept.id = public_id("evd_", digest_of({"evidence", claim.id, body}));
  EARMARK_TRY(const auto added,
              session.execute("INSERT INTO claim_evidence (id, claim_key, role, actor, body, created_at)"
                              " VALUES (:id, :claim, :role, :actor, :body, :now) ON CONFLICT (id) DO NOTHING",
                              {kept.id, claim.key, to_string(by.role), by.actor, body, now}));
  kept.is_new = added > 0;
  return kept;
}

Status withdraw_claims_of(Session& session, std::int64_t recording_key, Timestamp now) {
  EARMARK_TRY(auto claims, session.query<ClaimRow>(
                               std::string(kSelectRow) + "WHERE c.recording_key = :recording ORDER BY c.key",
                               {recording_key}));
  for (ClaimRow& claim : claims) {
    const ClaimEdge* const edge = find_edge(claim.status, "withdraw");
    if (edge == nullptr) continue;
    EARMARK_TRY_STATUS(
        take_edge(session, claim, *edge, {ClaimRole::kEngine, "owner", {}, "recording forgotten", {}}, now));
  }
  return {};
}

}  // namespace earmark::registry
