#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "registry/claim_types.h"

namespace earmark::storage {
class Database;
class Session;
}  // namespace earmark::storage

namespace earmark::registry {

/// A scanned version of an episode whose fingerprint is kept.
struct ArchivedEpisode {
  std::int64_t version_key = 0;
  std::string feed_url;
  std::string guid;
  std::string title;
  std::string enclosure_url;
  std::int64_t duration_ms = 0;
  std::int64_t matched_revision = 0;  ///< of the catalogue: everything registered up to it was looked for
};

/// The same, with what a scan of it needs.
struct ArchivedScan {
  FetchRecord fetch;  ///< how the bytes came here, then
  Bytes emfp;
};

struct ArchiveState {
  std::int64_t episodes = 0;
  std::int64_t duration_ms = 0;
  std::int64_t bytes = 0;
  std::int64_t behind = 0;  ///< that were not matched against the newest catalogue yet
};

/// Two versions that are the same sound.
struct EpisodeCopy {
  std::string feed, guid, enclosure;           ///< of the later one
  std::string of_feed, of_guid, of_enclosure;  ///< of the one that was scanned first
  std::string kind;                            ///< "same_bytes", "same_sound"
  double share = 0.0;                          ///< of the later one that is the same
};

/// The past: fingerprints of scanned episodes, against which later registrations are matched. Synchronised.
class CrawlArchive {
 public:
  CrawlArchive(storage::Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

  /// Those that were matched before the catalogue's `revision` only, in the order of their keys, after
  /// `after`.
  [[nodiscard]] Result<std::vector<ArchivedEpisode>> behind(std::int64_t revision, std::int64_t after,
                                                            std::int64_t most) const;
  /// kNotFound.
  [[nodiscard]] Result<ArchivedScan> load(std::int64_t version_key) const;
  /// Everything registered up to `revision` has been looked for in it.
  [[nodiscard]] Status mark_matched(std::int64_t version_key, std::int64_t revision);
  /// Forgets fingerprints of scans before that time; how many.
  [[nodiscard]] Result<std::int64_t> prune(Timestamp before);

  [[nodiscard]] Result<ArchiveState> state(std::int64_t revision) const;
  [[nodiscard]] Result<std::vector<EpisodeCopy>> copies() const;

 private:
  storage::Database* database_;
  const Clock* clock_;
};

/// Within the transaction of a scan: keeps the fingerprint, and notes which version had these bytes before.
[[nodiscard]] Status archive_scan(storage::Session& session, const NewScan& scan, std::int64_t scan_key,
                                  Timestamp now);

}  // namespace earmark::registry
