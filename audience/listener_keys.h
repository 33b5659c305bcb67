#pragma once
// The keys of listeners' ids: one a month (an epoch), kept beside the database and not in it, so that losing
// one erases what it protects, also in old copies of the database.
#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "audience/address.h"
#include "core/sealing.h"

namespace earmark::audience {

/// Name of the file in a store's folder.
inline constexpr const char* kKeyFile = "audience.keys";

/// The month of a time, UTC: "2026-11".
[[nodiscard]] std::string epoch_of(std::int64_t time_s);
/// First second of an epoch, and of the one after. kInvalidArgument: not "2026-11".
[[nodiscard]] Result<std::pair<std::int64_t, std::int64_t>> span_of_epoch(std::string_view epoch);

/// Keys of one epoch, both made from its secret.
struct EpochKeys {
  SealingKey listeners;  ///< turns addresses to ids
  SealingKey requests;   ///< seals what was logged
};

/// The key file. Thread-confined; callers hold the database's write lock around read, change and save.
class ListenerKeys {
 public:
  /// A store without the file has no keys yet. kCorrupt.
  [[nodiscard]] static Result<ListenerKeys> load(const std::filesystem::path& store);

  /// Nothing: there is none (yet), or it was erased.
  [[nodiscard]] std::optional<EpochKeys> find(const std::string& epoch) const;
  [[nodiscard]] bool was_erased(const std::string& epoch) const { return erased_.contains(epoch); }
  [[nodiscard]] std::vector<std::string> epochs() const;
  /// Makes a secret where there is none and it was not erased. Not saved yet.
  [[nodiscard]] Status make(const std::string& epoch);
  /// Forgets the secret for good: there will be none for this epoch again. Not saved yet. kNotFound.
  [[nodiscard]] Status erase(const std::string& epoch);
  /// Replaces the file, readable by its owner only.
  [[nodiscard]] Status save() const;

 private:
  std::filesystem::path file_;
  std::map<std::string, SealingKey> secrets_;
  std::set<std::string> erased_;
};

/// 64 bits of HMAC-SHA-256 over the listener's part of the address.
[[nodiscard]] std::uint64_t listener_id(const EpochKeys& keys, const Address& address);

}  // namespace earmark::audience
