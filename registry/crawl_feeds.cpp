#include "registry/crawl_feeds.h"

#include <array>
#include <string>
#include <tuple>

#include <fmt/format.h>

#include "storage/database.h"

namespace earmark::registry {
namespace {

using storage::Session;

constexpr std::string_view kFeedSelect =
    "SELECT f.key, f.url, f.title, coalesce(c.state, 'active'), coalesce(c.reason, ''), "
    "coalesce(c.fetch_url, ''),"
    " coalesce(c.moved_to, ''), coalesce(c.moved_seen, 0), coalesce(c.podcast_guid, ''),"
    " coalesce(c.interval_ms, 0), coalesce(c.checks, 0), coalesce(c.not_modified, 0), coalesce(c.changes, 0),"
    " coalesce(c.errors, 0), f.failures, f.error, c.checked_at, c.changed_at, t.due_at, coalesce(c.details, "
    "'')"
    " FROM feeds f LEFT JOIN crawl_feeds c ON c.feed_key = f.key"
    " LEFT JOIN crawl_tasks t ON t.kind = 'feed' AND t.target_key = f.key ";

constexpr std::array kStates = {CrawlState::kActive, CrawlState::kPaused, CrawlState::kOptedOut,
                                CrawlState::kGone};

CrawlState state_from(std::string_view text) {
  for (const CrawlState state : kStates) {
    if (to_string(state) == text) return state;
  }
  return CrawlState::kActive;
}

Status take_on(Session& session, std::int64_t feed_key) {
  EARMARK_TRY_STATUS(session.execute(
      "INSERT INTO crawl_feeds (feed_key, state, reason, fetch_url, moved_to, moved_seen, podcast_guid, "
      "interval_ms,"
      " checks, not_modified, changes, errors, details)"
      " VALUES (:feed, 'active', '', '', '', 0, '', 0, 0, 0, 0, 0, '') ON CONFLICT (feed_key) DO NOTHING",
      {feed_key}));
  return {};
}

}  // namespace

std::string_view to_string(CrawlState state) {
  switch (state) {
    case CrawlState::kActive: return "active";
    case CrawlState::kPaused: return "paused";
    case CrawlState::kOptedOut: return "opted_out";
    case CrawlState::kGone: return "gone";
  }
  return "active";
}

static void map_columns(storage::Columns& columns, CrawlFeed& feed) {
  columns(feed.feed_key)(feed.url)(feed.title);
  columns.text([&feed](const std::string& text) { feed.state = state_from(text); });
  columns(feed.reason)(feed.fetch_url)(feed.moved_to)(feed.moved_seen)(feed.podcast_guid);
  columns.integer([&feed](std::int64_t ms) { feed.interval = std::chrono::milliseconds(ms); });
  columns(feed.checks)(feed.not_modified)(feed.changes)(feed.errors)(feed.failures)(feed.error);
  columns(feed.checked_at)(feed.changed_at)(feed.next_at)(feed.details);
}

Result<std::vector<Feed>> CrawlFeeds::untaken(std::int64_t most) const {
  using Row = std::tuple<std::int64_t, std::string>;
  EARMARK_TRY(const auto rows, database_->read([&](Session& session) {
    // Keys only grow: what was added since is above the last one that was taken on.
    return session.query<Row>(
        "SELECT key, url FROM feeds WHERE key > (SELECT coalesce(max(feed_key), 0) FROM crawl_feeds)"
        " AND key NOT IN (SELECT feed_key FROM live_streams) ORDER BY key LIMIT :most",
        {most});
  }));
  std::vector<Feed> feeds;
  for (const auto& [key, url] : rows) {
    feeds.emplace_back();
    feeds.back().key = key;
    feeds.back().url = url;
  }
  return feeds;
}

Status CrawlFeeds::take(std::int64_t feed_key) {
  return database_->write([&](Session& session) { return take_on(session, feed_key); });
}

Result<std::optional<CrawlFeed>> CrawlFeeds::find(std::int64_t feed_key) const {
  return database_->read([&](Session& session) {
    return session.find<CrawlFeed>(std::string(kFeedSelect) + "WHERE f.key = :key", {feed_key});
  });
}

Result<std::vector<CrawlFeed>> CrawlFeeds::list() const {
  return database_->read([&](Session& session) {
    return session.query<CrawlFeed>(std::string(kFeedSelect) +
                                    "WHERE f.key NOT IN (SELECT feed_key FROM live_streams) ORDER BY f.key");
  });
}

static void map_columns(storage::Columns& columns, CrawlTotals& totals) {
  columns(totals.active)(totals.paused)(totals.opted_out)(totals.gone)(totals.failing);
  columns(totals.checks)(totals.not_modified)(totals.changes)(totals.errors);
  columns(totals.pending)(totals.scanned)(totals.refused)(totals.failed);
}

Result<CrawlTotals> CrawlFeeds::totals() const {
  return database_->read([](Session& session) {
    return session.get<CrawlTotals>(
        "SELECT (SELECT count(*) FROM feeds) - (SELECT count(*) FROM live_streams)"
        " - (SELECT count(*) FROM crawl_feeds WHERE state <> 'active'),"
        " (SELECT count(*) FROM crawl_feeds WHERE state = 'paused'),"
        " (SELECT count(*) FROM crawl_feeds WHERE state = 'opted_out'),"
        " (SELECT count(*) FROM crawl_feeds WHERE state = 'gone'),"
        " (SELECT count(*) FROM feeds WHERE failures > 0),"
        " (SELECT coalesce(sum(checks), 0) FROM crawl_feeds),"
        " (SELECT coalesce(sum(not_modified), 0) FROM crawl_feeds),"
        " (SELECT coalesce(sum(changes), 0) FROM crawl_feeds),"
        " (SELECT coalesce(sum(errors), 0) FROM crawl_feeds),"
        " (SELECT count(*) FROM episode_versions WHERE state = 'pending'),"
        " (SELECT count(*) FROM episode_versions WHERE state = 'scanned'),"
        " (SELECT count(*) FROM episode_versions WHERE state = 'refused'),"
        " (SELECT count(*) FROM episode_versions WHERE state = 'error')");
  });
}

Result<std::vector<CrawlFeed>> CrawlFeeds::with_guid(std::string_view podcast_guid) const {
  return database_->read([&](Session& session) {
    return session.query<CrawlFeed>(
        std::string(kFeedSelect) + "WHERE c.podcast_guid = :guid AND c.podcast_guid <> '' ORDER BY f.key",
        {podcast_guid});
  });
}

Status CrawlFeeds::record_check(std::int64_t feed_key, const FeedCheck& check) {
  using Outcome = FeedCheck::Outcome;
  return database_->write([&](Session& session) -> Status {
    EARMARK_TRY_STATUS(take_on(session, feed_key));
    const bool is_change = check.outcome == Outcome::kChanged;
    const Timestamp now = clock_->now();
    EARMARK_TRY_STATUS(session.execute(
        "UPDATE crawl_feeds SET checks = checks + 1, not_modified = not_modified + :same, changes = changes "
        "+ :new,"
        " errors = errors + :failed, interval_ms = :interval, checked_at = :now,"
        " changed_at = CASE WHEN :is_new = 1 THEN :now2 ELSE changed_at END,"
        " podcast_guid = CASE WHEN :guid = '' THEN podcast_guid ELSE :guid2 END,"
        " details = CASE WHEN :details = '' THEN details ELSE :details2 END WHERE feed_key = :key",
        {check.outcome == Outcome::kNotModified ? 1 : 0, is_change ? 1 : 0,
         check.outcome == Outcome::kFailed ? 1 : 0, std::int64_t{check.interval.count()}, now,
         is_change ? 1 : 0, now, check.podcast_guid, check.podcast_guid, check.details, check.details,
         feed_key}));
    return {};
  });
}

Result<bool> CrawlFeeds::record_move(std::int64_t feed_key, std::string_view to, std::int64_t times) {
  return database_->write([&](Session& session) -> Result<bool> {
    EARMARK_TRY_STATUS(take_on(session, feed_key));
    EARMARK_TRY_STATUS(
        session.execute("UPDATE crawl_feeds SET moved_seen = CASE WHEN moved_to = :to THEN moved_seen + 1 "
                        "ELSE 1 END, moved_to = :to2"
                        " WHERE feed_key = :key",
                        {to, to, feed_key}));
    EARMARK_TRY(const auto moved,
                session.execute("UPDATE crawl_feeds SET fetch_url = moved_to, moved_to = '', moved_seen = 0"
                                " WHERE feed_key = :key AND moved_seen >= :times",
                                {feed_key, times}));
    return moved > 0;
  });
}

Status CrawlFeeds::set_state(std::int64_t feed_key, CrawlState state, std::string_view reason) {
  return database_->write([&](Session& session) -> Status {
    EARMARK_TRY_STATUS(take_on(session, feed_key));
    EARMARK_TRY_STATUS(session.execute(
        "UPDATE crawl_feeds SET state = :state, reason = :reason WHERE feed_key = :key AND state <> :same",
        {to_string(state), reason, feed_key, to_string(state)}));
    return set_feed_due(session, feed_key, state == CrawlState::kActive ? FeedDue::kNow : FeedDue::kNever,
                        clock_->now());
  });
}

Status CrawlFeeds::log_event(std::string_view kind, std::string_view feed, std::string_view url,
                             std::string_view detail) {
  return database_->write([&](Session& session) -> Status {
    // What is the same as before is not said again: a refused URL is refused at each visit.
    EARMARK_TRY_STATUS(session.execute(
        "INSERT INTO crawl_events (at, kind, feed, url, detail) SELECT :now, :kind, :feed, :url, :detail"
        " WHERE NOT EXISTS (SELECT 1 FROM crawl_events WHERE url = :url2 AND kind = :kind2 AND detail = "
        ":detail2)",
        {clock_->now(), kind, feed, url, detail, url, kind, detail}));
    return {};
  });
}

static void map_columns(storage::Columns& columns, CrawlEvent& event) {
  columns(event.sequence)(event.at)(event.kind)(event.feed)(event.url)(event.detail);
}

Result<std::vector<CrawlEvent>> CrawlFeeds::events(std::int64_t most) const {
  return database_->read([&](Session& session) {
    return session.query<CrawlEvent>(
        "SELECT sequence, at, kind, feed, url, detail FROM crawl_events WHERE sequence >"
        " (SELECT coalesce(max(sequence), 0) FROM crawl_events) - :most ORDER BY sequence",
        {most});
  });
}

Result<std::vector<std::pair<std::string, std::int64_t>>> CrawlFeeds::event_counts() const {
  using Row = std::tuple<std::string, std::int64_t>;
  EARMARK_TRY(const auto rows, database_->read([](Session& session) {
    return session.query<Row>("SELECT kind, count(*) FROM crawl_events GROUP BY kind ORDER BY kind");
  }));
  std::vector<std::pair<std::string, std::int64_t>> counts;
  for (const auto& [kind, count] : rows) counts.emplace_back(kind, count);
  return counts;
}

static void map_columns(storage::Columns& columns, StoredRobots& robots) {
  columns(robots.fetched_at)(robots.status)(robots.text);
}

Result<std::optional<StoredRobots>> CrawlHosts::robots(std::string_view host) const {
  return database_->read([&](Session& session) {
    return session.find<StoredRobots>(
        "SELECT robots_fetched_at, robots_status, robots FROM crawl_hosts"
        " WHERE host = :host AND robots_fetched_at IS NOT NULL",
        {host});
  });
}

Status CrawlHosts::store_robots(std::string_view host, const StoredRobots& robots) {
  return database_->write([&](Session& session) -> Status {
    EARMARK_TRY_STATUS(ensure_host(session, host));
    EARMARK_TRY_STATUS(session.execute(
        "UPDATE crawl_hosts SET robots_fetched_at = :at, robots_status = :status, robots = :text"
        " WHERE host = :host",
        {robots.fetched_at, robots.status, robots.text, host}));
    return {};
  });
}

}  // namespace earmark::registry
