#pragma once
// The rights registry: who owns which recording, what was heard where, what is claimed. The truth; everything
// else in a store is derived from it (docs/store.md).
#include <filesystem>
#include <memory>
#include <string>

#include "registry/claims.h"
#include "registry/crawl_archive.h"
#include "registry/crawl_feeds.h"
#include "registry/crawl_queue.h"
#include "registry/evidence.h"
#include "registry/feeds.h"
#include "registry/parties.h"
#include "registry/place.h"
#include "registry/policies.h"
#include "registry/recordings.h"
#include "registry/reviews.h"
#include "registry/rights.h"
#include "registry/shared.h"
#include "registry/terms.h"
#include "registry/types.h"

namespace earmark::registry {

struct RegistryStats {
  std::int64_t recordings = 0;  ///< registered
  std::int64_t quarantined = 0;
  std::int64_t forgotten = 0;
  std::int64_t reference_ms = 0;
  std::int64_t fingerprint_bytes = 0;
  std::int64_t parties = 0;
  std::int64_t feeds = 0;
  std::int64_t episodes = 0;
  std::int64_t episodes_scanned = 0;
  std::int64_t sightings = 0;
  std::int64_t claims = 0;
  std::int64_t claims_active = 0;
  std::int64_t claims_review = 0;
};

/// An open registry. Synchronised; other processes may have the same one open. What a call says it stored
/// survives kill -9 and loss of power. Common errors: kUnavailable (another process holds the write lock for
/// too long), kIo (the store is read-only), kResourceExhausted (disk full; nothing was changed), kCorrupt
/// (says what to do).
class Registry {
 public:
  struct Options {
    std::filesystem::path store;  ///< folder (registry/place.h)
    enum class Access { kReadWrite, kReadOnly } access = Access::kReadWrite;
    const Clock* clock = &system_clock();
  };
  /// kReadWrite makes folder and database on first use and migrates an older schema; where the disk cannot be
  /// written it falls back to reading. kNotFound: kReadOnly and no store there. kUnsupported: written by a
  /// newer program.
  [[nodiscard]] static Result<std::unique_ptr<Registry>> open(const Options& options);
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  [[nodiscard]] Parties& parties();
  [[nodiscard]] Recordings& recordings();
  [[nodiscard]] Feeds& feeds();
  [[nodiscard]] Claims& claims();
  [[nodiscard]] SharedMaterial& shared();
  [[nodiscard]] EvidenceStore& evidence();
  [[nodiscard]] Rights& rights();
  [[nodiscard]] Terms& terms();
  [[nodiscard]] Policies& policies();
  [[nodiscard]] Reviews& reviews();
  [[nodiscard]] CrawlQueue& crawl_queue();
  [[nodiscard]] CrawlFeeds& crawl_feeds();
  [[nodiscard]] CrawlHosts& crawl_hosts();
  [[nodiscard]] CrawlArchive& crawl_archive();

  [[nodiscard]] Result<RegistryStats> stats() const;
  /// Random name of this store, made with it: derived files carry it.
  [[nodiscard]] const std::string& store_uuid() const;
  [[nodiscard]] const std::filesystem::path& store() const;
  /// Bytes of the tables where they are not in the store's folder; 0 otherwise.
  [[nodiscard]] Result<std::int64_t> database_bytes() const;
  /// False after kReadOnly, or where the disk cannot be written.
  [[nodiscard]] bool is_writable() const;
  /// Reads the whole database and its cross-references. kCorrupt with what is wrong.
  [[nodiscard]] Status verify() const;

 private:
  struct State;
  explicit Registry(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace earmark::registry
