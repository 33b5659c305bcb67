#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/bytes.h"
#include "core/result.h"
#include "fingerprint/types.h"

namespace earmark::index {

/// The peaks of one recording ordered by bin and then frame: "which peaks at about this frequency, at about
/// this time" is one binary search. Immutable after creation.
class ReferencePeaks {
 public:
  ReferencePeaks() = default;
  explicit ReferencePeaks(std::span<const fingerprint::Peak> peaks);

  /// Calls visit(std::int32_t frame, std::int32_t bin16) for the peaks of `bin` with first <= frame <= last,
  /// ascending.
  template <class Visit>
  void visit(std::int32_t bin, std::int32_t first, std::int32_t last, Visit&& visit_peak) const {
    if (bin < 0 || bin >= fingerprint::kPeakBins) return;
    const std::uint32_t end = begin_[static_cast<std::size_t>(bin) + 1];
    for (std::uint32_t i = lower(bin, first); i < end && static_cast<std::int32_t>(frames_[i]) <= last; ++i) {
      visit_peak(static_cast<std::int32_t>(frames_[i]), bin * fingerprint::kBinFraction + fractions_[i]);
    }
  }

  /// Whether a peak lies within `bin16_tolerance` of bin16 and within one frame of `frame`.
  [[nodiscard]] bool agrees(std::int32_t frame, std::int32_t bin16, std::int32_t bin16_tolerance) const;

  [[nodiscard]] std::size_t size() const { return frames_.size(); }
  [[nodiscard]] std::uint64_t bytes() const {
    return sizeof begin_ + frames_.size() * (sizeof(std::uint32_t) + 1);
  }

  void save(ByteWriter& out) const;
  [[nodiscard]] static Result<ReferencePeaks> load(ByteReader& in);

 private:
  [[nodiscard]] std::uint32_t lower(std::int32_t bin, std::int32_t frame) const;

  std::array<std::uint32_t, fingerprint::kPeakBins + 1> begin_{};
  std::vector<std::uint32_t> frames_;
  std::vector<std::int8_t> fractions_;  ///< bin16 less bin * kBinFraction: -8 … 7
};

}  // namespace earmark::index
