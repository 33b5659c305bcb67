#pragma once
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/bytes.h"
#include "core/result.h"

namespace earmark {

/// A SHA-256 digest (FIPS 180-4).
using Sha256 = std::array<std::byte, 32>;

/// Digest of one buffer.
[[nodiscard]] Sha256 sha256(std::span<const std::byte> bytes);

/// Digest of a stream of pieces. Thread-confined.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;

  void update(std::span<const std::byte> bytes);
  /// The digest of all that was given; the stream must not be used afterwards.
  [[nodiscard]] Sha256 finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Lower-case hexadecimal.
[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes);

/// HMAC-SHA-256 (RFC 2104) with a key of any length.
[[nodiscard]] Sha256 hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> message);

/// Bytes from the system's random generator, fit for secrets. Thread-safe.
[[nodiscard]] Bytes random_bytes(std::size_t count);

/// Whether two texts are the same, in a time that depends only on their lengths: for secrets.
[[nodiscard]] bool same_secret(std::string_view a, std::string_view b);

/// Base64 with padding (RFC 4648, section 4).
[[nodiscard]] std::string to_base64(std::span<const std::byte> bytes);
/// The reverse, padding needed. kInvalidArgument.
[[nodiscard]] Result<Bytes> from_base64(std::string_view text);
/// Base64 for names in URLs, without padding (RFC 4648, section 5), and its reverse. kInvalidArgument.
[[nodiscard]] std::string to_base64url(std::span<const std::byte> bytes);
/// A secret of so many random bytes in base64url. Never begins with "-": on a command line that is an option.
[[nodiscard]] std::string random_token(std::size_t bytes);
[[nodiscard]] Result<Bytes> from_base64url(std::string_view text);

}  // namespace earmark
