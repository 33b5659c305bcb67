#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "registry/types.h"

namespace earmark::storage {
class Database;
}

namespace earmark::registry {

struct AddRecordingOutcome {
  enum class Kind {
    kAdded,      ///< new, or forgotten before and registered again
    kDuplicate,  ///< the same audio is there already
  };
  Kind kind = Kind::kAdded;
  Recording recording;  ///< the one that is in the store now
};

/// The recordings, their fingerprints, their history and the log of changes. Synchronised.
class Recordings {
 public:
  Recordings(storage::Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

  /// One transaction: recording, fingerprint, history, change log. Durable when it returns. The same content
  /// or the same identity is a duplicate (noted in the history, with the second owner's name) or comes back
  /// from being forgotten.
  [[nodiscard]] Result<AddRecordingOutcome> add(const NewRecording& recording);

  /// Notes that `input` sounds like the recording `key`: later the same bytes are recognised by their hash
  /// alone.
  [[nodiscard]] Status note_duplicate(std::int64_t key, const NewRecording& input);

  /// Erases the fingerprint, keeps the row and the history, withdraws its open claims. kNotFound when it is
  /// not there. Returns the key to take out of the index.
  [[nodiscard]] Result<std::int64_t> forget(std::string_view id);

  [[nodiscard]] Result<std::optional<Recording>> find(std::string_view id) const;
  [[nodiscard]] Result<std::optional<Recording>> find_by_key(std::int64_t key) const;
  /// What these very bytes were registered as, in whatever status.
  [[nodiscard]] Result<std::optional<Recording>> find_by_content(const Sha256& content_hash) const;
  /// What this audio was registered as, in whatever status.
  [[nodiscard]] Result<std::optional<Recording>> find_by_identity(const Sha256& identity) const;
  /// Those of `keys` that are there, by key.
  [[nodiscard]] Result<std::unordered_map<std::int64_t, Recording>> find_all(
      std::span<const std::int64_t> keys) const;
  /// In the order of registration; nothing: every status.
  [[nodiscard]] Result<std::vector<Recording>> list(
      std::optional<RecordingStatus> status = std::nullopt) const;
  [[nodiscard]] Result<std::vector<RecordingEvent>> history(std::string_view id) const;

  /// Number of the last change; one small SELECT.
  [[nodiscard]] Result<std::int64_t> revision() const;
  /// Changes after `revision`, in order.
  [[nodiscard]] Result<std::vector<CatalogueChange>> changes_since(std::int64_t revision) const;
  /// The chain value of the change `revision` ("" for 0); nothing when there is no such change. A derived
  /// file made at (revision, chain) belongs to this history, also after the store came back from a backup.
  [[nodiscard]] Result<std::optional<std::string>> chain_at(std::int64_t revision) const;
  /// Stored .emfp; nothing when the recording is not registered (any more, or yet).
  [[nodiscard]] Result<std::optional<Bytes>> fingerprint(std::int64_t key) const;

 private:
  storage::Database* database_;
  const Clock* clock_;
};

}  // namespace earmark::registry
