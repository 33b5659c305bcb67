#include "registry/rights.h"

#include <algorithm>

#include <fmt/format.h>

#include "registry/ids.h"
#include "registry/parties.h"
#include "registry/rights_steps.h"
#include "storage/database.h"

namespace earmark::registry {
namespace {

using storage::Session;

constexpr std::string_view kWorkColumns = "w.key, w.id, w.iswc, w.title, w.created_at";
constexpr std::string_view kReleaseColumns = "key, id, gtin, grid, title, created_at";

Result<std::string> canonical(IdentifierScheme scheme, std::string_view text) {
  if (text.empty()) return std::string();
  EARMARK_TRY(auto identifier, parse_identifier(scheme, text));
  return std::move(identifier.value);
}

Status insert_share(Session& session, const Subject& subject, const Share& share, Timestamp now) {
  EARMARK_TRY(const auto party, ensure_party(session, share.party, now));
  EARMARK_TRY_STATUS(session.execute(
      "INSERT INTO shares (recording_key, work_key, party_key, territory, ppm, valid_from, valid_to, set_at)"
      " VALUES (:recording, :work, :party, :territory, :ppm, :from, :to, :now)",
      {subject.recording_key, subject.work_key, party.key, share.territories.text(), share.ppm,
       share.valid_from, share.valid_to, now}));
  return {};
}

Status replace_conflicts(Session& session, const Subject& subject, std::span<const ShareConflict> conflicts,
                         Timestamp now) {
  EARMARK_TRY_STATUS(
      session.execute("UPDATE share_conflicts SET resolved_at = :now WHERE resolved_at IS NULL"
                      " AND (recording_key = :recording OR work_key = :work)",
                      {now, subject.recording_key, subject.work_key}));
  for (const ShareConflict& conflict : conflicts) {
    EARMARK_TRY_STATUS(session.execute(
        "INSERT INTO share_conflicts (recording_key, work_key, territory, total_ppm, valid_from,"
        " valid_to, found_at) VALUES (:recording, :work, :territory, :total, :from, :to, :now)",
        {subject.recording_key, subject.work_key, conflict.territory, conflict.total, conflict.valid_from,
         conflict.valid_to, now}));
  }
  return {};
}

Json time_or_null(const std::optional<Timestamp>& time) {
  return time ? Json(to_rfc3339(*time)) : Json(nullptr);
}

Json detail_of(std::span<const Share> shares, std::span<const ShareConflict> conflicts) {
  Json list = Json::array();
  for (const Share& share : shares) {
    list.push_back({{"party", share.party},
                    {"share_ppm", share.ppm},
                    {"territories", share.territories.text()},
                    {"valid_from", to_rfc3339(share.valid_from)},
                    {"valid_to", time_or_null(share.valid_to)}});
  }
  Json found = Json::array();
  for (const ShareConflict& conflict : conflicts)
    found.push_back({{"territory", conflict.territory}, {"total_ppm", conflict.total}});
  return {{"shares", std::move(list)}, {"conflicts", std::move(found)}};
}

Status check(std::span<const Share> shares) {
  for (const Share& share : shares) {
    if (share.party.empty()) return fail(ErrorCode::kInvalidArgument, "a share has no party");
    if (share.ppm < 0 || share.ppm > kWhole) {
      return fail(
          ErrorCode::kInvalidArgument,
          fmt::format("share of {}: {} parts per million, must be 0 to {}", share.party, share.ppm, kWhole));
    }
    if (share.valid_to && *share.valid_to <= share.valid_from)
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("share of {}: ends before it begins", share.party));
  }
  return {};
}

}  // namespace

static void map_columns(storage::Columns& columns, Work& work) {
  columns(work.key)(work.id)(work.iswc)(work.title)(work.created_at);
}

static void map_columns(storage::Columns& columns, Release& release) {
  columns(release.key)(release.id)(release.gtin)(release.grid)(release.title)(release.created_at);
}

static void map_columns(storage::Columns& columns, PartyIdentifier& identifier) {
  columns(identifier.party);
  columns.text([&identifier](const std::string& text) {
    identifier.scheme = parse_identifier_scheme(text).value_or(IdentifierScheme::kIpiName);
  });
  columns(identifier.value);
}

static void map_columns(storage::Columns& columns, RightsEvent& event) {
  columns(event.sequence)(event.at)(event.actor)(event.subject)(event.kind)(event.detail);
}

Result<Work> Rights::ensure_work(std::string_view iswc, std::string_view title, std::string_view actor) {
  EARMARK_TRY(const auto code, canonical(IdentifierScheme::kIswc, iswc));
  if (code.empty() && title.empty())
    return fail(ErrorCode::kInvalidArgument, "a work has an ISWC or a title");
  const auto id = public_id("wrk_", code.empty() ? digest_of({"work", title}) : digest_of({"iswc", code}));
  return database_->write([&](Session& session) -> Result<Work> {
    const auto select = fmt::format("SELECT {} FROM works w WHERE w.id = :id", kWorkColumns);
    EARMARK_TRY(auto known, session.find<Work>(select, {id}));
    if (known) return std::move(*known);
    const Timestamp now = clock_->now();
    EARMARK_TRY_STATUS(
        session.execute("INSERT INTO works (id, iswc, title, created_at) VALUES (:id, :iswc, :title, :now)",
                        {id, code, title, now}));
    EARMARK_TRY_STATUS(
        append_rights_event(session, now, actor, id, "work_added", {{"iswc", code}, {"title", title}}));
    return session.get<Work>(select, {id});
  });
}

Result<std::vector<Work>> Rights::works() const {
  return database_->read([](Session& session) {
    return session.query<Work>(fmt::format("SELECT {} FROM works w ORDER BY w.key", kWorkColumns));
  });
}

Status Rights::link_work(std::string_view recording_id, std::string_view work_id, std::string_view actor) {
  return database_->write([&](Session& session) -> Status {
    EARMARK_TRY(const auto recording, recording_key_of(session, recording_id));
    EARMARK_TRY(const auto work, find_subject(session, work_id));
    if (!work.work_key) return fail(ErrorCode::kNotFound, fmt::format("{}: no such work", work_id));
    const Timestamp now = clock_->now();
    EARMARK_TRY(
        const auto added,
        session.execute("INSERT INTO recording_works (recording_key, work_key, created_at)"
                        " VALUES (:recording, :work, :now) ON CONFLICT (recording_key, work_key) DO NOTHING",
                        {recording, work.work_key, now}));
    if (added == 0) return {};
    return append_rights_event(session, now, actor, recording_id, "work_linked", {{"work", work_id}});
  });
}

Result<std::vector<Work>> Rights::works_of(std::string_view recording_id) const {
  return database_->read([&](Session& session) {
    return session.query<Work>(
        fmt::format("SELECT {} FROM works w JOIN recording_works l ON l.work_key = w.key"
                    " JOIN recordings r ON r.key = l.recording_key WHERE r.id = :id ORDER BY w.key",
                    kWorkColumns),
        {recording_id});
  });
}

Result<std::vector<std::string>> Rights::recordings_of(std::string_view work_id) const {
  return database_->read([&](Session& session) {
    return session.query<std::string>(
        "SELECT r.id FROM recordings r JOIN recording_works l ON l.recording_key = r.key"
        " JOIN works w ON w.key = l.work_key WHERE w.id = :id ORDER BY r.key",
        {work_id});
  });
}

Result<Release> Rights::ensure_release(const Release& wanted, std::string_view actor) {
  EARMARK_TRY(const auto gtin, canonical(IdentifierScheme::kGtin, wanted.gtin));
  EARMARK_TRY(const auto grid, canonical(IdentifierScheme::kGrid, wanted.grid));
  if (gtin.empty() && grid.empty() && wanted.title.empty())
    return fail(ErrorCode::kInvalidArgument, "a release has a GTIN, a GRid or a title");
  const auto digest = !gtin.empty()   ? digest_of({"gtin", gtin})
                      : !grid.empty() ? digest_of({"grid", grid})
                                      : digest_of({"release", wanted.title});
  const auto id = public_id("rel_", digest);
  return database_->write([&](Session& session) -> Result<Release> {
    const auto select = fmt::format("SELECT {} FROM releases WHERE id = :id", kReleaseColumns);
    EARMARK_TRY(auto known, session.find<Release>(select, {id}));
    if (known) return std::move(*known);
    const Timestamp now = clock_->now();
    EARMARK_TRY_STATUS(
        session.execute("INSERT INTO releases (id, gtin, grid, title, created_at)"
                        " VALUES (:id, :gtin, :grid, :title, :now)",
                        {id, gtin, grid, wanted.title, now}));
    EARMARK_TRY_STATUS(append_rights_event(session, now, actor, id, "release_added",
                                           {{"gtin", gtin}, {"grid", grid}, {"title", wanted.title}}));
    return session.get<Release>(select, {id});
  });
}

Result<std::vector<Release>> Rights::releases() const {
  return database_->read([](Session& session) {
    return session.query<Release>(fmt::format("SELECT {} FROM releases ORDER BY key", kReleaseColumns));
  });
}

Status Rights::add_to_release(std::string_view release_id, std::string_view recording_id,
                              std::int64_t position, std::string_view actor) {
  return database_->write([&](Session& session) -> Status {
    EARMARK_TRY(const auto recording, recording_key_of(session, recording_id));
    EARMARK_TRY(const auto release,
                session.find<std::int64_t>("SELECT key FROM releases WHERE id = :id", {release_id}));
    if (!release) return fail(ErrorCode::kNotFound, fmt::format("{}: no such release", release_id));
    EARMARK_TRY(
        const auto changed,
        session.execute("INSERT INTO release_recordings (release_key, recording_key, position)"
                        " VALUES (:release, :recording, :position) ON CONFLICT (release_key, recording_key)"
                        " DO UPDATE SET position = excluded.position"
                        " WHERE release_recordings.position <> excluded.position",
                        {*release, recording, position}));
    if (changed == 0) return {};
    return append_rights_event(session, clock_->now(), actor, release_id, "recording_on_release",
                               {{"recording", recording_id}, {"position", position}});
  });
}

Result<std::vector<std::string>> Rights::recordings_on(std::string_view release_id) const {
  return database_->read([&](Session& session) {
    return session.query<std::string>(
        "SELECT r.id FROM recordings r JOIN release_recordings l ON l.recording_key = r.key"
        " JOIN releases e ON e.key = l.release_key WHERE e.id = :id ORDER BY l.position, r.key",
        {release_id});
  });
}

Result<Ownership> Rights::set_shares(std::string_view subject_id, std::span<const Share> shares,
                                     std::string_view actor) {
  EARMARK_TRY_STATUS(check(shares));
  return database_->write([&](Session& session) -> Result<Ownership> {
    EARMARK_TRY(const auto subject, find_subject(session, subject_id));
    const Timestamp now = clock_->now();
    EARMARK_TRY(const auto before, shares_of(session, subject));
    if (std::equal(before.begin(), before.end(), shares.begin(), shares.end())) {
      EARMARK_TRY(auto conflicts, conflicts_in_store(session, subject));
      return Ownership{before, std::move(conflicts)};
    }
    EARMARK_TRY_STATUS(
        session.execute("UPDATE shares SET ended_at = :now WHERE ended_at IS NULL"
                        " AND (recording_key = :recording OR work_key = :work)",
                        {now, subject.recording_key, subject.work_key}));
    for (const Share& share : shares) EARMARK_TRY_STATUS(insert_share(session, subject, share, now));
    Ownership ownership{{shares.begin(), shares.end()}, conflicts_of(shares)};
    EARMARK_TRY_STATUS(replace_conflicts(session, subject, ownership.conflicts, now));
    EARMARK_TRY_STATUS(append_rights_event(session, now, actor, subject_id, "shares_set",
                                           detail_of(ownership.shares, ownership.conflicts)));
    return ownership;
  });
}

Result<Ownership> Rights::ownership(std::string_view subject_id) const {
  return database_->read([&](Session& session) -> Result<Ownership> {
    EARMARK_TRY(const auto subject, find_subject(session, subject_id));
    Ownership ownership;
    EARMARK_TRY(ownership.shares, shares_of(session, subject));
    EARMARK_TRY(ownership.conflicts, conflicts_in_store(session, subject));
    return ownership;
  });
}

Status Rights::identify(const PartyIdentifier& wanted, std::string_view actor) {
  EARMARK_TRY(const auto value, canonical(wanted.scheme, wanted.value));
  if (value.empty()) return fail(ErrorCode::kInvalidArgument, "the identifier is empty");
  return database_->write([&](Session& session) -> Status {
    const Timestamp now = clock_->now();
    EARMARK_TRY(const auto party, ensure_party(session, wanted.party, now));
    EARMARK_TRY(const auto holder,
                session.find<std::string>(
                    "SELECT p.name FROM party_identifiers i JOIN parties p ON p.key = i.party_key"
                    " WHERE i.scheme = :scheme AND i.value = :value",
                    {to_string(wanted.scheme), value}));
    if (holder && *holder == wanted.party) return {};
    if (holder) {
      return fail(ErrorCode::kConflict,
                  fmt::format("{} {} belongs to {}", to_string(wanted.scheme), value, *holder));
    }
    EARMARK_TRY_STATUS(
        session.execute("INSERT INTO party_identifiers (party_key, scheme, value, created_at)"
                        " VALUES (:party, :scheme, :value, :now)",
                        {party.key, to_string(wanted.scheme), value, now}));
    return append_rights_event(session, now, actor, wanted.party, "identified",
                               {{"scheme", to_string(wanted.scheme)}, {"value", value}});
  });
}

Result<std::vector<PartyIdentifier>> Rights::identifiers(std::string_view party) const {
  return database_->read([&](Session& session) {
    return session.query<PartyIdentifier>(
        "SELECT p.name, i.scheme, i.value FROM party_identifiers i JOIN parties p ON p.key = i.party_key"
        " WHERE :any = '' OR p.name = :party ORDER BY i.key",
        {party, party});
  });
}

Result<std::vector<RightsEvent>> Rights::history(std::string_view subject) const {
  return database_->read([&](Session& session) {
    return session.query<RightsEvent>(
        "SELECT sequence, at, actor, subject, kind, detail FROM rights_events"
        " WHERE :any = '' OR subject = :subject ORDER BY sequence",
        {subject, subject});
  });
}

}  // namespace earmark::registry
