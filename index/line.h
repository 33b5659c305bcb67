#pragma once
#include <cstdint>

#include "index/landmarks.h"

namespace earmark::index {

/// A hypothesis: while the query plays, the recording in `slot` runs along a line.
struct Line {
  std::uint32_t slot = 0;
  Warp warp;
  double query_anchor = 0.0;      ///< a query frame
  double reference_anchor = 0.0;  ///< the recording's frame that sounds there

  /// The recording's frame that sounds at a query frame.
  [[nodiscard]] double reference_at(double query_frame) const {
    return reference_anchor + (query_frame - query_anchor) * warp.time;
  }
  /// Where a peak of the query should lie in the recording.
  [[nodiscard]] GridPeak expected(const fingerprint::Peak& peak) const {
    return {round_to_grid(reference_at(peak.frame)), round_to_grid(peak.bin16 * warp.frequency)};
  }
  [[nodiscard]] double query_at(double reference_frame) const {
    return query_anchor + (reference_frame - reference_anchor) / warp.time;
  }
};

/// A stretch of the query, in frames: [first, last).
struct FrameRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
  [[nodiscard]] std::int64_t size() const { return last - first; }
  [[nodiscard]] bool contains(std::int64_t frame) const { return first <= frame && frame < last; }
};

}  // namespace earmark::index
