#include "registry/claims.h"

#include <string>
#include <tuple>

#include <fmt/format.h>

#include "registry/claim_steps.h"
#include "storage/database.h"

namespace earmark::registry {
namespace {

using storage::Session;

constexpr std::string_view kSelect =
    "SELECT c.id, c.status, r.id, r.source, r.title, p.name, f.url, e.guid, e.title, v.enclosure_url, "
    "c.recording_key,"
    " c.query_start_ms, c.query_end_ms, c.reference_start_ms, c.reference_end_ms, c.speed, c.pitch_cents, "
    "c.score,"
    " c.probability, o.action, o.rule_id, o.version, c.created_at, c.deadline_at, c.evidence"
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
}

static void map_columns(storage::Columns& columns, ClaimEvent& event) {
  columns(event.sequence)(event.at)(event.kind)(event.from_status)(event.to_status)(event.actor)(event.note);
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
        "SELECT n.sequence, n.at, n.kind, n.from_status, n.to_status, n.actor, n.note FROM claim_events n"
        " JOIN claims c ON c.key = n.claim_key WHERE c.id = :id ORDER BY n.sequence",
        {id});
  });
}

Status Claims::set_status(std::string_view id, ClaimStatus to, std::string_view actor,
                          std::string_view note) {
  using Known = std::tuple<std::int64_t, std::string>;
  return database_->write([&](Session& session) -> Status {
    EARMARK_TRY(const auto known, session.find<Known>("SELECT key, status FROM claims WHERE id = :id", {id}));
    if (!known) return fail(ErrorCode::kNotFound, fmt::format("{}: no such claim", id));
    const auto& [key, status] = *known;
    const auto from = parse_claim_status(status);
    if (!from || !may_move(*from, to)) {
      return fail(ErrorCode::kConflict,
                  fmt::format("{} is {}: it cannot become {}", id, status, to_string(to)));
    }
    return move_claim(session, key, {"status", status, to_string(to), actor, note}, clock_->now());
  });
}

}  // namespace earmark::registry
