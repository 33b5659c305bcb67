#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/crawl_queue.h"
#include "registry/types.h"

namespace earmark::registry {

enum class CrawlState {
  kActive,
  kPaused,    ///< by the operator
  kOptedOut,  ///< the feed asks not to be crawled
  kGone,      ///< the server says that it is gone for good
};
[[nodiscard]] std::string_view to_string(CrawlState state);  ///< "active", "paused", "opted_out", "gone"

/// What the crawler knows of a feed.
struct CrawlFeed {
  std::int64_t feed_key = 0;
  std::string url;  ///< the feed's name: as it was added
  std::string title;
  CrawlState state = CrawlState::kActive;
  std::string reason;     ///< of the state
  std::string fetch_url;  ///< where it is fetched now; empty: at `url`
  std::string moved_to;   ///< a permanent move that was seen, but not often enough to be believed
  std::int64_t moved_seen = 0;
  std::string podcast_guid;
  std::chrono::milliseconds interval{0};  ///< 0: not known yet
  std::int64_t checks = 0;
  std::int64_t not_modified = 0;
  std::int64_t changes = 0;  ///< checks that found a new episode or version
  std::int64_t errors = 0;
  std::int64_t failures = 0;  ///< in a row
  std::string error;          ///< of the last check; empty: it went well
  std::optional<Timestamp> checked_at;
  std::optional<Timestamp> changed_at;
  std::optional<Timestamp> next_at;  ///< nothing: not in the queue
  std::string details;               ///< what the feed says of itself, one JSON object; empty: not read yet

  [[nodiscard]] const std::string& where() const { return fetch_url.empty() ? url : fetch_url; }
};

/// How a look at a feed ended.
struct FeedCheck {
  enum class Outcome { kChanged, kUnchanged, kNotModified, kFailed } outcome = Outcome::kUnchanged;
  std::chrono::milliseconds interval{0};  ///< until the next one
  std::string podcast_guid;               ///< empty: as before
  std::string details;                    ///< empty: as before
};

/// All feeds together.
struct CrawlTotals {
  std::int64_t active = 0, paused = 0, opted_out = 0, gone = 0;
  std::int64_t failing = 0;  ///< whose last visit failed
  std::int64_t checks = 0, not_modified = 0, changes = 0, errors = 0;
  std::int64_t pending = 0, scanned = 0, refused = 0, failed = 0;  ///< versions of episodes
};

/// Something that was decided about a feed or a URL; append-only.
struct CrawlEvent {
  std::int64_t sequence = 0;
  Timestamp at{};
  std::string kind;    ///< "robots_disallow", "opt_out", "moved", "gone", "held", … (docs/crawling.md)
  std::string feed;    ///< URL; empty: of none
  std::string url;     ///< that it is about
  std::string detail;  ///< in words
};

/// The crawler's side of feeds, and its log. Synchronised.
class CrawlFeeds {
 public:
  CrawlFeeds(storage::Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

  /// Feeds that were added and that the crawler has not taken on yet, in order.
  [[nodiscard]] Result<std::vector<Feed>> untaken(std::int64_t most) const;
  /// Takes a feed on, as active; nothing happens where it is taken.
  [[nodiscard]] Status take(std::int64_t feed_key);

  [[nodiscard]] Result<std::optional<CrawlFeed>> find(std::int64_t feed_key) const;
  /// In the order in which they were added; those that were not taken on yet count as active.
  [[nodiscard]] Result<std::vector<CrawlFeed>> list() const;
  [[nodiscard]] Result<CrawlTotals> totals() const;
  /// Feeds with this podcast:guid: one and the same show.
  [[nodiscard]] Result<std::vector<CrawlFeed>> with_guid(std::string_view podcast_guid) const;

  [[nodiscard]] Status record_check(std::int64_t feed_key, const FeedCheck& check);
  /// Says that the feed moved for good. True once it was said `times` times of the same place: from now on
  /// the feed is fetched there.
  [[nodiscard]] Result<bool> record_move(std::int64_t feed_key, std::string_view to, std::int64_t times);
  /// Paused, opted out and gone feeds keep their tasks, which do not come due; active ones come due at once.
  [[nodiscard]] Status set_state(std::int64_t feed_key, CrawlState state, std::string_view reason);

  /// The same word about the same URL is said once.
  [[nodiscard]] Status log_event(std::string_view kind, std::string_view feed, std::string_view url,
                                 std::string_view detail);
  /// The newest, oldest first.
  [[nodiscard]] Result<std::vector<CrawlEvent>> events(std::int64_t most) const;
  /// How many of each kind there are.
  [[nodiscard]] Result<std::vector<std::pair<std::string, std::int64_t>>> event_counts() const;

 private:
  storage::Database* database_;
  const Clock* clock_;
};

/// What a host's robots.txt was when it was last asked for.
struct StoredRobots {
  Timestamp fetched_at{};
  std::int64_t status = 0;  ///< of HTTP; 0: there was no answer
  std::string text;
};

/// What is remembered of hosts, by origin. Synchronised.
class CrawlHosts {
 public:
  CrawlHosts(storage::Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

  [[nodiscard]] Result<std::optional<StoredRobots>> robots(std::string_view host) const;
  [[nodiscard]] Status store_robots(std::string_view host, const StoredRobots& robots);

 private:
  storage::Database* database_;
  const Clock* clock_;
};

}  // namespace earmark::registry
