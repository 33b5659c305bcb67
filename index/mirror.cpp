#include "index/mirror.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "index/grading.h"

namespace earmark::index {

double mirrored_agreement(std::span<const fingerprint::Peak> peaks, std::span<const char> skip,
                          const LocalPeaks& local, const Line& line) {
  if (peaks.empty()) return 0.0;
  // Backwards, the peak that the line expects at e meets the recording's at c - e, for one c: pairs vote for
  // c.
  const std::int32_t first = line.expected(peaks.front()).frame;
  const std::int32_t last = line.expected(peaks.back()).frame;
  const auto reach = static_cast<std::int32_t>(kMirrorReach) + std::abs(last - first);
  const std::int32_t lowest = first + last - reach;
  std::vector<int> same(static_cast<std::size_t>(2 * reach + 2));  // the last one takes what lies outside
  std::vector<int> near(same.size());
  for (std::size_t i = 0; i < peaks.size(); ++i) {
    if (!skip.empty() && skip[i] != 0) continue;
    const GridPeak expected = line.expected(peaks[i]);
    const auto vote = [&](std::vector<int>& counts, std::int32_t frame) {
      const auto c = static_cast<std::size_t>(std::max(0, frame + expected.frame - lowest));
      ++counts[std::min(c, counts.size() - 1)];
    };
    visit_alike(
        local, expected.bin16, [&](std::int32_t frame) { vote(same, frame); },
        [&](std::int32_t frame) { vote(near, frame); });
  }
  int most = 0;
  for (std::size_t c = 2 * kSpread; c + 2 * kSpread < same.size(); ++c)
    most = std::max(most, graded(same, near, c));
  return most;
}

}  // namespace earmark::index
