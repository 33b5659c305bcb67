#include "registry/reviews.h"

#include <algorithm>

#include "registry/recording_steps.h"
#include "storage/database.h"

namespace earmark::registry {
namespace {

using storage::Session;

constexpr std::string_view kSelect =
    "SELECT f.code, f.severity, f.start_ms, f.end_ms, coalesce(f.other_key, 0), f.other_start_ms, "
    "f.other_end_ms,"
    " f.detail, coalesce(o.id, ''), coalesce(p.name, ''), f.at, f.decided_at, f.decided_by, f.decision"
    " FROM registration_findings f JOIN recordings r ON r.key = f.recording_key"
    " LEFT JOIN recordings o ON o.key = f.other_key LEFT JOIN parties p ON p.key = o.party_key ";

Result<std::vector<KeptFinding>> open_findings(Session& session, std::int64_t recording_key) {
  return session.query<KeptFinding>(
      std::string(kSelect) + "WHERE f.recording_key = :recording AND f.decided_at IS NULL ORDER BY f.key",
      {recording_key});
}

Status decide_findings(Session& session, const Recording& recording, std::string_view by,
                       std::string_view decision, Timestamp now) {
  EARMARK_TRY_STATUS(session.execute(
      "UPDATE registration_findings SET decided_at = :now, decided_by = :by, decision = :decision"
      " WHERE recording_key = :recording AND decided_at IS NULL",
      {now, by, decision, recording.key}));
  return {};
}

Result<bool> has_fingerprint(Session& session, std::int64_t recording_key) {
  EARMARK_TRY(const auto count,
              session.get<std::int64_t>("SELECT count(*) FROM fingerprints WHERE recording_key = :key",
                                        {recording_key}));
  return count > 0;
}

Status set_status(Session& session, const Recording& recording, RecordingStatus status,
                  std::string_view reason, Timestamp now) {
  EARMARK_TRY_STATUS(session.execute(
      "UPDATE recordings SET status = :status, reason = :reason, changed_at = :now WHERE key = :key",
      {to_string(status), reason, now, recording.key}));
  return {};
}

Status take_in(Session& session, const Recording& recording, std::string_view by, std::string_view note,
               Timestamp now) {
  EARMARK_TRY(const bool can_be_matched, has_fingerprint(session, recording.key));
  if (!can_be_matched)
    return fail(ErrorCode::kConflict,
                recording.id + ": there is nothing to recognise it by: " + recording.reason);
  EARMARK_TRY_STATUS(set_status(session, recording, RecordingStatus::kRegistered, "", now));
  EARMARK_TRY_STATUS(append_change(session, recording.key, kChangeAdded));
  return append_recording_event(session, recording.key, now, "accepted", {{"by", by}, {"note", note}});
}

Status keep_out(Session& session, const Recording& recording, std::string_view by, std::string_view note,
                Timestamp now) {
  EARMARK_TRY_STATUS(session.execute("DELETE FROM fingerprints WHERE recording_key = :key", {recording.key}));
  return append_recording_event(session, recording.key, now, "refused", {{"by", by}, {"note", note}});
}

}  // namespace

static void map_columns(storage::Columns& columns, KeptFinding& kept) {
  RegistrationFinding& finding = kept.finding;
  columns(finding.code);
  columns.text([&finding](const std::string& text) {
    finding.severity = parse_severity(text).value_or(RegistrationFinding::Severity::kReview);
  });
  columns(finding.start_ms)(finding.end_ms)(finding.other_key)(finding.other_start_ms)(finding.other_end_ms);
  columns(finding.detail)(kept.other_id)(kept.other_owner)(kept.at)(kept.decided_at)(kept.decided_by);
  columns(kept.decision);
}

Status keep_findings(Session& session, std::int64_t recording_key,
                     const std::vector<RegistrationFinding>& findings, Timestamp now) {
  for (const RegistrationFinding& finding : findings) {
    std::optional<std::int64_t> other;
    if (finding.other_key != 0) other = finding.other_key;
    EARMARK_TRY_STATUS(session.execute(
        "INSERT INTO registration_findings (recording_key, at, code, severity, start_ms, end_ms, other_key,"
        " other_start_ms, other_end_ms, detail, decided_by, decision) VALUES (:recording, :now, :code, "
        ":severity,"
        " :start, :end, :other, :other_start, :other_end, :detail, '', '')",
        {recording_key, now, finding.code, to_string(finding.severity), finding.start_ms, finding.end_ms,
         other, finding.other_start_ms, finding.other_end_ms, finding.detail}));
  }
  return {};
}

Result<std::vector<ReviewItem>> Reviews::list() const {
  return database_->read([](Session& session) -> Result<std::vector<ReviewItem>> {
    EARMARK_TRY(const auto ids, session.query<std::string>(
                                    "SELECT r.id FROM recordings r WHERE r.status <> 'forgotten' AND EXISTS"
                                    " (SELECT 1 FROM registration_findings f WHERE f.recording_key = r.key"
                                    " AND f.decided_at IS NULL AND f.severity <> 'note') ORDER BY r.key"));
    std::vector<ReviewItem> items;
    for (const std::string& id : ids) {
      ReviewItem item;
      EARMARK_TRY(item.recording, recording_by_id(session, id));
      EARMARK_TRY(item.findings, open_findings(session, item.recording.key));
      items.push_back(std::move(item));
    }
    return items;
  });
}

Result<std::vector<KeptFinding>> Reviews::findings(std::string_view recording_id) const {
  return database_->read([&](Session& session) {
    return session.query<KeptFinding>(std::string(kSelect) + "WHERE r.id = :id ORDER BY f.key",
                                      {recording_id});
  });
}

Result<Recording> Reviews::accept(std::string_view recording_id, std::string_view by, std::string_view note) {
  return database_->write([&](Session& session) -> Result<Recording> {
    const Timestamp now = clock_->now();
    EARMARK_TRY(const auto recording, recording_by_id(session, recording_id));
    EARMARK_TRY(const auto open, open_findings(session, recording.key));
    if (recording.status == RecordingStatus::kQuarantined) {
      EARMARK_TRY_STATUS(take_in(session, recording, by, note, now));
    } else if (open.empty() || recording.status == RecordingStatus::kForgotten) {
      return fail(ErrorCode::kConflict, std::string(recording_id) + ": there is nothing to decide");
    } else {
      EARMARK_TRY_STATUS(
          append_recording_event(session, recording.key, now, "kept", {{"by", by}, {"note", note}}));
    }
    EARMARK_TRY_STATUS(decide_findings(session, recording, by, "accepted", now));
    return recording_by_id(session, recording_id);
  });
}

Result<Recording> Reviews::refuse(std::string_view recording_id, std::string_view by, std::string_view note) {
  return database_->write([&](Session& session) -> Result<Recording> {
    const Timestamp now = clock_->now();
    EARMARK_TRY(const auto recording, recording_by_id(session, recording_id));
    if (recording.status != RecordingStatus::kQuarantined) {
      return fail(ErrorCode::kConflict, std::string(recording_id) + " is " +
                                            std::string(to_string(recording.status)) +
                                            ", not in quarantine: forget it, or set its shares");
    }
    EARMARK_TRY_STATUS(keep_out(session, recording, by, note, now));
    EARMARK_TRY_STATUS(decide_findings(session, recording, by, "refused", now));
    return recording_by_id(session, recording_id);
  });
}

}  // namespace earmark::registry
