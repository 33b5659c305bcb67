#pragma once
// What was kept of the sightings behind claims, and the signed bundles that went out (docs/evidence.md).
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/claim_types.h"

namespace earmark::storage {
class Database;
}

namespace earmark::registry {

/// A manifest as it was signed.
struct SignedManifest {
  std::string manifest;    ///< JSON, byte for byte
  std::string sha256;      ///< hex, of those bytes
  std::string signature;   ///< hex
  std::string public_key;  ///< hex
};

struct BundleRecord {
  std::int64_t sequence = 0;
  std::string claim_id;
  SignedManifest signed_manifest;
  std::string previous_sha256;  ///< of the manifest before; empty for the first of a store
  Timestamp created_at{};
};

/// Makes the manifest that follows on `previous` (nothing: it is the first of the store).
using MakeManifest =
    std::function<Result<SignedManifest>(const std::optional<BundleRecord>& previous, Timestamp now)>;

/// Evidence of claims. Synchronised.
class EvidenceStore {
 public:
  EvidenceStore(storage::Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

  /// What was kept of the first sighting of the claim of which anything was.
  [[nodiscard]] Result<std::vector<KeptEvidence>> kept(std::string_view claim_id) const;
  /// The last bundle of the claim.
  [[nodiscard]] Result<std::optional<BundleRecord>> last_of(std::string_view claim_id) const;
  /// All bundles of the store, in order: the chain.
  [[nodiscard]] Result<std::vector<BundleRecord>> chain() const;
  /// Adds a bundle to the end of the chain, in one transaction: nobody can come between. kNotFound: no such
  /// claim.
  [[nodiscard]] Result<BundleRecord> append(std::string_view claim_id, const MakeManifest& make);

 private:
  storage::Database* database_;
  const Clock* clock_;
};

}  // namespace earmark::registry
