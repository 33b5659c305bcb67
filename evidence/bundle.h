#pragma once
// Everything that a claim rests on, in one signed file that anybody can check (docs/evidence.md).
#include <string_view>
#include <vector>

#include "evidence/archive.h"
#include "registry/registry.h"

namespace earmark::evidence {

inline constexpr const char* kManifestName = "manifest.json";
inline constexpr const char* kSignatureName = "manifest.sig";
inline constexpr const char* kPublicKeyName = "public-key.pem";

struct Bundle {
  std::vector<Part> parts;  ///< manifest and signature first
  registry::BundleRecord record;
};

/// The bundle of a claim. A new one joins the store's chain; where nothing has changed since the claim's last
/// one, that is given again, byte for byte. kNotFound: no such claim.
[[nodiscard]] Result<Bundle> make_bundle(registry::Registry& registry, std::string_view claim_id);

}  // namespace earmark::evidence
