#pragma once
// Where, and at which speed, a line agrees best. Looks only at what lies near the line: a fraction of the
// work of a proof, which needs a null as well.
#include <span>

#include "index/line.h"
#include "index/peak_raster.h"

namespace earmark::index {

/// The shift within ±search frames at which the query's peaks agree best with the recording along a line, and
/// how well: in the units of Agreement, peaks in the same bin only.
struct Alignment {
  int shift = 0;
  int agreement = 0;
};
inline constexpr int kMostAlignmentSearch = 24;  ///< frames

[[nodiscard]] Alignment align(std::span<const fingerprint::Peak> peaks, const PeakRaster& reference,
                              const Line& line, int search);

}  // namespace earmark::index
