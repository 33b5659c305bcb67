#pragma once
#include <cstdint>
#include <cstring>

#include "core/bytes.h"

namespace earmark::index {

/// Bits appended to bytes, the lowest first. end_byte() before the bytes are used.
class BitWriter {
 public:
  static constexpr unsigned kMostBits = 56;  ///< at a time; read_bits() takes as many

  explicit BitWriter(Bytes& bytes) : bytes_(&bytes) {}
  void put(std::uint64_t value, unsigned bits) {
    word_ |= value << used_;
    used_ += bits;
    for (; used_ >= 8; used_ -= 8, word_ >>= 8) bytes_->push_back(static_cast<std::byte>(word_ & 0xff));
  }
  void end_byte() {
    if (used_ > 0) bytes_->push_back(static_cast<std::byte>(word_ & 0xff));
    used_ = 0;
    word_ = 0;
  }

 private:
  Bytes* bytes_;
  std::uint64_t word_ = 0;
  unsigned used_ = 0;
};

[[nodiscard]] inline std::uint64_t load_word(const std::byte* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

/// std::popcount, which is a call into the library where the CPU is not known to have an instruction for it.
[[nodiscard]] constexpr std::uint64_t ones_in(std::uint64_t word) {
  word -= word >> 1 & 0x5555555555555555;
  word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
  word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0f;
  return word * 0x0101010101010101 >> 56;
}

/// The number of `bits` bits that begins at bit `bit`; touches up to eight bytes from there.
[[nodiscard]] inline std::uint64_t read_bits(const std::byte* bytes, std::size_t bit, unsigned bits) {
  return (load_word(bytes + bit / 8) >> (bit % 8)) & ((std::uint64_t{1} << bits) - 1);
}

}  // namespace earmark::index
