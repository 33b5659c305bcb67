#pragma once
#include <filesystem>
#include <optional>

#include "core/signing.h"

namespace earmark::evidence {

/// Name of the file in a store's folder that holds the secret its bundles are signed with (readable by its
/// owner only).
inline constexpr const char* kKeyFile = "evidence.key";

/// The store's secret, made on first use; two processes that make it at once get the same. kIo, kCorrupt.
[[nodiscard]] Result<SigningSeed> ensure_store_key(const std::filesystem::path& store);

/// The public key, where there is one already. kIo, kCorrupt.
[[nodiscard]] Result<std::optional<PublicKey>> store_public_key(const std::filesystem::path& store);

}  // namespace earmark::evidence
