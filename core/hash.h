#pragma once
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

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

}  // namespace earmark
