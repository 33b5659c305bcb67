#pragma once
// From a seed to a use: where exactly, how fast, from when to when, how surely.
#include <span>
#include <vector>

#include "index/alignment.h"
#include "index/neighbourhood.h"
#include "index/query_peaks.h"
#include "index/search.h"

namespace earmark::index {

/// Grows seeds into uses. Thread-confined.
class Grower {
 public:
  Grower(const Engine::State& state, const QueryPeaks& peaks, const Neighbourhood& neighbourhood)
      : state_(state), peaks_(peaks), neighbourhood_(neighbourhood) {}

  /// The uses of one recording. seeds: all of it, strongest first; one that lies on a use already makes no
  /// other. What is hopeless is weighed, but neither refined nor extended.
  [[nodiscard]] std::vector<Use> grow(std::span<const Seed> seeds);

 private:
  struct Aligned;

  [[nodiscard]] Use grow(const Seed& seed);
  [[nodiscard]] Evidence weighed(const Line& line, FrameRange span);
  /// The line at the speed, and where it does not follow from that the pitch, at which most agrees over the
  /// span.
  [[nodiscard]] Line refined(const Line& line, FrameRange span, double step);
  /// The line under a warp, moved by the frames at which it agrees best.
  [[nodiscard]] Aligned aligned(const Line& line, FrameRange span, const Warp& warp) const;

  const Engine::State& state_;
  const QueryPeaks& peaks_;
  const Neighbourhood& neighbourhood_;
  LocalPeaks local_;
  PeakRaster raster_;
};

}  // namespace earmark::index
