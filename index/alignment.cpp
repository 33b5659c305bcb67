#include "index/alignment.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "index/grading.h"

namespace earmark::index {

void TimedPeaks::gather(const ReferencePeaks& reference, std::int64_t first, std::int64_t last) {
  first_ = std::max<std::int64_t>(first, 0);
  peaks_.clear();
  begin_.assign(static_cast<std::size_t>(std::max<std::int64_t>(0, last - first_)) + 1, 0);
  reference.visit(first_, last, [&](std::int32_t frame, std::int32_t bin16) {
    ++begin_[static_cast<std::size_t>(frame - first_) + 1];
    peaks_.push_back({frame, bin16});
  });
  for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
}

Alignment align(std::span<const fingerprint::Peak> peaks, const TimedPeaks& reference, const Line& line,
                int search) {
  search = std::min(search, kMostAlignmentSearch);
  constexpr int kReach = kMostAlignmentSearch + static_cast<int>(kSpread);
  std::array<int, 2 * kReach + 1> same{};
  static constexpr std::array<int, 2 * kReach + 1>
      kNear{};  // neighbouring bins would not change what is best
  const int reach = search + static_cast<int>(kSpread);
  for (const auto& peak : peaks) {
    const GridPeak expected = line.expected(peak);
    const std::int32_t lowest = (expected.bin16 - kSameBin16) / LocalPeaks::kStep * LocalPeaks::kStep;
    const std::int32_t zero = expected.frame - kReach;
    reference.visit(
        expected.frame - reach, expected.frame + reach, [&](std::int32_t frame, std::int32_t bin16) {
          constexpr std::uint32_t kWidth = 2 * kSameBin16 + LocalPeaks::kStep;
          same[static_cast<std::size_t>(frame - zero)] +=  // without a branch: most peaks miss, some do not
              static_cast<std::uint32_t>(bin16 - lowest) < kWidth ? 1 : 0;
        });
  }
  Alignment best;
  best.agreement = graded(same, kNear, kReach);
  for (int away = 1; away <= search; ++away) {
    for (const int shift : {-away, away}) {
      const int agreement = graded(same, kNear, static_cast<std::size_t>(kReach + shift));
      if (agreement > best.agreement) best = {shift, agreement};
    }
  }
  return best;
}

}  // namespace earmark::index
