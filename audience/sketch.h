#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/bytes.h"
#include "core/result.h"

namespace earmark::audience {

/// How many different listeners there are, in 4 KiB: sketches of parts merge into that of the whole.
///
/// Errors:  estimates have a standard error of 1.6 %; up to a few thousand they are nearer (linear counting).
/// Threads: thread-confined.
/// Source:  Flajolet, Fusy, Gandouet, Meunier, "HyperLogLog", AofA 2007, with 64-bit hashes, so that no
///          correction is needed for large counts.
class Sketch {
 public:
  static constexpr unsigned kIndexBits = 12;
  static constexpr std::size_t kRegisters = std::size_t{1} << kIndexBits;

  Sketch() : registers_(kRegisters, 0) {}
  /// `hash`: 64 bits that are as good as random, the same for the same listener.
  void add(std::uint64_t hash);
  void merge(const Sketch& other);
  [[nodiscard]] double estimate() const;

  /// Runs of empty registers are packed: a sketch of few listeners is a few bytes.
  [[nodiscard]] Bytes encode() const;
  [[nodiscard]] static Result<Sketch> decode(std::span<const std::byte> bytes);

  friend bool operator==(const Sketch&, const Sketch&) = default;

 private:
  std::vector<std::uint8_t> registers_;
};

}  // namespace earmark::audience
