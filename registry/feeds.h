#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "registry/types.h"

namespace earmark::storage {
class Database;
}

namespace earmark::registry {

struct AddFeedOutcome {
  Feed feed;
  bool is_new = false;
};

/// What a good fetch of a feed said.
struct FeedFetch {
  std::string title;  ///< empty: keep what is known (a "not modified" answer has none)
  std::string etag;
  std::string last_modified;
};

struct UpsertOutcome {
  std::int64_t new_episodes = 0;
  std::int64_t new_versions = 0;  ///< of episodes known before
  std::int64_t unchanged = 0;
};

/// Which episodes are due. A refused one always is: the next run may be allowed what this one was not.
struct PendingFilter {
  std::optional<std::int64_t> feed_key;  ///< nothing: all feeds
  std::int64_t max_attempts = 3;         ///< an error that often is final
};

/// Watched feeds and their episodes. Synchronised.
class Feeds {
 public:
  Feeds(storage::Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

  /// Idempotent by URL. kInvalidArgument for an empty one.
  [[nodiscard]] Result<AddFeedOutcome> add(std::string_view url);
  [[nodiscard]] Result<std::optional<Feed>> find(std::string_view url) const;
  /// In the order in which they were added, with their validators.
  [[nodiscard]] Result<std::vector<Feed>> list() const;
  [[nodiscard]] Status record_fetch(std::int64_t feed_key, const FeedFetch& fetch);
  [[nodiscard]] Status record_failure(std::int64_t feed_key, std::string_view reason);

  /// One transaction. An episode that is not in `episodes` any more stays. When a guid comes twice, the last
  /// one counts.
  [[nodiscard]] Result<UpsertOutcome> upsert_episodes(std::int64_t feed_key,
                                                      std::span<const EpisodeInput> episodes);
  /// All episodes of a feed with their newest version, in the order in which they were first seen.
  [[nodiscard]] Result<std::vector<Episode>> episodes(std::int64_t feed_key) const;
  /// Nothing: there is a newer version, or no such one.
  [[nodiscard]] Result<std::optional<Episode>> episode_of_version(std::int64_t version_key) const;
  /// What the feed says of the episode beyond its enclosure, one JSON object; empty: nothing.
  [[nodiscard]] Result<std::string> details(std::int64_t episode_key) const;
  /// Those whose newest version is not scanned yet.
  [[nodiscard]] Result<std::vector<Episode>> pending(const PendingFilter& filter) const;

 private:
  storage::Database* database_;
  const Clock* clock_;
};

}  // namespace earmark::registry
