#include "registry/recordings.h"

#include "core/json.h"
#include "registry/claim_steps.h"
#include "registry/ids.h"
#include "registry/parties.h"
#include "registry/recording_steps.h"
#include "registry/reviews.h"
#include "registry/shared.h"
#include "storage/database.h"

namespace earmark::registry {
namespace {

using storage::Session;

constexpr std::string_view kSelect =
    "SELECT r.key, r.id, r.status, p.name, r.title, r.isrc, r.source, r.content_sha256, r.duration_ms,"
    " r.fingerprint_bytes, o.action, o.rule_id, o.version, r.reason, r.created_at, r.changed_at"
    " FROM recordings r JOIN parties p ON p.key = r.party_key JOIN policies o ON o.key = r.policy_key ";

std::string select_where(std::string_view rest) { return std::string(kSelect) + std::string(rest); }

RecordingStatus status_from(std::string_view text) {
  if (text == to_string(RecordingStatus::kRegistered)) return RecordingStatus::kRegistered;
  if (text == to_string(RecordingStatus::kForgotten)) return RecordingStatus::kForgotten;
  return RecordingStatus::kQuarantined;
}

Result<std::optional<std::string>> chain_of(Session& session, std::int64_t revision) {
  return session.find<std::string>("SELECT chain FROM catalogue_changes WHERE revision = :revision",
                                   {revision});
}

Json detail_of(const NewRecording& input, std::string_view owner) {
  Json detail{{"owner", owner}, {"source", input.source}, {"content_sha256", to_hex(input.content_hash)}};
  if (!input.quarantine_reason.empty()) detail["reason"] = input.quarantine_reason;
  return detail;
}

std::string_view owner_of(const NewRecording& input) {
  return input.owner.empty() ? kDefaultParty : std::string_view(input.owner);
}

Result<std::optional<Recording>> by_identity(Session& session, const Sha256& identity) {
  return session.find<Recording>(select_where("WHERE r.identity = :identity"), {to_hex(identity)});
}

Result<std::optional<Recording>> by_content(Session& session, const Sha256& content) {
  return session.find<Recording>(
      select_where(
          "WHERE r.key = (SELECT recording_key FROM recording_contents WHERE content_sha256 = :content)"),
      {to_hex(content)});
}

Result<Recording> by_key(Session& session, std::int64_t key) {
  return session.get<Recording>(select_where("WHERE r.key = :key"), {key});
}

/// True when these bytes were not known as this recording before.
Result<bool> remember_content(Session& session, std::int64_t key, const Sha256& content) {
  EARMARK_TRY(const auto added,
              session.execute("INSERT INTO recording_contents (content_sha256, recording_key)"
                              " VALUES (:content, :key) ON CONFLICT (content_sha256) DO NOTHING",
                              {to_hex(content), key}));
  return added > 0;
}

Result<std::string> free_id(Session& session, const Sha256& identity) {
  for (std::size_t length = kIdLength; length <= kIdLengthMax; length += kIdLengthStep) {
    auto id = public_id("rec_", identity, length);
    EARMARK_TRY(const auto taken,
                session.get<std::int64_t>("SELECT count(*) FROM recordings WHERE id = :id", {id}));
    if (taken == 0) return id;
  }
  return fail(ErrorCode::kConflict, "no free public id for " + to_hex(identity));
}

struct Owned {
  Party party;
  PolicyRule rule;
};

Result<Owned> ensure_owner(Session& session, const NewRecording& input, Timestamp now) {
  Owned owned;
  EARMARK_TRY(owned.party, ensure_party(session, owner_of(input), now));
  EARMARK_TRY(owned.rule, ensure_rule(session, owned.party, input.action, now));
  return owned;
}

/// For AcoustID's clients; what is there already stays.
Status store_chromaprint(Session& session, std::int64_t key, const NewRecording& input) {
  if (input.chromaprint.empty()) return {};
  EARMARK_TRY_STATUS(
      session.execute("INSERT INTO chromaprints (recording_key, items) VALUES (:key, :items)"
                      " ON CONFLICT (recording_key) DO NOTHING",
                      {key, input.chromaprint}));
  return {};
}

/// Stores what is matched, where something is.
Status store_fingerprint(Session& session, std::int64_t key, const NewRecording& input) {
  if (input.fingerprint.empty()) return {};
  EARMARK_TRY_STATUS(
      session.execute("INSERT INTO fingerprints (recording_key, emfp) VALUES (:key, :emfp)"
                      " ON CONFLICT (recording_key) DO UPDATE SET emfp = excluded.emfp",
                      {key, input.fingerprint}));
  if (!input.quarantine_reason.empty()) return {};
  EARMARK_TRY_STATUS(store_chromaprint(session, key, input));
  return append_change(session, key, kChangeAdded);
}

RecordingStatus status_of(const NewRecording& input) {
  return input.quarantine_reason.empty() ? RecordingStatus::kRegistered : RecordingStatus::kQuarantined;
}

Result<Recording> insert(Session& session, const NewRecording& input, Timestamp now) {
  EARMARK_TRY(const auto owned, ensure_owner(session, input, now));
  EARMARK_TRY(const auto id, free_id(session, input.identity));
  const auto status = status_of(input);
  EARMARK_TRY(const auto key,
              session.get<std::int64_t>(
                  "INSERT INTO recordings (id, identity, status, party_key, policy_key, title, isrc, source,"
                  " content_sha256, duration_ms, fingerprint_bytes, reason, created_at, changed_at)"
                  " VALUES (:id, :identity, :status, :party, :policy, :title, :isrc, :source,"
                  " :content, :duration, :size, :reason, :created, :changed) RETURNING key",
                  {id, to_hex(input.identity), to_string(status), owned.party.key, owned.rule.key,
                   input.title, input.isrc, input.source, to_hex(input.content_hash), input.duration_ms,
                   input.fingerprint.size(), input.quarantine_reason, now, now}));
  EARMARK_TRY_STATUS(store_fingerprint(session, key, input));
  EARMARK_TRY_STATUS(store_shared(session, key, input.shared, now));
  EARMARK_TRY_STATUS(remember_content(session, key, input.content_hash));
  EARMARK_TRY_STATUS(keep_findings(session, key, input.findings, now));
  EARMARK_TRY_STATUS(
      append_recording_event(session, key, now, to_string(status), detail_of(input, owned.party.name)));
  return by_key(session, key);
}

/// A forgotten or quarantined recording is registered (or quarantined) again, under its old id.
Result<Recording> restore(Session& session, std::int64_t key, const NewRecording& input, Timestamp now) {
  EARMARK_TRY(const auto owned, ensure_owner(session, input, now));
  const auto status = status_of(input);
  EARMARK_TRY_STATUS(session.execute(
      "UPDATE recordings SET status = :status, party_key = :party, policy_key = :policy, title = :title, "
      "isrc = :isrc,"
      " source = :source, content_sha256 = :content, duration_ms = :duration, fingerprint_bytes = :size,"
      " reason = :reason, changed_at = :now WHERE key = :key",
      {to_string(status), owned.party.key, owned.rule.key, input.title, input.isrc, input.source,
       to_hex(input.content_hash), input.duration_ms, input.fingerprint.size(), input.quarantine_reason, now,
       key}));
  EARMARK_TRY_STATUS(store_fingerprint(session, key, input));
  EARMARK_TRY_STATUS(store_shared(session, key, input.shared, now));
  EARMARK_TRY_STATUS(remember_content(session, key, input.content_hash));
  const auto kind = status == RecordingStatus::kRegistered ? std::string_view("restored") : to_string(status);
  EARMARK_TRY_STATUS(keep_findings(session, key, input.findings, now));
  EARMARK_TRY_STATUS(append_recording_event(session, key, now, kind, detail_of(input, owned.party.name)));
  return by_key(session, key);
}

Status note(Session& session, const Recording& recording, const NewRecording& input, Timestamp now) {
  EARMARK_TRY(const bool new_content, remember_content(session, recording.key, input.content_hash));
  if (recording.status == RecordingStatus::kRegistered)
    EARMARK_TRY_STATUS(store_chromaprint(session, recording.key, input));
  // The same owner registering the same file again says nothing new.
  if (!new_content && owner_of(input) == recording.owner) return {};
  EARMARK_TRY_STATUS(keep_findings(session, recording.key, input.findings, now));
  return append_recording_event(session, recording.key, now, "duplicate", detail_of(input, owner_of(input)));
}

}  // namespace

static void map_columns(storage::Columns& columns, Recording& r) {
  columns(r.key)(r.id);
  columns.text([&r](const std::string& text) { r.status = status_from(text); });
  columns(r.owner)(r.title)(r.isrc)(r.source)(r.content_sha256)(r.duration_ms)(r.fingerprint_bytes);
  columns.text(
      [&r](const std::string& text) { r.action = parse_policy_action(text).value_or(PolicyAction::kTrack); });
  columns(r.rule_id)(r.rule_version)(r.reason)(r.created_at)(r.changed_at);
}

static void map_columns(storage::Columns& columns, RecordingEvent& event) {
  columns(event.sequence)(event.recording_id)(event.at)(event.kind)(event.detail);
}

static void map_columns(storage::Columns& columns, CatalogueChange& change) {
  columns(change.revision)(change.chain)(change.recording_key);
  columns.text([&change](const std::string& text) {
    change.kind = text == kChangeAdded ? CatalogueChange::Kind::kAdded : CatalogueChange::Kind::kRemoved;
  });
}

Status append_recording_event(Session& session, std::int64_t key, Timestamp now, std::string_view kind,
                              const Json& detail) {
  EARMARK_TRY_STATUS(session.execute(
      "INSERT INTO recording_events (recording_key, at, kind, detail) VALUES (:key, :at, :kind, :detail)",
      {key, now, kind, to_line(detail)}));
  return {};
}

Status append_change(Session& session, std::int64_t key, std::string_view kind) {
  EARMARK_TRY(
      const auto revision,
      session.get<std::int64_t>("UPDATE store SET revision = revision + 1 WHERE id = 1 RETURNING revision"));
  EARMARK_TRY(const auto before, chain_of(session, revision - 1));
  EARMARK_TRY(const auto id, session.get<std::string>("SELECT id FROM recordings WHERE key = :key", {key}));
  const auto chain = to_hex(digest_of({before.value_or(""), id, std::to_string(key), kind}));
  EARMARK_TRY_STATUS(
      session.execute("INSERT INTO catalogue_changes (revision, chain, recording_key, kind)"
                      " VALUES (:revision, :chain, :key, :kind)",
                      {revision, chain, key, kind}));
  return {};
}

Result<Recording> recording_by_id(Session& session, std::string_view id) {
  EARMARK_TRY(auto known, session.find<Recording>(select_where("WHERE r.id = :id"), {id}));
  if (!known) return fail(ErrorCode::kNotFound, std::string(id) + ": no such recording");
  return std::move(*known);
}

Result<AddRecordingOutcome> Recordings::add(const NewRecording& input) {
  const bool is_held = input.hold == NewRecording::Hold::kForReview && !input.quarantine_reason.empty();
  if (is_held ? input.fingerprint.empty() : input.fingerprint.empty() == input.quarantine_reason.empty()) {
    return fail(ErrorCode::kInvalidArgument,
                input.source + ": a recording has a fingerprint or a reason for quarantine");
  }
  return database_->write([&](Session& session) -> Result<AddRecordingOutcome> {
    const Timestamp now = clock_->now();
    EARMARK_TRY(auto known, by_identity(session, input.identity));
    if (!known) {
      EARMARK_TRY(known, by_content(session, input.content_hash));
    }
    AddRecordingOutcome outcome;
    if (!known) {
      EARMARK_TRY(outcome.recording, insert(session, input, now));
    } else if (known->status == RecordingStatus::kRegistered || known->status == status_of(input)) {
      EARMARK_TRY_STATUS(note(session, *known, input, now));
      outcome = {AddRecordingOutcome::Kind::kDuplicate, std::move(*known)};
    } else {
      EARMARK_TRY(outcome.recording, restore(session, known->key, input, now));
    }
    return outcome;
  });
}

Status Recordings::note_duplicate(std::int64_t key, const NewRecording& input) {
  return database_->write([&](Session& session) -> Status {
    EARMARK_TRY(const auto recording, by_key(session, key));
    return note(session, recording, input, clock_->now());
  });
}

Result<std::int64_t> Recordings::forget(std::string_view id) {
  return database_->write([&](Session& session) -> Result<std::int64_t> {
    const Timestamp now = clock_->now();
    EARMARK_TRY(const auto known, session.find<Recording>(select_where("WHERE r.id = :id"), {id}));
    if (!known || known->status == RecordingStatus::kForgotten) {
      return fail(ErrorCode::kNotFound, std::string(id) + ": no such recording");
    }
    EARMARK_TRY_STATUS(
        session.execute("UPDATE recordings SET status = :status, fingerprint_bytes = 0, changed_at = :now"
                        " WHERE key = :key",
                        {to_string(RecordingStatus::kForgotten), now, known->key}));
    EARMARK_TRY_STATUS(session.execute("DELETE FROM fingerprints WHERE recording_key = :key", {known->key}));
    EARMARK_TRY_STATUS(session.execute("DELETE FROM chromaprints WHERE recording_key = :key", {known->key}));
    if (known->status == RecordingStatus::kRegistered) {
      EARMARK_TRY_STATUS(append_change(session, known->key, kChangeRemoved));
    }
    EARMARK_TRY_STATUS(withdraw_claims_of(session, known->key, now));
    EARMARK_TRY_STATUS(
        append_recording_event(session, known->key, now, "forgotten", Json{{"owner", known->owner}}));
    return known->key;
  });
}

Result<std::optional<Recording>> Recordings::find(std::string_view id) const {
  return database_->read(
      [&](Session& session) { return session.find<Recording>(select_where("WHERE r.id = :id"), {id}); });
}

Result<std::optional<Recording>> Recordings::find_by_key(std::int64_t key) const {
  return database_->read(
      [&](Session& session) { return session.find<Recording>(select_where("WHERE r.key = :key"), {key}); });
}

Result<std::optional<Recording>> Recordings::find_by_content(const Sha256& content_hash) const {
  return database_->read([&](Session& session) { return by_content(session, content_hash); });
}

Result<std::optional<Recording>> Recordings::find_by_identity(const Sha256& identity) const {
  return database_->read([&](Session& session) { return by_identity(session, identity); });
}

Result<std::unordered_map<std::int64_t, Recording>> Recordings::find_all(
    std::span<const std::int64_t> keys) const {
  using Found = std::unordered_map<std::int64_t, Recording>;
  return database_->read([&](Session& session) -> Result<Found> {
    Found found;
    for (const std::int64_t key : keys) {
      if (found.contains(key)) continue;
      EARMARK_TRY(auto recording, session.find<Recording>(select_where("WHERE r.key = :key"), {key}));
      if (recording) found.emplace(key, std::move(*recording));
    }
    return found;
  });
}

Result<std::vector<Recording>> Recordings::list(std::optional<RecordingStatus> status) const {
  return database_->read([&](Session& session) {
    if (!status) return session.query<Recording>(select_where("ORDER BY r.key"));
    return session.query<Recording>(select_where("WHERE r.status = :status ORDER BY r.key"),
                                    {to_string(*status)});
  });
}

Result<std::vector<RecordingEvent>> Recordings::history(std::string_view id) const {
  return database_->read([&](Session& session) {
    return session.query<RecordingEvent>(
        "SELECT e.sequence, r.id, e.at, e.kind, e.detail FROM recording_events e"
        " JOIN recordings r ON r.key = e.recording_key WHERE r.id = :id ORDER BY e.sequence",
        {id});
  });
}

Result<std::int64_t> Recordings::revision() const {
  return database_->read(
      [&](Session& session) { return session.get<std::int64_t>("SELECT revision FROM store WHERE id = 1"); });
}

Result<std::vector<CatalogueChange>> Recordings::changes_since(std::int64_t revision) const {
  return database_->read([&](Session& session) {
    return session.query<CatalogueChange>(
        "SELECT revision, chain, recording_key, kind FROM catalogue_changes"
        " WHERE revision > :revision ORDER BY revision",
        {revision});
  });
}

Result<std::optional<std::string>> Recordings::chain_at(std::int64_t revision) const {
  if (revision == 0) return std::string();
  return database_->read([&](Session& session) { return chain_of(session, revision); });
}

Result<std::optional<Bytes>> Recordings::fingerprint(std::int64_t key) const {
  return database_->read([&](Session& session) {
    return session.find<Bytes>(
        "SELECT f.emfp FROM fingerprints f JOIN recordings r ON r.key = f.recording_key"
        " WHERE r.key = :key AND r.status = :status",
        {key, to_string(RecordingStatus::kRegistered)});
  });
}

}  // namespace earmark::registry
