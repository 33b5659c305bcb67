#include "registry/terms.h"

#include <fmt/format.h>

#include "registry/ids.h"
#include "registry/parties.h"
#include "registry/rights_steps.h"
#include "storage/database.h"

namespace earmark::registry {
namespace {

using storage::Session;

std::string time_text(const std::optional<Timestamp>& time) {
  return time ? to_rfc3339(*time) : std::string();
}

Json detail_of(const Licence& licence) {
  return {{"licence", licence.id},
          {"kind", to_string(licence.kind)},
          {"party", licence.party},
          {"licensee", licence.licensee},
          {"recording", licence.recording_id},
          {"feed", licence.feed_url},
          {"territories", licence.territories.text()},
          {"uses", licence.uses},
          {"reference", licence.reference},
          {"valid_from", to_rfc3339(licence.valid_from)},
          {"valid_to", time_text(licence.valid_to)}};
}

Json detail_of(const RightsDocument& document) {
  return {{"document", document.id},
          {"kind", to_string(document.kind)},
          {"party", document.party},
          {"territories", document.territories.text()},
          {"reason", document.reason},
          {"uri", document.uri},
          {"sha256", document.sha256},
          {"valid_from", to_rfc3339(document.valid_from)},
          {"valid_to", time_text(document.valid_to)}};
}

Status check(const Licence& licence) {
  if (licence.party.empty()) return fail(ErrorCode::kInvalidArgument, "a licence has no party that gives it");
  if (licence.kind == Licence::Kind::kAllow && licence.feed_url.empty())
    return fail(ErrorCode::kInvalidArgument, "an entry of an allow-list names a feed");
  if (licence.valid_to && *licence.valid_to <= licence.valid_from)
    return fail(ErrorCode::kInvalidArgument, "a licence ends before it begins");
  return {};
}

std::string id_of(const Licence& licence) {
  return public_id(
      "lic_", digest_of({"licence", to_string(licence.kind), licence.party, licence.licensee,
                         licence.recording_id, licence.feed_url, licence.territories.text(), licence.uses,
                         licence.reference, to_rfc3339(licence.valid_from), time_text(licence.valid_to)}));
}

std::string id_of(const RightsDocument& document) {
  return public_id("doc_",
                   digest_of({"document", to_string(document.kind), document.subject, document.party,
                              document.territories.text(), document.reason, document.uri, document.sha256,
                              to_rfc3339(document.valid_from), time_text(document.valid_to)}));
}

Status insert(Session& session, const Licence& licence, Timestamp now) {
  EARMARK_TRY(const auto party, ensure_party(session, licence.party, now));
  std::optional<std::int64_t> recording;
  if (!licence.recording_id.empty()) {
    EARMARK_TRY(recording, recording_key_of(session, licence.recording_id));
  }
  EARMARK_TRY_STATUS(session.execute(
      "INSERT INTO licences (id, party_key, licensee, recording_key, feed_url, territories, uses, kind, "
      "reference,"
      " valid_from, valid_to, created_at) VALUES (:id, :party, :licensee, :recording, :feed, :territories, "
      ":uses,"
      " :kind, :reference, :from, :to, :now) ON CONFLICT (id) DO UPDATE SET ended_at = NULL",
      {licence.id, party.key, licence.licensee, recording, licence.feed_url, licence.territories.text(),
       licence.uses, to_string(licence.kind), licence.reference, licence.valid_from, licence.valid_to, now}));
  return {};
}

Status insert(Session& session, const RightsDocument& document, Timestamp now) {
  EARMARK_TRY(const auto subject, find_subject(session, document.subject));
  std::optional<std::int64_t> party_key;
  if (!document.party.empty()) {
    EARMARK_TRY(const auto party, ensure_party(session, document.party, now));
    party_key = party.key;
  }
  EARMARK_TRY_STATUS(session.execute(
      "INSERT INTO rights_documents (id, kind, recording_key, work_key, party_key, territories, reason, uri,"
      " sha256, valid_from, valid_to, created_at) VALUES (:id, :kind, :recording, :work, :party, "
      ":territories,"
      " :reason, :uri, :sha256, :from, :to, :now) ON CONFLICT (id) DO UPDATE SET withdrawn_at = NULL",
      {document.id, to_string(document.kind), subject.recording_key, subject.work_key, party_key,
       document.territories.text(), document.reason, document.uri, document.sha256, document.valid_from,
       document.valid_to, now}));
  return {};
}

}  // namespace

Result<Licence> Terms::give(const Licence& wanted, std::string_view actor) {
  EARMARK_TRY_STATUS(check(wanted));
  return database_->write([&](Session& session) -> Result<Licence> {
    Licence licence = wanted;
    licence.id = id_of(licence);
    licence.created_at = clock_->now();
    EARMARK_TRY_STATUS(insert(session, licence, licence.created_at));
    EARMARK_TRY_STATUS(append_rights_event(session, licence.created_at, actor, licence.id, "licence_given",
                                           detail_of(licence)));
    return licence;
  });
}

Status Terms::end_licence(std::string_view id, std::string_view actor) {
  return database_->write([&](Session& session) -> Status {
    const Timestamp now = clock_->now();
    EARMARK_TRY(const auto ended,
                session.execute("UPDATE licences SET ended_at = :now WHERE id = :id AND ended_at IS NULL",
                                {now, id}));
    if (ended == 0) return fail(ErrorCode::kNotFound, fmt::format("{}: no such licence", id));
    return append_rights_event(session, now, actor, id, "licence_ended", Json::object());
  });
}

Result<std::vector<Licence>> Terms::licences(std::string_view party) const {
  return database_->read([&](Session& session) {
    return session.query<Licence>(
        std::string(kSelectLicences) + "WHERE :any = '' OR p.name = :party ORDER BY l.key", {party, party});
  });
}

Result<RightsDocument> Terms::attach(const RightsDocument& wanted, std::string_view actor) {
  if (wanted.reason.empty()) return fail(ErrorCode::kInvalidArgument, "a rights document gives a reason");
  if (wanted.party.empty() != (wanted.kind == DocumentKind::kPublicDomain))
    return fail(ErrorCode::kInvalidArgument,
                "a rights document names a party, unless it is the public domain");
  if (wanted.valid_to && *wanted.valid_to <= wanted.valid_from)
    return fail(ErrorCode::kInvalidArgument, "a rights document ends before it begins");
  return database_->write([&](Session& session) -> Result<RightsDocument> {
    RightsDocument document = wanted;
    document.id = id_of(document);
    document.created_at = clock_->now();
    EARMARK_TRY_STATUS(insert(session, document, document.created_at));
    EARMARK_TRY_STATUS(append_rights_event(session, document.created_at, actor, document.subject,
                                           "document_attached", detail_of(document)));
    return document;
  });
}

Status Terms::withdraw_document(std::string_view id, std::string_view actor) {
  return database_->write([&](Session& session) -> Status {
    const Timestamp now = clock_->now();
    EARMARK_TRY(const auto subject,
                session.find<std::string>(
                    "SELECT coalesce(r.id, w.id) FROM rights_documents d LEFT JOIN recordings r ON"
                    " r.key = d.recording_key LEFT JOIN works w ON w.key = d.work_key"
                    " WHERE d.id = :id AND d.withdrawn_at IS NULL",
                    {id}));
    if (!subject) return fail(ErrorCode::kNotFound, fmt::format("{}: no such rights document", id));
    EARMARK_TRY_STATUS(
        session.execute("UPDATE rights_documents SET withdrawn_at = :now WHERE id = :id", {now, id}));
    return append_rights_event(session, now, actor, *subject, "document_withdrawn", {{"document", id}});
  });
}

Result<std::vector<RightsDocument>> Terms::documents(std::string_view subject_id) const {
  return database_->read([&](Session& session) -> Result<std::vector<RightsDocument>> {
    EARMARK_TRY(const auto subject, find_subject(session, subject_id));
    return documents_of(session, subject);
  });
}

Result<Exclusion> Terms::exclude(std::string_view recording_id, const Exclusion& wanted,
                                 std::string_view actor) {
  if (wanted.start_ms < 0 || wanted.end_ms <= wanted.start_ms) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} to {} ms is no stretch of a recording", wanted.start_ms, wanted.end_ms));
  }
  return database_->write([&](Session& session) -> Result<Exclusion> {
    EARMARK_TRY(const auto recording, recording_key_of(session, recording_id));
    Exclusion exclusion = wanted;
    exclusion.created_at = clock_->now();
    EARMARK_TRY(exclusion.key,
                session.get<std::int64_t>(
                    "INSERT INTO exclusions (recording_key, start_ms, end_ms, scope, reason, created_at)"
                    " VALUES (:recording, :start, :end, :scope, :reason, :now) RETURNING key",
                    {recording, exclusion.start_ms, exclusion.end_ms, to_string(exclusion.scope),
                     exclusion.reason, exclusion.created_at}));
    EARMARK_TRY_STATUS(append_rights_event(session, exclusion.created_at, actor, recording_id, "excluded",
                                           {{"exclusion", exclusion.key},
                                            {"start_ms", exclusion.start_ms},
                                            {"end_ms", exclusion.end_ms},
                                            {"scope", to_string(exclusion.scope)},
                                            {"reason", exclusion.reason}}));
    return exclusion;
  });
}

Status Terms::end_exclusion(std::string_view recording_id, std::int64_t key, std::string_view actor) {
  return database_->write([&](Session& session) -> Status {
    const Timestamp now = clock_->now();
    EARMARK_TRY(const auto recording, recording_key_of(session, recording_id));
    EARMARK_TRY(const auto ended,
                session.execute(
                    "UPDATE exclusions SET ended_at = :now WHERE key = :key AND recording_key = :recording"
                    " AND ended_at IS NULL",
                    {now, key, recording}));
    if (ended == 0)
      return fail(ErrorCode::kNotFound, fmt::format("{}: no exclusion {} in force", recording_id, key));
    return append_rights_event(session, now, actor, recording_id, "exclusion_ended", {{"exclusion", key}});
  });
}

Result<std::vector<Exclusion>> Terms::exclusions(std::string_view recording_id) const {
  return database_->read([&](Session& session) -> Result<std::vector<Exclusion>> {
    EARMARK_TRY(const auto recording, recording_key_of(session, recording_id));
    return exclusions_of(session, recording);
  });
}

Result<std::vector<Exclusion>> Terms::exclusions_by_key(std::int64_t recording_key) const {
  return database_->read([&](Session& session) { return exclusions_of(session, recording_key); });
}

}  // namespace earmark::registry
