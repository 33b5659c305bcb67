#pragma once
// Channel B's data in a segment: places and product codes of embeddings, list by list.
#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "fingerprint/types.h"
#include "index/checked_bytes.h"
#include "index/sorted_lists.h"

namespace earmark::index {

inline constexpr std::uint32_t kPlaceStep = 32;  ///< frames; a stored embedding begins at a multiple of it
inline constexpr std::size_t kCodeBlock = 64;  ///< codes that lie together, one sub-quantiser after the other

/// One list's codes: blocks of kCodeBlock (the last one may be shorter), in a block first the first byte of
/// each code, then the second of each, …
struct CodeList {
  const std::byte* codes = nullptr;
  std::uint32_t count = 0;
};

/// The lists of one segment; a view.
class VectorCodes {
 public:
  VectorCodes() = default;
  /// starts: u32 a list and one more, entries before it; codes: Quantiser::code_bytes() an entry; cells: of
  /// each place / kPlaceStep the list of its embedding, in cell_bits() bits.
  VectorCodes(Lists places, CheckedBytes starts, CheckedBytes codes, CheckedBytes cells);

  [[nodiscard]] std::uint64_t size() const { return places_.shape().entries; }
  [[nodiscard]] CodeList list(std::uint32_t number) const;
  /// Of an entry of a list: its place, in frames.
  [[nodiscard]] std::uint32_t place(std::uint32_t list, std::uint32_t entry) const;
  /// The embedding at a place, in steps of kPlaceStep; nothing where there is none.
  struct Entry {
    std::uint32_t list = 0;
    std::uint32_t entry = 0;
  };
  [[nodiscard]] std::optional<Entry> at_step(std::uint32_t step) const;
  /// list -> places / kPlaceStep
  [[nodiscard]] const Lists& places() const { return places_; }
  [[nodiscard]] std::uint32_t code_bytes() const { return code_bytes_; }

 private:
  Lists places_;
  CheckedBytes starts_;
  CheckedBytes codes_;
  CheckedBytes cells_;
  std::uint32_t code_bytes_ = 0;
};

inline constexpr std::size_t kCellPadding = 8;  ///< bytes behind the cells that reading a word may touch
/// Bits of a list's number, or of one more than the last.
[[nodiscard]] inline unsigned cell_bits(std::uint32_t lists) {
  return static_cast<unsigned>(std::bit_width(lists));
}

/// Byte `m` of the code of entry `entry` in a list.
[[nodiscard]] inline std::size_t code_at(std::uint32_t count, std::uint32_t entry, std::size_t m,
                                         std::uint32_t code_bytes) {
  const std::size_t block = entry / kCodeBlock * kCodeBlock;
  const std::size_t width = std::min<std::size_t>(kCodeBlock, count - block);
  return block * code_bytes + m * width + entry % kCodeBlock;
}

/// The codes (row-major, code_bytes each) of one list in the order they are stored in.
void append_code_list(Bytes& out, std::span<const std::uint8_t> codes, std::uint32_t code_bytes);

}  // namespace earmark::index
