#include "registry/claims.h"

#include <string>

#include <fmt/format.h>

#include "storage/database.h"

namespace earmark::registry {
namespace {

using storage::Session;

constexpr std::string_view kSelect =
    "SELECT c.id, c.status, r.id, r.source, r.title, p.name, f.url, e.guid, e.title, v.enclosure_url, "
    "c.recording_key,"
    " c.query_start_ms, c.query_end_ms, c.reference_start_ms, c.reference_end_ms, c.speed, c.pitch_cents, "
    "c.score,"
    " c.probability, c.action, o.rule_id, o.version, c.created_at, c.deadline_at, c.evidence,"
    " c.in_effect, c.reason, c.decision, c.outcome"
    " FROM claims c JOIN recordings r ON r.key = c.recording_key JOIN episodes e ON e.key = c.episode_key"
    " JOIN feeds f ON f.key = e.feed_key JOIN episode_versions v ON v.key = c.version_key"
    " JOIN policies o ON o.key = c.policy_key JOIN parties p ON p.key = o.party_key ";

}  // namespace

static void map_columns(storage::Columns& columns, Claim& claim) {
  columns(claim.id);
  columns.text([&claim](const std::string& text) {
    claim.status = parse_claim_status(text).value_or(ClaimStatus::kReview);
  });
  columns(claim.recording_id)(claim.source)(claim.title)(claim.owner)(claim.feed)(claim.guid)(
      claim.episode_title);
  columns(claim.enclosure_url)(claim.use.recording_key)(claim.use.query_start_ms)(claim.use.query_end_ms);
  columns(claim.use.reference_start_ms)(claim.use.reference_end_ms)(claim.use.speed)(claim.use.pitch_cents);
  columns(claim.use.score)(claim.use.probability);
  columns.text([&claim](const std::string& text) {
    claim.action = parse_policy_action(text).value_or(PolicyAction::kTrack);
  });
  columns(claim.rule_id)(claim.rule_version)(claim.created_at)(claim.deadline_at)(claim.evidence);
  columns.text([&claim](const std::string& text) {
    if (const auto action = parse_policy_action(text)) claim.in_effect = *action;
  });
  columns(claim.reason)(claim.decision)(claim.outcome);
}

static void map_columns(storage::Columns& columns, ClaimEvent& event) {
  columns(event.sequence)(event.at)(event.kind)(event.from_status)(event.to_status)(event.actor)(event.note);
  columns(event.role)(event.reason)(event.rule_id)(event.rule_version)(event.evidence_id)(event.deadline_at);
}

static void map_columns(storage::Columns& columns, ClaimDeadline& deadline) {
  columns(deadline.status)(deadline.set_at)(deadline.due_at)(deadline.settled_at)(deadline.outcome);
}

static void map_columns(storage::Columns& columns, ClaimEvidence& evidence) {
  columns(evidence.id)(evidence.role)(evidence.actor)(evidence.body)(evidence.created_at);
}

Result<std::vector<Claim>> Claims::list(const ClaimFilter& filter) const {
  const std::string_view status = filter.status ? to_string(*filter.status) : std::string_view();
  return database_->read([&](Session& session) {
    return session.query<Claim>(
        std::string(kSelect) +
            "WHERE (:any_status = '' OR c.status = :status)"
            " AND (:any_recording = '' OR r.id = :recording)"
            " AND (:any_feed = '' OR f.url = :feed) ORDER BY c.key",
        {status, status, filter.recording_id, filter.recording_id, filter.feed_url, filter.feed_url});
  });
}

Result<std::optional<Claim>> Claims::find(std::string_view id) const {
  return database_->read(
      [&](Session& session) { return session.find<Claim>(std::string(kSelect) + "WHERE c.id = :id", {id}); });
}

Result<std::vector<ClaimEvent>> Claims::events(std::string_view id) const {
  return database_->read([&](Session& session) {
    return session.query<ClaimEvent>(
        "SELECT n.sequence, n.at, n.kind, n.from_status, n.to_status, n.actor, n.note, n.role,"
        " n.reason, n.rule_id, n.rule_version, n.evidence_id, n.deadline_at FROM claim_events n"
        " JOIN claims c ON c.key = n.claim_key WHERE c.id = :id ORDER BY n.sequence",
        {id});
  });
}

Result<std::vector<ClaimDeadline>> Claims::deadlines(std::string_view id) const {
  return database_->read([&](Session& session) {
    return session.query<ClaimDeadline>(
        "SELECT d.status, d.set_at, d.due_at, d.settled_at, d.outcome FROM claim_deadlines d"
        " JOIN claims c ON c.key = d.claim_key WHERE c.id = :id ORDER BY d.key",
        {id});
  });
}

Result<std::vector<ClaimEvidence>> Claims::evidence(std::string_view id) const {
  return database_->read([&](Session& session) {
    return session.query<ClaimEvidence>(
        "SELECT e.id, e.role, e.actor, e.body, e.created_at FROM claim_evidence e"
        " JOIN claims c ON c.key = e.claim_key WHERE c.id = :id ORDER BY e.key",
        {id});
  });
}

Status Claims::record_scan_failure(std::int64_t version_key, ScanState state, std::string_view reason) {
  if (state != ScanState::kRefused && state != ScanState::kError) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("a failed scan is refused or error, not {}", to_string(state)));
  }
  return database_->write([&](Session& session) -> Status {
    EARMARK_TRY(const auto changed,
                session.execute(
                    "UPDATE episode_versions SET state = :state, reason = :reason, attempts = attempts + 1,"
                    " attempted_at = :now WHERE key = :key",
                    {to_string(state), reason, clock_->now(), version_key}));
    if (changed == 1) return {};
    return fail(ErrorCode::kNotFound, fmt::format("episode version {}: not in this store", version_key));
  });
}

}  // namespace earmark::registry
