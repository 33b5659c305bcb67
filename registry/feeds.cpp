#include "registry/feeds.h"

#include <string>
#include <unordered_map>

#include <fmt/format.h>

#include "storage/database.h"

namespace earmark::registry {
namespace {

using storage::Session;

constexpr std::string_view kFeedColumns =
    "key, url, title, etag, last_modified, fetched_at, error, failures, added_at";

constexpr std::string_view kEpisodeSelect =
    "SELECT e.key, v.key, v.version, e.feed_key, f.url, e.guid, e.title, v.enclosure_url, v.enclosure_type, "
    "v.enclosure_length,"
    " v.state, v.reason, v.attempts, v.attempted_at, v.matches, v.claims"
    " FROM episodes e JOIN feeds f ON f.key = e.feed_key"
    " JOIN episode_versions v ON v.episode_key = e.key AND v.version = e.version ";

ScanState state_from(std::string_view text) {
  for (const auto state : {ScanState::kScanned, ScanState::kRefused, ScanState::kError}) {
    if (text == to_string(state)) return state;
  }
  return ScanState::kPending;
}

/// An episode as it is stored, for comparing it with what the feed says now.
struct KnownEpisode {
  std::int64_t key = 0;
  std::int64_t version = 0;
  std::string title;
  std::string enclosure_url;
  std::optional<std::int64_t> enclosure_length;
};

void map_columns(storage::Columns& columns, KnownEpisode& known) {
  columns(known.key)(known.version)(known.title)(known.enclosure_url)(known.enclosure_length);
}

Status insert_version(Session& session, std::int64_t episode_key, std::int64_t version,
                      const EpisodeInput& input, Timestamp now) {
  EARMARK_TRY_STATUS(session.execute(
      "INSERT INTO episode_versions (episode_key, version, enclosure_url, enclosure_type, enclosure_length,"
      " first_seen_at, state, reason, attempts, matches, claims)"
      " VALUES (:episode, :version, :url, :type, :length, :now, :state, '', 0, 0, 0)",
      {episode_key, version, input.enclosure_url, input.enclosure_type, input.enclosure_length, now,
       to_string(ScanState::kPending)}));
  return {};
}

Status keep_details(Session& session, std::int64_t episode_key, const std::string& details) {
  if (details.empty()) return {};
  EARMARK_TRY_STATUS(
      session.execute("INSERT INTO episode_details (episode_key, details) VALUES (:episode, :details)"
                      " ON CONFLICT (episode_key) DO UPDATE SET details = excluded.details WHERE "
                      "episode_details.details <> excluded.details",
                      {episode_key, details}));
  return {};
}

Status insert_episode(Session& session, std::int64_t feed_key, const EpisodeInput& input, Timestamp now) {
  EARMARK_TRY(const auto key,
              session.get<std::int64_t>(
                  "INSERT INTO episodes (feed_key, guid, title, published_at, version, first_seen_at)"
                  " VALUES (:feed, :guid, :title, :published, 1, :now) RETURNING key",
                  {feed_key, input.guid, input.title, input.published_at, now}));
  EARMARK_TRY_STATUS(insert_version(session, key, 1, input, now));
  return keep_details(session, key, input.details);
}

/// A feed that leaves the length out now and then does not make a new version each time.
bool is_same_enclosure(const KnownEpisode& known, const EpisodeInput& input) {
  if (known.enclosure_url != input.enclosure_url) return false;
  return !known.enclosure_length || !input.enclosure_length ||
         *known.enclosure_length == *input.enclosure_length;
}

/// True when there is a new version.
Result<bool> update_episode(Session& session, const KnownEpisode& known, const EpisodeInput& input,
                            Timestamp now) {
  EARMARK_TRY_STATUS(keep_details(session, known.key, input.details));
  const bool same = is_same_enclosure(known, input);
  if (same && known.title == input.title) return false;
  const std::int64_t version = known.version + (same ? 0 : 1);
  EARMARK_TRY_STATUS(
      session.execute("UPDATE episodes SET title = :title, version = :version WHERE key = :key",
                      {input.title, version, known.key}));
  if (!same) EARMARK_TRY_STATUS(insert_version(session, known.key, version, input, now));
  return !same;
}

Status check(const EpisodeInput& input) {
  if (input.guid.empty())
    return fail(ErrorCode::kInvalidArgument, "episode \"" + input.title + "\" has no guid");
  if (input.enclosure_url.empty())
    return fail(ErrorCode::kInvalidArgument, "episode " + input.guid + " has no enclosure");
  return {};
}

/// The episodes to store: of a guid that comes twice, the last one.
Result<std::vector<const EpisodeInput*>> last_of_each_guid(std::span<const EpisodeInput> episodes) {
  std::unordered_map<std::string_view, std::size_t> place;
  std::vector<const EpisodeInput*> chosen;
  for (const EpisodeInput& episode : episodes) {
    EARMARK_TRY_STATUS(check(episode));
    const auto [at, is_first] = place.emplace(episode.guid, chosen.size());
    if (is_first) {
      chosen.push_back(&episode);
    } else {
      chosen[at->second] = &episode;
    }
  }
  return chosen;
}

Status expect_one(std::int64_t changed, std::int64_t feed_key) {
  if (changed == 1) return {};
  return fail(ErrorCode::kNotFound, fmt::format("feed with key {}: no such feed", feed_key));
}

}  // namespace

static void map_columns(storage::Columns& columns, Feed& feed) {
  columns(feed.key)(feed.url)(feed.title)(feed.etag)(feed.last_modified)(feed.fetched_at)(feed.error);
  columns(feed.failures)(feed.added_at);
}

static void map_columns(storage::Columns& columns, Episode& e) {
  columns(e.key)(e.version_key)(e.version)(e.feed_key)(e.feed_url)(e.guid)(e.title)(e.enclosure_url)(
      e.enclosure_type);
  columns(e.enclosure_length);
  columns.text([&e](const std::string& text) { e.state = state_from(text); });
  columns(e.reason)(e.attempts)(e.attempted_at)(e.matches)(e.claims);
}

Result<AddFeedOutcome> Feeds::add(std::string_view url) {
  if (url.empty()) return fail(ErrorCode::kInvalidArgument, "the address of a feed is empty");
  return database_->write([&](Session& session) -> Result<AddFeedOutcome> {
    AddFeedOutcome outcome;
    EARMARK_TRY(
        const auto added,
        session.execute("INSERT INTO feeds (url, title, etag, last_modified, error, failures, added_at)"
                        " VALUES (:url, '', '', '', '', 0, :now) ON CONFLICT (url) DO NOTHING",
                        {url, clock_->now()}));
    outcome.is_new = added > 0;
    EARMARK_TRY(outcome.feed,
                session.get<Feed>(fmt::format("SELECT {} FROM feeds WHERE url = :url", kFeedColumns), {url}));
    return outcome;
  });
}

Result<std::optional<Feed>> Feeds::find(std::string_view url) const {
  return database_->read([&](Session& session) {
    return session.find<Feed>(fmt::format("SELECT {} FROM feeds WHERE url = :url", kFeedColumns), {url});
  });
}

Result<std::vector<Feed>> Feeds::list() const {
  return database_->read([&](Session& session) {
    return session.query<Feed>(fmt::format("SELECT {} FROM feeds ORDER BY key", kFeedColumns));
  });
}

Status Feeds::record_fetch(std::int64_t feed_key, const FeedFetch& fetch) {
  return database_->write([&](Session& session) -> Status {
    EARMARK_TRY(const auto changed,
                session.execute(
                    "UPDATE feeds SET title = CASE WHEN :new_title = '' THEN title ELSE :title END,"
                    " etag = :etag, last_modified = :modified, fetched_at = :now, error = '', failures = 0"
                    " WHERE key = :key",
                    {fetch.title, fetch.title, fetch.etag, fetch.last_modified, clock_->now(), feed_key}));
    return expect_one(changed, feed_key);
  });
}

Status Feeds::record_failure(std::int64_t feed_key, std::string_view reason) {
  return database_->write([&](Session& session) -> Status {
    EARMARK_TRY(const auto changed,
                session.execute("UPDATE feeds SET error = :reason, failures = failures + 1 WHERE key = :key",
                                {reason, feed_key}));
    return expect_one(changed, feed_key);
  });
}

Result<UpsertOutcome> Feeds::upsert_episodes(std::int64_t feed_key, std::span<const EpisodeInput> episodes) {
  EARMARK_TRY(const auto chosen, last_of_each_guid(episodes));
  return database_->write([&](Session& session) -> Result<UpsertOutcome> {
    const Timestamp now = clock_->now();
    UpsertOutcome outcome;
    for (const EpisodeInput* episode : chosen) {
      EARMARK_TRY(const auto known,
                  session.find<KnownEpisode>(
                      "SELECT e.key, e.version, e.title, v.enclosure_url, v.enclosure_length FROM episodes e"
                      " JOIN episode_versions v ON v.episode_key = e.key AND v.version = e.version"
                      " WHERE e.feed_key = :feed AND e.guid = :guid",
                      {feed_key, episode->guid}));
      if (!known) {
        EARMARK_TRY_STATUS(insert_episode(session, feed_key, *episode, now));
        ++outcome.new_episodes;
        continue;
      }
      EARMARK_TRY(const bool is_new_version, update_episode(session, *known, *episode, now));
      ++(is_new_version ? outcome.new_versions : outcome.unchanged);
    }
    return outcome;
  });
}

Result<std::vector<Episode>> Feeds::episodes(std::int64_t feed_key) const {
  return database_->read([&](Session& session) {
    return session.query<Episode>(std::string(kEpisodeSelect) + "WHERE e.feed_key = :feed ORDER BY e.key",
                                  {feed_key});
  });
}

Result<std::optional<Episode>> Feeds::episode_of_version(std::int64_t version_key) const {
  return database_->read([&](Session& session) {
    return session.find<Episode>(std::string(kEpisodeSelect) + "WHERE v.key = :version", {version_key});
  });
}

Result<std::string> Feeds::details(std::int64_t episode_key) const {
  EARMARK_TRY(auto details, database_->read([&](Session& session) {
    return session.find<std::string>("SELECT details FROM episode_details WHERE episode_key = :key",
                                     {episode_key});
  }));
  return details.value_or(std::string());
}

Result<std::vector<Episode>> Feeds::pending(const PendingFilter& filter) const {
  return database_->read([&](Session& session) {
    return session.query<Episode>(
        std::string(kEpisodeSelect) +
            "WHERE (v.state IN (:pending, :refused) OR (v.state = :error AND v.attempts < :most))"
            " AND (:any_feed = 1 OR e.feed_key = :feed) ORDER BY e.key",
        {to_string(ScanState::kPending), to_string(ScanState::kRefused), to_string(ScanState::kError),
         filter.max_attempts, filter.feed_key ? 0 : 1, filter.feed_key.value_or(0)});
  });
}

}  // namespace earmark::registry
