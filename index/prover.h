#pragma once
#include <optional>
#include <span>

#include "index/alignment.h"
#include "index/candidates.h"
#include "index/line.h"
#include "index/peak_raster.h"
#include "index/query_peaks.h"
#include "index/reference_peaks.h"
#include "index/search.h"

namespace earmark::index {

inline constexpr int kLoudRanks = 60;  ///< peaks a block with which a line is first tried, at half the cost

/// The peaks of rank < kLoudRanks, and nothing else.
[[nodiscard]] fingerprint::Fingerprint loudest(const fingerprint::Fingerprint& query);

/// What a line must reach to go on; explanations lower them to see how far a lost line came.
struct Bars {
  double worth_all = 3.2;  ///< z of the trial with the loud peaks from which all peaks are used
  double promising = 4.8;  ///< z from which longer spans are tried
  double seed = 5.0;       ///< z from which a line is worth refining
};
/// For lines that something else speaks for.
inline constexpr Bars kNoBars{-1e9, -1e9, -1e9};

/// Proves candidates of one window: finds the speed and place at which the recording agrees best, over the
/// window and over longer stretches about it. Thread-confined.
class Prover {
 public:
  /// loud: the query's loudest().
  Prover(const Engine::State& state, const QueryPeaks& peaks, const QueryPeaks& loud, FrameRange window)
      : state_(state), peaks_(peaks), loud_(loud), window_(window) {}

  /// Nothing when the candidate does not reach the bars.
  [[nodiscard]] std::optional<Seed> prove(const Candidate& candidate, const Bars& bars = {});

 private:
  /// The line under the warp, and with the shift up to `search` frames, at which the loud peaks agree best
  /// over the span.
  [[nodiscard]] Line aligned(FrameRange span, const Line& line, std::span<const Warp> warps, int search);
  /// That line, proven with all peaks.
  [[nodiscard]] Seed proven(FrameRange span, const Line& line, std::span<const Warp> warps);
  /// Moves the line by up to `search` frames to where the peaks agree best over the span; the z of that.
  double prove_along(Line& line, FrameRange span, const QueryPeaks& peaks, int search);

  const Engine::State& state_;
  const QueryPeaks& peaks_;
  const QueryPeaks& loud_;
  FrameRange window_;
  LocalPeaks local_;
  PeakRaster raster_;
};

}  // namespace earmark::index
