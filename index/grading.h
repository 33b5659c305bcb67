#pragma once
// How much a peak that lies where a line expects it is worth: the one scale of all proofs.
#include <cstddef>
#include <cstdint>
#include <span>

#include "index/reference_peaks.h"

namespace earmark::index {

inline constexpr std::size_t kSpread = 2;  ///< frames over which an agreement is spread

inline constexpr std::int32_t kSameBin16 = 8;   ///< half a bin
inline constexpr std::int32_t kNearBin16 = 20;  ///< a bin and a quarter

/// What one peak adds to the agreement when it lies so many frames and bin16 beside where the line expects
/// it.
[[nodiscard]] constexpr int weight_of(std::int32_t frames, std::int32_t bin16) {
  const std::int32_t away = frames < 0 ? -frames : frames;
  const std::int32_t apart = bin16 < 0 ? -bin16 : bin16;
  if (apart <= kSameBin16) return away == 0 ? 4 : away == 1 ? 3 : away == 2 ? 1 : 0;
  return apart <= kNearBin16 && away <= 1 ? 1 : 0;
}

/// Calls same(frame) for gathered peaks within half a bin of bin16.
template <class Same>
void visit_same(const LocalPeaks& local, std::int32_t bin16, Same&& same) {
  for (const auto frame : local.between(bin16 - kSameBin16, bin16 + kSameBin16)) same(frame);
}

/// Calls same(frame) for gathered peaks within half a bin of bin16, and near(frame) for those within a bin
/// and a quarter.
template <class Same, class Near>
void visit_alike(const LocalPeaks& local, std::int32_t bin16, Same&& same, Near&& near) {
  for (const auto frame : local.between(bin16 - kNearBin16, bin16 - kSameBin16 - LocalPeaks::kStep))
    near(frame);
  for (const auto frame : local.between(bin16 - kSameBin16, bin16 + kSameBin16)) same(frame);
  for (const auto frame : local.between(bin16 + kSameBin16 + LocalPeaks::kStep, bin16 + kNearBin16))
    near(frame);
}

/// The agreement at one shift out of the counts at all of them: the same bin counts 4, 3, 1 at 0, ±1, ±2
/// frames, a neighbouring bin 1 within ±1 frame. kSpread <= at < size - kSpread.
[[nodiscard]] inline int graded(std::span<const int> same, std::span<const int> near, std::size_t at) {
  return 4 * same[at] + 3 * (same[at - 1] + same[at + 1]) + same[at - 2] + same[at + 2] + near[at - 1] +
         near[at] + near[at + 1];
}

}  // namespace earmark::index
