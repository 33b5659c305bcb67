#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/signing.h"
#include "evidence/archive.h"

namespace earmark::evidence {

/// What a bundle says of itself, once it is found true.
struct Verified {
  std::string claim_id;
  std::string store;
  std::int64_t sequence = 0;
  std::string created_at;
  std::string manifest_sha256;
  std::string previous_sha256;  ///< empty: the first of its store
  std::string public_key;       ///< hex
  std::size_t parts = 0;
};

/// Every part against the manifest, the manifest against its signature. `key`: who must have signed.
/// kCorrupt: what is wrong; kUnsupported: another version.
[[nodiscard]] Result<Verified> verify(const std::vector<Part>& parts, const std::optional<PublicKey>& key);

/// The parts of a ZIP or TAR, or of the folder it was unpacked to.
[[nodiscard]] Result<std::vector<Part>> read_bundle(const std::filesystem::path& path);

}  // namespace earmark::evidence
