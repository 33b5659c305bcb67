// What was heard on a stream, by days: the reading side of registry/live.h.
#include <fmt/format.h>

#include "registry/live.h"
#include "storage/database.h"

namespace earmark::registry {
namespace {

using storage::Session;

constexpr std::int64_t kDayMs = std::chrono::milliseconds(std::chrono::days(1)).count();

struct Day {
  Timestamp from{};
  Timestamp to{};
};

Result<Day> range_of(std::string_view day) {
  EARMARK_TRY(const auto from, start_of_day(day));
  return Day{from, from + std::chrono::milliseconds(kDayMs)};
}

}  // namespace

std::string day_of(Timestamp time) { return to_rfc3339(time).substr(0, 10); }

Result<Timestamp> start_of_day(std::string_view day) {
  const auto time = parse_rfc3339(std::string(day) + "T00:00:00Z");
  if (time && day.size() == 10) return *time;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("\"{}\" is no day; one is like 2026-11-25 (UTC)", day));
}

static void map_columns(storage::Columns& columns, AirPlay& play) {
  columns(play.recording_id)(play.title)(play.owner)(play.isrc)(play.start_ms)(play.end_ms);
  columns(play.reference_start_ms)(play.probability)(play.claim_id)(play.status);
}

static void map_columns(storage::Columns& columns, LiveTitle& title) { columns(title.at)(title.title); }

static void map_columns(storage::Columns& columns, LiveSession& live) {
  columns(live.key)(live.stream_key)(live.started_at)(live.ended_at)(live.heard_ms)(live.silent_ms)(
      live.bytes);
  columns(live.final_url)(live.content_type)(live.transfer)(live.reason);
}

Result<std::vector<AirPlay>> Live::air_plays(std::string_view url, std::string_view day) const {
  EARMARK_TRY(const Day range, range_of(day));
  return database_->read([&](Session& session) -> Result<std::vector<AirPlay>> {
    EARMARK_TRY(auto plays,
                session.query<AirPlay>(
                    "SELECT r.id, r.title, p.name, r.isrc, g.query_start_ms, g.query_end_ms,"
                    " g.reference_start_ms, g.probability, coalesce(c.id, ''), coalesce(c.status, g.reason)"
                    " FROM sightings g JOIN scans s ON s.key = g.scan_key JOIN episode_versions v"
                    " ON v.key = s.version_key JOIN episodes e ON e.key = v.episode_key JOIN feeds f"
                    " ON f.key = e.feed_key JOIN recordings r ON r.key = g.recording_key JOIN parties p"
                    " ON p.key = r.party_key LEFT JOIN claims c ON c.key = g.claim_key"
                    " WHERE f.url = :url AND e.guid = :day ORDER BY g.query_start_ms, g.key",
                    {url, day}));
    EARMARK_TRY(const auto playing,
                session.query<AirPlay>(
                    "SELECT r.id, r.title, p.name, r.isrc, u.started_at - :from, u.ended_at - :from2,"
                    " u.reference_start_ms, u.probability, '', 'playing' FROM live_uses u JOIN live_streams l"
                    " ON l.key = u.stream_key JOIN feeds f ON f.key = l.feed_key JOIN recordings r"
                    " ON r.key = u.recording_key JOIN parties p ON p.key = r.party_key WHERE f.url = :url"
                    " AND u.started_at >= :from3 AND u.started_at < :to ORDER BY u.started_at, u.key",
                    {range.from, range.from, url, range.from, range.to}));
    plays.insert(plays.end(), playing.begin(), playing.end());
    return plays;
  });
}

Result<std::vector<LiveTitle>> Live::titles(std::string_view url, std::string_view day) const {
  EARMARK_TRY(const Day range, range_of(day));
  return database_->read([&](Session& session) {
    return session.query<LiveTitle>(
        "SELECT t.at, t.title FROM live_titles t JOIN live_streams l ON l.key = t.stream_key JOIN feeds f"
        " ON f.key = l.feed_key WHERE f.url = :url AND t.at >= :from AND t.at < :to ORDER BY t.at, t.key",
        {url, range.from, range.to});
  });
}

Result<std::vector<LiveSession>> Live::sessions(std::string_view url, std::string_view day) const {
  EARMARK_TRY(const Day range, range_of(day));
  return database_->read([&](Session& session) {
    return session.query<LiveSession>(
        "SELECT s.key, s.stream_key, s.started_at, s.ended_at, s.heard_ms, s.silent_ms, s.bytes, s.final_url,"
        " s.content_type, s.transfer, s.reason FROM live_sessions s JOIN live_streams l ON l.key ="
        " s.stream_key JOIN feeds f ON f.key = l.feed_key WHERE f.url = :url AND s.ended_at >= :from"
        " AND s.started_at < :to ORDER BY s.started_at, s.key",
        {url, range.from, range.to});
  });
}

Result<std::vector<std::string>> Live::days(std::string_view url) const {
  return database_->read([&](Session& session) -> Result<std::vector<std::string>> {
    EARMARK_TRY(const auto starts,
                session.query<std::int64_t>(
                    "SELECT DISTINCT s.started_at / :day FROM live_sessions s JOIN live_streams l ON l.key ="
                    " s.stream_key JOIN feeds f ON f.key = l.feed_key WHERE f.url = :url ORDER BY 1",
                    {kDayMs, url}));
    std::vector<std::string> days;
    for (const std::int64_t start : starts)
      days.push_back(day_of(Timestamp(std::chrono::milliseconds(start * kDayMs))));
    return days;
  });
}

}  // namespace earmark::registry
