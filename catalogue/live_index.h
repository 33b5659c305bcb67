#pragma once
// The match engine, kept in step with the registry's log of changes.
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "index/engine.h"
#include "index/explain.h"
#include "index/self_join.h"
#include "registry/registry.h"

namespace earmark::catalogue {

/// Many searches at a time, or one change. Synchronised. Lock order: changing_, gate_, engine_mutex_.
///
/// The index file is a cache: what it lacks is caught up from the stored fingerprints, and where it is
/// missing, damaged, of another store or of another history of this store, all of it is made again.
class LiveIndex {
 public:
  enum class Saving { kAllowed, kForbidden };
  /// `registry` must outlive it.
  LiveIndex(registry::Registry& registry, std::filesystem::path file, Saving saving)
      : registry_(&registry), file_(std::move(file)), saving_(saving) {}

  /// Loads the file, or starts from nothing, and catches up.
  [[nodiscard]] Status open();
  /// Takes over what this and other processes have committed. One small SELECT when that is nothing.
  [[nodiscard]] Status catch_up();
  /// Uses of what is registered now.
  [[nodiscard]] Result<std::vector<index::Match>> search(const fingerprint::Fingerprint& query,
                                                         const index::SearchOptions& options);
  /// kNotFound when the recording is not in the index.
  [[nodiscard]] Result<index::Explanation> explain(const fingerprint::Fingerprint& query,
                                                   const index::SearchOptions& options,
                                                   const index::ExplainRequest& request);
  [[nodiscard]] Result<std::vector<index::ExplainedMatch>> search_explained(
      const fingerprint::Fingerprint& query, const index::SearchOptions& options, double threshold);
  /// What a recording that is not yet here has in common with those that are.
  [[nodiscard]] Result<std::vector<index::Shared>> find_shared(const fingerprint::Fingerprint& recording,
                                                               std::size_t threads);
  [[nodiscard]] index::IndexStats stats();
  /// Saves the file where that pays. A failure is logged: the next start only takes longer.
  void close();

 private:
  struct Update;
  void load();
  [[nodiscard]] Status adopt(const std::string& tag) const;
  [[nodiscard]] Result<std::vector<Update>> read_updates(
      std::span<const registry::CatalogueChange> changes) const;
  void apply(std::vector<Update> updates);
  void save();
  void remove_leftovers() const;

  registry::Registry* registry_;
  std::filesystem::path file_;
  Saving saving_;

  std::mutex changing_;                    ///< one catch-up at a time
  std::atomic<std::int64_t> revision_{0};  ///< up to which the engine has followed; written under changing_
  std::string chain_;                      ///< of that revision; guarded by changing_
  std::uint64_t unsaved_ = 0;              ///< changes since the file; guarded by changing_

  std::mutex gate_;  ///< passed by everybody, held by a waiting writer: readers cannot starve it
  std::shared_mutex engine_mutex_;
  index::Engine engine_;  ///< guarded by engine_mutex_
};

}  // namespace earmark::catalogue
