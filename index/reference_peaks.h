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

/// The peaks of a stretch of a recording, by bin: what a proof looks up for each peak of the query. Reusable
/// scratch space.
class LocalPeaks {
 public:
  struct Place {
    std::int32_t frame;
    std::int32_t bin16;
  };

  /// Gathers the peaks with first <= frame < last.
  void gather(const ReferencePeaks& reference, std::int64_t first, std::int64_t last);

  /// Calls visit(std::int32_t frame, std::int32_t distance) for all gathered peaks at most `tolerance` (in
  /// bin16, < 2 bins) away from bin16; distance is the absolute difference.
  template <class Visit>
  void near(std::int32_t bin16, std::int32_t tolerance, Visit&& visit_peak) const {
    const std::int32_t low = std::max(0, (bin16 - tolerance) / fingerprint::kBinFraction);
    const std::int32_t high =
        std::min<std::int32_t>(kBuckets - 1, (bin16 + tolerance) / fingerprint::kBinFraction);
    if (low > high) return;
    const std::uint32_t end = begin_[static_cast<std::size_t>(high) + 1];
    for (std::uint32_t i = begin_[static_cast<std::size_t>(low)]; i < end; ++i) {
      const std::int32_t distance =
          places_[i].bin16 > bin16 ? places_[i].bin16 - bin16 : bin16 - places_[i].bin16;
      if (distance <= tolerance) visit_peak(places_[i].frame, distance);
    }
  }

 private:
  static constexpr std::int32_t kBuckets = fingerprint::kPeakBins;

  std::array<std::uint32_t, kBuckets + 1> begin_{};
  std::vector<Place> gathered_;
  std::vector<Place> places_;
};

}  // namespace earmark::index
