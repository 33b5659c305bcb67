#pragma once
// The match engine, kept in step with the registry's log of changes.
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "core/result.h"
#include "index/engine.h"
#include "index/explain.h"
#include "index/self_join.h"
#include "registry/registry.h"

namespace earmark::catalogue {

/// Searches at any time, one change at a time. Synchronised.
///
/// The index files are a cache: what they lack is caught up from the stored fingerprints, and where they are
/// missing, damaged, of another store or of another history of this store, all of it is made again.
class LiveIndex {
 public:
  enum class Saving { kAllowed, kForbidden };
  /// `registry` must outlive it.
  LiveIndex(registry::Registry& registry, std::filesystem::path file, Saving saving)
      : registry_(&registry), file_(std::move(file)), saving_(saving) {}

  /// Opens the files, or starts from nothing, and catches up.
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
  [[nodiscard]] index::IndexStats stats() const { return engine_.stats(); }
  /// Saves what is new. A failure is logged: the next start only takes longer.
  void close();

 private:
  struct Update;
  void load();
  void use(index::Engine engine);
  [[nodiscard]] Status adopt(const std::string& tag) const;
  [[nodiscard]] Status follow();
  [[nodiscard]] Result<std::vector<Update>> read_updates(
      std::span<const registry::CatalogueChange> changes) const;
  void apply(std::vector<Update> updates);
  [[nodiscard]] Status make_again();
  template <class Ask>
  [[nodiscard]] auto undamaged(Ask&& ask) -> Result<decltype(ask())>;
  void save(std::uint64_t merge_bytes);
  void save_beside();
  [[nodiscard]] bool is_saved_by_others() const;
  void remove_leftovers() const;

  registry::Registry* registry_;
  std::filesystem::path file_;
  Saving saving_;

  std::mutex changing_;                    ///< one catch-up at a time
  std::atomic<std::int64_t> revision_{0};  ///< up to which the engine has followed; written under changing_
  std::string chain_;                      ///< of that revision; guarded by changing_
  std::atomic<std::uint64_t> unsaved_{0};  ///< changes since the files were written

  index::Engine engine_;

  std::atomic<bool> is_saving_{false};
  std::jthread saver_;  ///< started under changing_; joined before the engine goes
};

}  // namespace earmark::catalogue
