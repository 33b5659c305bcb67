#pragma once
#include <span>

#include "core/bytes.h"
#include "core/result.h"
#include "fingerprint/types.h"

namespace earmark::fingerprint {

/// The .emfp form (docs/emfp-format.md): versioned, checksummed. Deterministic.
[[nodiscard]] Bytes encode(const Fingerprint& fingerprint);

/// kCorrupt where the checksum or a bound fails, kUnsupported for a version this program does not know.
/// Never allocates more than a small multiple of bytes.size().
[[nodiscard]] Result<Fingerprint> decode(std::span<const std::byte> bytes);

/// Whether the bytes begin as an .emfp does.
[[nodiscard]] bool looks_like_emfp(std::span<const std::byte> bytes);

}  // namespace earmark::fingerprint
