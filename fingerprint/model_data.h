#pragma once
#include <cstddef>
#include <span>

namespace earmark::fingerprint {

/// The bytes of models/embedding.emdl, as linked into the program.
[[nodiscard]] std::span<const std::byte> builtin_model_bytes();

}  // namespace earmark::fingerprint
