#include "registry/live.h"

#include <array>
#include <string>
#include <tuple>

#include <fmt/format.h>

#include "core/json.h"
#include "registry/scan_steps.h"
#include "registry/tables.h"
#include "storage/database.h"

namespace earmark::registry {
namespace {

using storage::Session;

constexpr std::string_view kStreamSelect =
    "SELECT l.key, l.feed_key, f.url, f.title, l.state, l.worker, l.phase, l.reason, l.format, l.now_title,"
    " l.heard_at, l.failures, (SELECT count(*) FROM live_sessions s WHERE s.stream_key = l.key),"
    " (SELECT coalesce(sum(heard_ms), 0) FROM live_sessions s WHERE s.stream_key = l.key),"
    " (SELECT coalesce(sum(silent_ms), 0) FROM live_sessions s WHERE s.stream_key = l.key),"
    " (SELECT coalesce(sum(bytes), 0) FROM live_sessions s WHERE s.stream_key = l.key)"
    " FROM live_streams l JOIN feeds f ON f.key = l.feed_key ";

constexpr std::array kStates = {StreamState::kActive, StreamState::kPaused, StreamState::kRemoved};

StreamState state_from(std::string_view text) {
  for (const StreamState state : kStates) {
    if (to_string(state) == text) return state;
  }
  return StreamState::kRemoved;
}

/// Whoever lost the stream must not write about it.
Status check_lease(Session& session, std::int64_t stream_key, std::string_view worker) {
  EARMARK_TRY(const auto held, session.get<std::int64_t>(
                                   "SELECT count(*) FROM live_streams WHERE key = :key AND worker = :worker",
                                   {stream_key, worker}));
  if (held == 1) return {};
  return fail(ErrorCode::kConflict, fmt::format("stream {} is another worker's now", stream_key));
}

std::string ids_to_json(const std::vector<std::string>& ids) { return to_line(Json(ids)); }

std::vector<std::string> ids_from_json(const std::string& text) {
  std::vector<std::string> ids;
  const auto json = parse_json(text);
  if (!json || !json->is_array()) return ids;
  for (const Json& id : *json) {
    if (id.is_string()) ids.push_back(id.get<std::string>());
  }
  return ids;
}

/// The day of a stream as an episode that was scanned; its newest version's key.
Result<std::int64_t> ensure_day(Session& session, std::int64_t stream_key, const std::string& day,
                                Timestamp now) {
  using Names = std::tuple<std::int64_t, std::string, std::string>;
  EARMARK_TRY(const auto stream,
              session.get<Names>("SELECT f.key, f.url, f.title FROM live_streams l JOIN feeds f"
                                 " ON f.key = l.feed_key WHERE l.key = :key",
                                 {stream_key}));
  const auto& [feed_key, url, title] = stream;
  EARMARK_TRY(const auto known,
              session.find<std::int64_t>(
                  "SELECT v.key FROM episodes e JOIN episode_versions v ON v.episode_key = e.key"
                  " AND v.version = e.version WHERE e.feed_key = :feed AND e.guid = :guid",
                  {feed_key, day}));
  if (known) return *known;
  EARMARK_TRY(const auto published, start_of_day(day));
  const std::string name = title.empty() ? day : title + ", " + day;
  EARMARK_TRY(const auto episode,
              session.get<std::int64_t>(
                  "INSERT INTO episodes (feed_key, guid, title, published_at, version, first_seen_at)"
                  " VALUES (:feed, :guid, :title, :published, 1, :now) RETURNING key",
                  {feed_key, day, name, published, now}));
  return session.get<std::int64_t>(
      "INSERT INTO episode_versions (episode_key, version, enclosure_url, enclosure_type, first_seen_at, "
      "state,"
      " reason, attempts, matches, claims) VALUES (:episode, 1, :url, '', :now, :state, '', 0, 0, 0)"
      " RETURNING key",
      {episode, url, now, to_string(ScanState::kScanned)});
}

/// A day grows with every use that ends.
Status count_day(Session& session, std::int64_t version_key) {
  EARMARK_TRY_STATUS(session.execute(
      "UPDATE episode_versions SET matches = (SELECT count(*) FROM sightings g JOIN scans s"
      " ON s.key = g.scan_key WHERE s.version_key = :version), claims = (SELECT count(*) FROM claims c"
      " WHERE c.version_key = :version2) WHERE key = :key",
      {version_key, version_key, version_key}));
  return {};
}

/// What the stream said that it plays while the use was heard, or last before it.
Result<Json> titles_of(Session& session, const LiveUse& use) {
  using Row = std::tuple<std::int64_t, std::string>;
  EARMARK_TRY(const auto rows,
              session.query<Row>("SELECT at, title FROM live_titles WHERE stream_key = :stream AND at <= :to"
                                 " AND at >= coalesce((SELECT max(at) FROM live_titles WHERE stream_key ="
                                 " :stream2 AND at <= :from), 0) ORDER BY at, key",
                                 {use.stream_key, use.ended_at, use.stream_key, use.started_at}));
  Json titles = Json::array();
  for (const auto& [at, title] : rows)
    titles.push_back({{"at", to_rfc3339(Timestamp(std::chrono::milliseconds(at)))}, {"title", title}});
  return titles;
}

/// How the use came here. There is no hash of the bytes: a stream has no end.
Result<FetchRecord> fetch_of(Session& session, const LiveUse& use) {
  FetchRecord fetch;
  std::string transfer;
  using Row = std::tuple<std::string, std::string, std::string, std::string, std::int64_t, std::int64_t>;
  EARMARK_TRY(
      const auto row,
      session.get<Row>("SELECT f.url, s.final_url, s.content_type, s.transfer, s.started_at, s.bytes"
                       " FROM live_sessions s JOIN live_streams l ON l.key = s.stream_key JOIN feeds f"
                       " ON f.key = l.feed_key WHERE s.key = :key",
                       {use.session_key}));
  std::int64_t started = 0;
  std::tie(fetch.url, fetch.final_url, fetch.content_type, transfer, started, fetch.bytes) = row;
  fetch.fetched_at = Timestamp(std::chrono::milliseconds(started));
  auto detail = parse_json(transfer.empty() ? "{}" : transfer);
  Json json = detail && detail->is_object() ? *std::move(detail) : Json::object();
  EARMARK_TRY(auto titles, titles_of(session, use));
  json["live"] = {{"from", to_rfc3339(use.started_at)},
                  {"to", to_rfc3339(use.ended_at)},
                  {"reported_at", to_rfc3339(use.reported_at)},
                  {"windows", use.windows},
                  {"titles", std::move(titles)}};
  fetch.detail = to_line(json);
  return fetch;
}

NewSighting sighting_of(const LiveUse& use, Timestamp midnight) {
  NewSighting sighting;
  sighting.recording_key = use.recording_key;
  sighting.query_start_ms = (use.started_at - midnight).count();
  sighting.query_end_ms = (use.ended_at - midnight).count();
  sighting.reference_start_ms = use.reference_start_ms;
  sighting.reference_end_ms = use.reference_end_ms;
  sighting.speed = use.speed;
  sighting.pitch_cents = use.pitch_cents;
  sighting.score = use.score;
  sighting.probability = use.probability;
  sighting.ambiguous_with = use.ambiguous_with;
  return sighting;
}

}  // namespace

std::string_view to_string(StreamState state) {
  switch (state) {
    case StreamState::kActive: return "active";
    case StreamState::kPaused: return "paused";
    case StreamState::kRemoved: return "removed";
  }
  return "removed";
}

static void map_columns(storage::Columns& columns, LiveStream& stream) {
  columns(stream.key)(stream.feed_key)(stream.url)(stream.title);
  columns.text([&stream](const std::string& text) { stream.state = state_from(text); });
  columns(stream.worker)(stream.phase)(stream.reason)(stream.format)(stream.now_title)(stream.heard_at);
  columns(stream.failures)(stream.sessions)(stream.heard_ms)(stream.silent_ms)(stream.bytes);
}

static void map_columns(storage::Columns& columns, LiveUse& use) {
  columns(use.key)(use.stream_key)(use.session_key)(use.recording_key)(use.started_at)(use.ended_at);
  columns(use.reference_start_ms)(use.reference_end_ms)(use.speed)(use.pitch_cents)(use.score);
  columns(use.probability);
  columns.text([&use](const std::string& text) { use.ambiguous_with = ids_from_json(text); });
  columns(use.windows)(use.reported_at);
}

static void map_columns(storage::Columns& columns, KeptEvidence& kept) {
  columns(kept.kind)(kept.media_type)(kept.start_ms)(kept.end_ms)(kept.sha256)(kept.note)(kept.data);
}

Live::Live(std::unique_ptr<storage::Database> database, const Clock& clock)
    : database_(std::move(database)), clock_(&clock) {}
Live::~Live() = default;

Result<std::unique_ptr<Live>> Live::open(const std::filesystem::path& store, const Clock& clock) {
  EARMARK_TRY(auto database, open_tables(store, clock));
  return std::unique_ptr<Live>(new Live(std::move(database), clock));
}

Result<bool> Live::add(std::string_view url, std::string_view title) {
  return database_->write([&](Session& session) -> Result<bool> {
    EARMARK_TRY(
        const auto is_new_feed,
        session.execute("INSERT INTO feeds (url, title, etag, last_modified, error, failures, added_at)"
                        " VALUES (:url, :title, '', '', '', 0, :now) ON CONFLICT (url) DO NOTHING",
                        {url, title, clock_->now()}));
    EARMARK_TRY(const auto feed_key,
                session.get<std::int64_t>("SELECT key FROM feeds WHERE url = :url", {url}));
    if (is_new_feed == 0) {
      EARMARK_TRY(
          const auto known,
          session.execute("UPDATE live_streams SET state = 'active' WHERE feed_key = :key", {feed_key}));
      if (known == 0)
        return fail(ErrorCode::kConflict, std::string(url) + ": is watched as a feed (earmark crawl)");
      if (!title.empty())
        EARMARK_TRY_STATUS(
            session.execute("UPDATE feeds SET title = :title WHERE key = :key", {title, feed_key}));
      return false;
    }
    EARMARK_TRY_STATUS(session.execute(
        "INSERT INTO live_streams (feed_key, state, worker, leased_until, phase, reason, format, now_title,"
        " failures) VALUES (:feed, 'active', '', 0, '', '', '', '', 0)",
        {feed_key}));
    return true;
  });
}

Result<std::vector<LiveStream>> Live::list() const {
  return database_->read([](Session& session) {
    return session.query<LiveStream>(std::string(kStreamSelect) +
                                     "WHERE l.state <> 'removed' ORDER BY l.key");
  });
}

Result<std::optional<LiveStream>> Live::find(std::string_view url) const {
  return database_->read([&](Session& session) {
    return session.find<LiveStream>(std::string(kStreamSelect) + "WHERE f.url = :url", {url});
  });
}

Status Live::set_state(std::string_view url, StreamState state) {
  return database_->write([&](Session& session) -> Status {
    EARMARK_TRY(const auto changed, session.execute("UPDATE live_streams SET state = :state WHERE feed_key ="
                                                    " (SELECT key FROM feeds WHERE url = :url)",
                                                    {to_string(state), url}));
    if (changed == 1) return {};
    return fail(ErrorCode::kNotFound, std::string(url) + ": is not listened to (earmark live list)");
  });
}

Result<std::vector<LiveStream>> Live::take(std::string_view worker, std::chrono::milliseconds length,
                                           std::int64_t most) {
  return database_->write([&](Session& session) -> Result<std::vector<LiveStream>> {
    const Timestamp now = clock_->now();
    EARMARK_TRY(auto taken,
                session.query<LiveStream>(std::string(kStreamSelect) +
                                              "WHERE l.state = 'active' AND (l.worker = '' OR l.leased_until"
                                              " <= :now) ORDER BY l.key LIMIT :most",
                                          {now, most}));
    for (const LiveStream& stream : taken) {
      EARMARK_TRY_STATUS(
          session.execute("UPDATE live_streams SET worker = :worker, leased_until = :until WHERE key = :key",
                          {worker, now + length, stream.key}));
    }
    return taken;
  });
}

Result<std::vector<std::int64_t>> Live::renew(std::string_view worker, std::chrono::milliseconds length) {
  return database_->write([&](Session& session) -> Result<std::vector<std::int64_t>> {
    EARMARK_TRY_STATUS(session.execute("UPDATE live_streams SET leased_until = :until WHERE worker = :worker",
                                       {clock_->now() + length, worker}));
    return session.query<std::int64_t>(
        "SELECT key FROM live_streams WHERE worker = :worker AND state = 'active' ORDER BY key", {worker});
  });
}

Result<std::int64_t> Live::give_back(std::string_view worker, std::int64_t stream_key) {
  return database_->write([&](Session& session) {
    return session.execute(
        "UPDATE live_streams SET worker = '', leased_until = 0 WHERE worker = :worker AND (:all = 1 OR key ="
        " :key)",
        {worker, stream_key == 0 ? 1 : 0, stream_key});
  });
}

Status Live::record_status(std::span<const LiveStatus> statuses) {
  return database_->write([&](Session& session) -> Status {
    for (const LiveStatus& status : statuses) {
      EARMARK_TRY_STATUS(
          session.execute("UPDATE live_streams SET phase = :phase, reason = :reason, format = CASE WHEN "
                          ":format = '' THEN format"
                          " ELSE :format2 END, now_title = :title, heard_at = coalesce(:heard, heard_at), "
                          "failures = :failures"
                          " WHERE key = :key",
                          {status.phase, status.reason, status.format, status.format, status.now_title,
                           status.heard_at, status.failures, status.stream_key}));
    }
    return {};
  });
}

Result<std::int64_t> Live::begin_session(std::string_view worker, const LiveSession& live) {
  return database_->write([&](Session& session) -> Result<std::int64_t> {
    EARMARK_TRY_STATUS(check_lease(session, live.stream_key, worker));
    return session.get<std::int64_t>(
        "INSERT INTO live_sessions (stream_key, started_at, ended_at, heard_ms, silent_ms, bytes, final_url,"
        " content_type, transfer, reason) VALUES (:stream, :started, :ended, 0, 0, 0, :url, :type, :transfer,"
        " '') RETURNING key",
        {live.stream_key, live.started_at, live.started_at, live.final_url, live.content_type,
         live.transfer});
  });
}

Status Live::record_session(const LiveSession& live) {
  return database_->write([&](Session& session) -> Status {
    EARMARK_TRY_STATUS(session.execute(
        "UPDATE live_sessions SET ended_at = :ended, heard_ms = :heard, silent_ms = :silent, bytes = :bytes,"
        " reason = :reason WHERE key = :key",
        {live.ended_at, live.heard_ms, live.silent_ms, live.bytes, live.reason, live.key}));
    return {};
  });
}

Status Live::record_title(std::int64_t stream_key, const LiveTitle& title) {
  return database_->write([&](Session& session) -> Status {
    EARMARK_TRY_STATUS(
        session.execute("INSERT INTO live_titles (stream_key, at, title) VALUES (:stream, :at, :title)",
                        {stream_key, title.at, title.title}));
    return {};
  });
}

Result<std::vector<LiveUse>> Live::uses(std::int64_t stream_key) const {
  return database_->read([&](Session& session) {
    return session.query<LiveUse>(
        "SELECT key, stream_key, session_key, recording_key, started_at, ended_at, reference_start_ms,"
        " reference_end_ms, speed, pitch_cents, score, probability, ambiguous_with, windows, reported_at"
        " FROM live_uses WHERE stream_key = :stream ORDER BY key",
        {stream_key});
  });
}

Status Live::store_use(std::string_view worker, LiveUse& use, std::span<const KeptEvidence> evidence) {
  return database_->write([&](Session& session) -> Status {
    EARMARK_TRY_STATUS(check_lease(session, use.stream_key, worker));
    const std::string ambiguous = ids_to_json(use.ambiguous_with);
    if (use.key != 0) {
      EARMARK_TRY_STATUS(session.execute(
          "UPDATE live_uses SET session_key = :session, started_at = :started, ended_at = :ended,"
          " reference_start_ms = :from, reference_end_ms = :to, speed = :speed, pitch_cents = :pitch,"
          " score = :score, probability = :probability, ambiguous_with = :ambiguous, windows = :windows"
          " WHERE key = :key",
          {use.session_key, use.started_at, use.ended_at, use.reference_start_ms, use.reference_end_ms,
           use.speed, use.pitch_cents, use.score, use.probability, ambiguous, use.windows, use.key}));
      return {};
    }
    EARMARK_TRY(use.key,
                session.get<std::int64_t>(
                    "INSERT INTO live_uses (stream_key, session_key, recording_key, started_at, ended_at,"
                    " reference_start_ms, reference_end_ms, speed, pitch_cents, score, probability,"
                    " ambiguous_with, windows, reported_at) VALUES (:stream, :session, :recording, :started,"
                    " :ended, :from, :to, :speed, :pitch, :score, :probability, :ambiguous, :windows,"
                    " :reported) RETURNING key",
                    {use.stream_key, use.session_key, use.recording_key, use.started_at, use.ended_at,
                     use.reference_start_ms, use.reference_end_ms, use.speed, use.pitch_cents, use.score,
                     use.probability, ambiguous, use.windows, use.reported_at}));
    for (const KeptEvidence& kept : evidence) {
      EARMARK_TRY_STATUS(session.execute(
          "INSERT INTO live_evidence (use_key, kind, media_type, start_ms, end_ms, sha256, note, data)"
          " VALUES (:use, :kind, :type, :start, :end, :sha256, :note, :data)",
          {use.key, kept.kind, kept.media_type, kept.start_ms, kept.end_ms, kept.sha256, kept.note,
           kept.data}));
    }
    return {};
  });
}

Result<ScanOutcome> Live::close_use(std::string_view worker, const LiveUse& use, std::string_view engine) {
  return database_->write([&](Session& session) -> Result<ScanOutcome> {
    EARMARK_TRY_STATUS(check_lease(session, use.stream_key, worker));
    const Timestamp now = clock_->now();
    const std::string day = day_of(use.started_at);
    NewScan scan;
    scan.engine = engine;
    scan.duration_ms = (use.ended_at - use.started_at).count();
    EARMARK_TRY(scan.fetch, fetch_of(session, use));
    EARMARK_TRY(const auto midnight, start_of_day(day));
    EARMARK_TRY(scan.version_key, ensure_day(session, use.stream_key, day, now));
    scan.sightings = {sighting_of(use, midnight)};
    EARMARK_TRY(scan.sightings.front().evidence,
                session.query<KeptEvidence>("SELECT kind, media_type, start_ms, end_ms, sha256, note, data"
                                            " FROM live_evidence WHERE use_key = :use ORDER BY key",
                                            {use.key}));
    EARMARK_TRY_STATUS(session.execute("DELETE FROM live_evidence WHERE use_key = :use", {use.key}));
    EARMARK_TRY(const auto removed, session.execute("DELETE FROM live_uses WHERE key = :key", {use.key}));
    if (removed != 1)
      return fail(ErrorCode::kConflict, fmt::format("live use {} has ended already", use.key));
    EARMARK_TRY(const auto outcome, store_scan(session, scan, now));
    EARMARK_TRY_STATUS(count_day(session, scan.version_key));
    return outcome;
  });
}

}  // namespace earmark::registry
