#include "index/alignment.h"

#include <algorithm>
#include <array>

#include "index/grading.h"

namespace earmark::index {

Alignment align(std::span<const fingerprint::Peak> peaks, const PeakRaster& reference, const Line& line,
                int search) {
  static constexpr std::array<int, 64> kNear{};  // neighbouring bins would not change what is best
  static_assert(2 * (kMostAlignmentSearch + kSpread) < kNear.size());
  search = std::min(search, kMostAlignmentSearch);
  const int reach = search + static_cast<int>(kSpread);
  FrameCounter<1> met;
  for (const auto& peak : peaks) {
    const GridPeak expected = line.expected(peak);
    met.add(reference.frames_from<1>(expected.frame - reach, expected.bin16));
  }
  const auto& same = met.counts();
  const auto agreement_at = [&](int shift) {
    return graded(same, kNear, static_cast<std::size_t>(reach + shift));
  };
  Alignment best{0, agreement_at(0)};
  for (int away = 1; away <= search; ++away) {
    for (const int shift : {-away, away}) {
      const int agreement = agreement_at(shift);
      if (agreement > best.agreement) best = {shift, agreement};
    }
  }
  return best;
}

}  // namespace earmark::index
