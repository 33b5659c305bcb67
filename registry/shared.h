#pragma once
// What recordings have in common (docs/store.md, "Shared material").
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "registry/types.h"

namespace earmark::storage {
class Database;
class Session;
}  // namespace earmark::storage

namespace earmark::registry {

/// What two recordings have in common, told from how much of each it is and how many have it.
enum class SharedKind {
  kDuplicate,  ///< nine tenths of both: the same sound throughout
  kExcerpt,    ///< nine tenths of one of them
  kJingle,     ///< short, and in three recordings or more
  kSample,     ///< a stretch in common
  kRepeat,     ///< within the recording itself
};
[[nodiscard]] std::string_view to_string(SharedKind kind);  ///< "duplicate", "excerpt", …

/// A shared stretch, seen from one of its recordings.
struct SharedStretch {
  SharedKind kind = SharedKind::kSample;
  std::int64_t other_key = 0;
  std::string other_id;
  std::string other_title;
  std::string other_owner;
  PolicyAction other_action = PolicyAction::kTrack;
  std::int64_t other_duration_ms = 0;
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  std::int64_t other_start_ms = 0;
  std::int64_t other_end_ms = 0;
  double speed = 1.0;  ///< of this recording over the other's
  double score = 0.0;
  double share = 0.0;
};

/// Sets the kinds of all stretches of one recording.
void classify(std::vector<SharedStretch>& stretches, std::int64_t duration_ms);

/// Shared stretches of registered recordings. Synchronised.
class SharedMaterial {
 public:
  explicit SharedMaterial(storage::Database& database) : database_(&database) {}

  /// Of the recording with this key, from its side, ordered by time; stretches of recordings that are not
  /// registered (any more) are left out.
  [[nodiscard]] Result<std::vector<SharedStretch>> of(std::int64_t recording_key) const;

 private:
  storage::Database* database_;
};

/// Within the transaction that registers the recording: what was known of it before goes.
[[nodiscard]] Status store_shared(storage::Session& session, std::int64_t recording_key,
                                  std::span<const NewShared> shared, Timestamp now);

}  // namespace earmark::registry
