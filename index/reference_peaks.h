#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/bytes.h"
#include "core/result.h"
#include "fingerprint/types.h"

namespace earmark::index {

/// The peaks of one recording in order of time, 4 bytes each. Immutable after creation.
class ReferencePeaks {
 public:
  ReferencePeaks() = default;
  /// peaks: ordered by frame.
  explicit ReferencePeaks(std::span<const fingerprint::Peak> peaks);

  /// Calls visit(std::int32_t frame, std::int32_t bin16) for the peaks with first <= frame < last, in order.
  template <class Visit>
  void visit(std::int64_t first, std::int64_t last, Visit&& visit_peak) const {
    first = first < 0 ? 0 : first;
    for (std::int64_t block = first / kBlock; block < blocks() && block * kBlock < last; ++block) {
      const auto b = static_cast<std::size_t>(block);
      for (std::uint32_t i = begin_[b]; i < begin_[b + 1]; ++i) {
        const std::int64_t frame = block * kBlock + (packed_[i] >> kBinBits);
        if (frame >= first && frame < last)
          visit_peak(static_cast<std::int32_t>(frame), static_cast<std::int32_t>(packed_[i] & kBinMask));
      }
    }
  }

  [[nodiscard]] std::size_t size() const { return packed_.size(); }
  [[nodiscard]] std::uint64_t bytes() const {
    return (begin_.size() + packed_.size()) * sizeof(std::uint32_t);
  }

  void save(ByteWriter& out) const;
  [[nodiscard]] static Result<ReferencePeaks> load(ByteReader& in);

 private:
  static constexpr std::int64_t kBlock = 64;  ///< frames a directory entry covers
  static constexpr unsigned kBinBits = 12;
  static constexpr std::uint32_t kBinMask = (1U << kBinBits) - 1;

  [[nodiscard]] std::int64_t blocks() const { return static_cast<std::int64_t>(begin_.size()) - 1; }

  std::vector<std::uint32_t> begin_ = {0};  ///< first peak of each block, and the end
  std::vector<std::uint32_t> packed_;       ///< frame within its block << kBinBits | bin16
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

  static constexpr std::int32_t kStep = fingerprint::kBinFraction / 4;

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
