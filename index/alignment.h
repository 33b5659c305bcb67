#pragma once
// Where, and at which speed, a line agrees best. Looks only at what lies near the line: a tenth of the work
// of a proof, which needs a null as well.
#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "index/line.h"
#include "index/reference_peaks.h"

namespace earmark::index {

/// The peaks of a stretch of a recording in order of time, by frame. Reusable scratch space.
class TimedPeaks {
 public:
  /// Gathers the peaks with first <= frame < last.
  void gather(const ReferencePeaks& reference, std::int64_t first, std::int64_t last);

  /// Calls visit_peak(std::int32_t frame, std::int32_t bin16) for gathered peaks with from <= frame <= to.
  template <class Visit>
  void visit(std::int64_t from, std::int64_t to, Visit&& visit_peak) const {
    const std::int64_t frames = static_cast<std::int64_t>(begin_.size()) - 1;
    from = std::clamp<std::int64_t>(from - first_, 0, frames);
    to = std::clamp<std::int64_t>(to + 1 - first_, from, frames);
    for (std::uint32_t i = begin_[static_cast<std::size_t>(from)]; i < begin_[static_cast<std::size_t>(to)];
         ++i)
      visit_peak(peaks_[i].frame, peaks_[i].bin16);
  }

 private:
  struct Place {
    std::int32_t frame;
    std::int32_t bin16;
  };

  std::int64_t first_ = 0;
  std::vector<std::uint32_t> begin_ = {0};  ///< by frame from first_ on, and the end
  std::vector<Place> peaks_;
};

/// The shift within ±search frames at which the query's peaks agree best with the recording along a line, and
/// how well: in the units of Agreement, peaks in the same bin only.
struct Alignment {
  int shift = 0;
  int agreement = 0;
};
inline constexpr int kMostAlignmentSearch = 8;  ///< frames

[[nodiscard]] Alignment align(std::span<const fingerprint::Peak> peaks, const TimedPeaks& reference,
                              const Line& line, int search);

}  // namespace earmark::index
