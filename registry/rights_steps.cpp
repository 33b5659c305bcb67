#include "registry/rights_steps.h"

#include <fmt/format.h>

#include "storage/session.h"

namespace earmark::registry {

using storage::Session;

Territories territories_from(const std::string& text) {
  // What was written was parsed before; an unreadable list claims nothing.
  return Territories::parse(text).value_or(Territories::parse("AQ").value_or(Territories()));
}

static void map_columns(storage::Columns& columns, Share& share) {
  columns(share.party)(share.ppm);
  columns.text([&share](const std::string& text) { share.territories = territories_from(text); });
  columns(share.valid_from)(share.valid_to);
}

static void map_columns(storage::Columns& columns, ShareConflict& conflict) {
  columns(conflict.territory)(conflict.total)(conflict.valid_from)(conflict.valid_to);
}

static void map_columns(storage::Columns& columns, RightsDocument& document) {
  columns(document.id);
  columns.text([&document](const std::string& text) {
    document.kind = parse_document_kind(text).value_or(DocumentKind::kOwnership);
  });
  columns(document.subject)(document.party);
  columns.text([&document](const std::string& text) { document.territories = territories_from(text); });
  columns(document.reason)(document.uri)(document.sha256)(document.valid_from)(document.valid_to);
  columns(document.created_at)(document.withdrawn_at);
}

static void map_columns(storage::Columns& columns, Exclusion& exclusion) {
  columns(exclusion.key)(exclusion.start_ms)(exclusion.end_ms);
  columns.text([&exclusion](const std::string& text) {
    exclusion.scope = parse_exclusion_scope(text).value_or(Exclusion::Scope::kClaiming);
  });
  columns(exclusion.reason)(exclusion.created_at);
}

static void map_columns(storage::Columns& columns, Subject& subject) {
  columns(subject.id)(subject.recording_key)(subject.work_key);
}

Result<std::int64_t> recording_key_of(Session& session, std::string_view id) {
  EARMARK_TRY(const auto key, session.find<std::int64_t>("SELECT key FROM recordings WHERE id = :id", {id}));
  if (!key) return fail(ErrorCode::kNotFound, fmt::format("{}: no such recording", id));
  return *key;
}

Result<Subject> find_subject(Session& session, std::string_view id) {
  EARMARK_TRY(const auto found,
              session.find<Subject>("SELECT id, key, NULL FROM recordings WHERE id = :recording UNION ALL"
                                    " SELECT id, NULL, key FROM works WHERE id = :work",
                                    {id, id}));
  if (!found) return fail(ErrorCode::kNotFound, fmt::format("{}: no such recording or work", id));
  return *found;
}

Status append_rights_event(Session& session, Timestamp now, std::string_view actor, std::string_view subject,
                           std::string_view kind, const Json& detail) {
  EARMARK_TRY_STATUS(
      session.execute("INSERT INTO rights_events (at, actor, subject, kind, detail)"
                      " VALUES (:at, :actor, :subject, :kind, :detail)",
                      {now, actor, subject, kind, to_line(detail)}));
  return {};
}

Result<std::vector<Share>> shares_of(Session& session, const Subject& subject) {
  return session.query<Share>(
      "SELECT p.name, s.ppm, s.territory, s.valid_from, s.valid_to FROM shares s"
      " JOIN parties p ON p.key = s.party_key WHERE s.ended_at IS NULL"
      " AND (s.recording_key = :recording OR s.work_key = :work) ORDER BY s.key",
      {subject.recording_key, subject.work_key});
}

Result<std::vector<ShareConflict>> conflicts_in_store(Session& session, const Subject& subject) {
  return session.query<ShareConflict>(
      "SELECT territory, total_ppm, valid_from, valid_to FROM share_conflicts WHERE resolved_at IS NULL"
      " AND (recording_key = :recording OR work_key = :work) ORDER BY key",
      {subject.recording_key, subject.work_key});
}

Result<std::vector<RightsDocument>> documents_of(Session& session, const Subject& subject) {
  return session.query<RightsDocument>(
      "SELECT d.id, d.kind, coalesce(r.id, w.id), coalesce(p.name, ''), d.territories, d.reason, d.uri,"
      " d.sha256, d.valid_from, d.valid_to, d.created_at, d.withdrawn_at FROM rights_documents d"
      " LEFT JOIN recordings r ON r.key = d.recording_key LEFT JOIN works w ON w.key = d.work_key"
      " LEFT JOIN parties p ON p.key = d.party_key"
      " WHERE d.recording_key = :recording OR d.work_key = :work ORDER BY d.key",
      {subject.recording_key, subject.work_key});
}

Result<std::vector<Exclusion>> exclusions_of(Session& session, std::int64_t recording_key) {
  return session.query<Exclusion>(
      "SELECT key, start_ms, end_ms, scope, reason, created_at FROM exclusions"
      " WHERE recording_key = :recording AND ended_at IS NULL ORDER BY start_ms, key",
      {recording_key});
}

Result<std::vector<Subject>> works_of_recording(Session& session, std::int64_t recording_key) {
  return session.query<Subject>(
      "SELECT w.id, NULL, w.key FROM recording_works l JOIN works w ON w.key = l.work_key"
      " WHERE l.recording_key = :recording ORDER BY w.key",
      {recording_key});
}

void map_columns(storage::Columns& columns, Licence& licence) {
  columns(licence.id);
  columns.text([&licence](const std::string& text) {
    licence.kind = text == to_string(Licence::Kind::kAllow) ? Licence::Kind::kAllow : Licence::Kind::kLicence;
  });
  columns(licence.party)(licence.licensee)(licence.recording_id)(licence.feed_url);
  columns.text([&licence](const std::string& text) { licence.territories = territories_from(text); });
  columns(licence.uses)(licence.reference)(licence.valid_from)(licence.valid_to)(licence.created_at);
  columns(licence.ended_at);
}

Result<std::vector<Licence>> licences_for(Session& session, std::int64_t recording_key,
                                          std::string_view feed_url, Timestamp at) {
  return session.query<Licence>(
      std::string(kSelectLicences) +
          "WHERE l.ended_at IS NULL AND (l.recording_key IS NULL OR l.recording_key = :recording)"
          " AND (l.feed_url = '' OR l.feed_url = :feed) AND l.valid_from <= :begun"
          " AND (l.valid_to IS NULL OR l.valid_to > :over) ORDER BY l.key",
      {recording_key, feed_url, at, at});
}

}  // namespace earmark::registry
