#pragma once
// Ed25519 signatures (RFC 8032).
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "core/bytes.h"
#include "core/result.h"

namespace earmark {

using Signature = std::array<std::byte, 64>;
using PublicKey = std::array<std::byte, 32>;
using SigningSeed = std::array<std::byte, 32>;  ///< the secret

/// A new secret from the system's randomness.
[[nodiscard]] SigningSeed new_signing_seed();
[[nodiscard]] PublicKey public_key_of(const SigningSeed& seed);
[[nodiscard]] Signature sign(const SigningSeed& seed, std::span<const std::byte> message);
[[nodiscard]] bool is_signed_by(const PublicKey& key, std::span<const std::byte> message,
                                std::span<const std::byte> signature);

/// The public key as PEM (RFC 8410): what openssl and others read.
[[nodiscard]] std::string to_pem(const PublicKey& key);

/// Bytes of hexadecimal text of either case. kInvalidArgument.
[[nodiscard]] Result<Bytes> from_hex(std::string_view text);

}  // namespace earmark
