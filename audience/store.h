#pragma once
// What audience measurement keeps (registry/schema_audience.cpp), on a connection of its own to the store.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audience/media.h"
#include "audience/user_agents.h"
#include "core/result.h"
#include "core/time.h"
#include "storage/database.h"

namespace earmark::audience {

/// A file that is downloaded, by its path on whatever host.
struct Asset {
  std::int64_t key = 0;
  std::string path;   ///< percent-encoding undone
  std::string show;   ///< title of the feed, or the folder of the path
  std::string title;  ///< of the episode, or the name of the file
  std::optional<std::int64_t> episode_key;
  std::optional<Timestamp> published_at;
  MediaMap media;
  std::string
      known_by;  ///< where length and rate come from: "frames", "scan", "feed", "log"; empty: not known
};

/// Synchronised, as storage::Database is.
class AudienceStore {
 public:
  /// Makes the store where there is none.
  [[nodiscard]] static Result<std::unique_ptr<AudienceStore>> open(const std::filesystem::path& store,
                                                                   const Clock& clock = system_clock());

  [[nodiscard]] storage::Database& database() { return *database_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] Timestamp now() const { return clock_->now(); }

  /// Takes over the enclosures of the watched feeds, and what their scans found of their length; what was
  /// measured from a file stays. Returns how many assets are new.
  [[nodiscard]] Result<std::int64_t> take_over_feeds();
  /// In the order of their keys.
  [[nodiscard]] Result<std::vector<Asset>> assets();
  /// What walking its frames found of the file at `path`; the asset is made where there is none.
  [[nodiscard]] Result<Asset> set_media(std::string_view path, const MediaMap& media);

  /// The lists of user agents in use: those added last, else the built-in ones.
  [[nodiscard]] Result<UserAgents> user_agents();
  /// Checks and keeps lists; they count from the next count on. Returns their version.
  [[nodiscard]] Result<std::string> add_user_agents(std::string_view json);

 private:
  AudienceStore(std::unique_ptr<storage::Database> database, std::filesystem::path folder, const Clock& clock)
      : database_(std::move(database)), folder_(std::move(folder)), clock_(&clock) {}

  std::unique_ptr<storage::Database> database_;
  std::filesystem::path folder_;
  const Clock* clock_;
};

/// Within a transaction: the key of the asset at `path`, made where there is none, named by its path.
[[nodiscard]] Result<std::int64_t> ensure_asset(storage::Session& session, std::string_view path);

}  // namespace earmark::audience
