#pragma once
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/hash.h"

namespace earmark::registry {

/// Characters after the prefix: 80 bits, and more where that many are taken already.
inline constexpr std::size_t kIdLength = 16;
inline constexpr std::size_t kIdLengthStep = 8;
inline constexpr std::size_t kIdLengthMax = 48;

/// prefix and the first `length` characters of the digest in base32 (RFC 4648, lower case).
[[nodiscard]] std::string public_id(std::string_view prefix, const Sha256& digest,
                                    std::size_t length = kIdLength);

/// SHA-256 of the parts, each with its length, so that no two lists of parts run together.
[[nodiscard]] Sha256 digest_of(std::initializer_list<std::string_view> parts);

}  // namespace earmark::registry
