#pragma once
// Authenticated encryption with one secret key: what is sealed can be erased by losing the key.
#include <array>
#include <cstddef>
#include <span>

#include "core/bytes.h"
#include "core/result.h"

namespace earmark {

using SealingKey = std::array<std::byte, 32>;  ///< the secret

/// A new secret from the system's randomness.
[[nodiscard]] SealingKey new_sealing_key();

/// nonce (24 bytes) and ciphertext (40 bytes longer than the text in all). The nonce is the HMAC of the text,
/// so that the same text under the same key gives the same bytes, and two texts never share one.
/// Source: XChaCha20-Poly1305 (libsodium's secretbox); synthetic nonce after RFC 5297.
[[nodiscard]] Bytes seal(const SealingKey& key, std::span<const std::byte> text);

/// The text. kCorrupt: changed, cut, or sealed with another key.
[[nodiscard]] Result<Bytes> unseal(const SealingKey& key, std::span<const std::byte> sealed);

}  // namespace earmark
