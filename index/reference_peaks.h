#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "fingerprint/types.h"
#include "index/bit_writer.h"
#include "index/checked_bytes.h"

namespace earmark::index {

/// Frequencies are kept to a quarter of a bin: no proof looks more closely.
inline constexpr std::int32_t kPeakStep = fingerprint::kBinFraction / 4;

/// The peaks of one recording in order of time, 12 bits each (docs/index-format.md). Immutable; a view of a
/// segment, or the owner of its bytes.
class ReferencePeaks {
 public:
  ReferencePeaks() = default;
  /// peaks: ordered by frame.
  explicit ReferencePeaks(std::span<const fingerprint::Peak> peaks);
  /// A view of what encode() wrote.
  explicit ReferencePeaks(CheckedBytes bytes) : bytes_(bytes) {}

  [[nodiscard]] static Bytes encode(std::span<const fingerprint::Peak> peaks);

  /// Calls visit(std::int32_t frame, std::int32_t bin16) for the peaks with first <= frame < last, in order;
  /// bin16 is rounded down to a multiple of kPeakStep.
  template <class Visit>
  void visit(std::int64_t first, std::int64_t last, Visit&& visit_peak) const {
    first = std::max<std::int64_t>(first, 0);
    const Parts parts = find(first / kBlock);
    std::uint64_t index = parts.first;
    for (std::uint64_t word_at = parts.bit / 64; index < parts.count && word_at * 64 < parts.bits;
         ++word_at) {
      std::uint64_t word = load_word(parts.unary + word_at * 8);
      if (word_at == parts.bit / 64) word &= ~std::uint64_t{0} << (parts.bit % 64);
      // A frame is as many ones as it has peaks, then a zero: all frames of this word are below `first` when
      // there are not enough zeros up to its end.
      const std::uint64_t ones = ones_in(word);
      if (static_cast<std::int64_t>(word_at * 64 + 64 - (index + ones)) < first) {
        index += ones;
        continue;
      }
      for (; word != 0 && index < parts.count; word &= word - 1, ++index) {
        const auto frame =
            static_cast<std::int64_t>(word_at * 64 + static_cast<unsigned>(std::countr_zero(word)) - index);
        if (frame < first) continue;
        if (frame >= last) return;
        const auto step = static_cast<std::int32_t>(read_bits(parts.steps, index * kStepBits, kStepBits));
        visit_peak(static_cast<std::int32_t>(frame), step * kPeakStep);
      }
    }
  }

  [[nodiscard]] std::uint64_t bytes() const { return bytes_.size(); }
  /// What encode() wrote; null where it is damaged.
  [[nodiscard]] const std::byte* raw() const { return bytes_.at(0, bytes_.size()); }

 private:
  static constexpr std::int64_t kBlock = 128;  ///< frames a directory entry covers
  static constexpr unsigned kStepBits = 10;
  static constexpr std::size_t kHeadBytes = 8;  ///< u32 peaks, u32 blocks
  static constexpr std::size_t kPadding = 8;    ///< bytes behind the steps that reading a word may touch

  struct Parts {
    std::uint32_t count = 0;
    std::uint64_t first = 0;  ///< peaks before the block
    std::uint64_t bit = 0;    ///< of `unary` where the block begins
    std::uint64_t bits = 0;
    const std::byte* unary = nullptr;
    const std::byte* steps = nullptr;
  };
  /// Nothing where there is no such block.
  [[nodiscard]] Parts find(std::int64_t block) const;

  std::shared_ptr<const Image> own_;  ///< null in a view
  CheckedBytes bytes_;
};

/// The peaks of a stretch of a recording, by frequency: what a proof looks up for each peak of the query.
/// Reusable scratch space.
class LocalPeaks {
 public:
  /// Gathers the peaks with first <= frame < last.
  void gather(const ReferencePeaks& reference, std::int64_t first, std::int64_t last);

  /// Frames of the gathered peaks with low <= bin16 <= high, in steps of kStep: a quarter of a bin.
  [[nodiscard]] std::span<const std::int32_t> between(std::int32_t low, std::int32_t high) const {
    const auto from = static_cast<std::size_t>(std::clamp(low / kStep, 0, kSteps));
    const auto to = static_cast<std::size_t>(std::clamp(high / kStep + 1, 0, kSteps));
    return to <= from ? std::span<const std::int32_t>()
                      : std::span(frames_).subspan(begin_[from], begin_[to] - begin_[from]);
  }

  static constexpr std::int32_t kStep = kPeakStep;

 private:
  static constexpr std::int32_t kSteps = fingerprint::kPeakBins * fingerprint::kBinFraction / kStep;
  struct Place {
    std::int32_t frame;
    std::int32_t step;
  };

  std::array<std::uint32_t, kSteps + 1> begin_{};
  std::vector<Place> gathered_;
  std::vector<std::int32_t> frames_;  ///< by step, then frame
};

}  // namespace earmark::index
