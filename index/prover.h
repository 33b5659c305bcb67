#pragma once
#include <optional>
#include <span>

#include "index/candidates.h"
#include "index/line.h"
#include "index/query_peaks.h"
#include "index/reference_peaks.h"
#include "index/search.h"

namespace earmark::index {

inline constexpr int kLoudRanks = 60;  ///< peaks a block with which a line is first tried, at half the cost

/// Proves candidates of one window: finds the speed and place at which the recording agrees best, over the
/// window and over longer stretches about it. Thread-confined.
class Prover {
 public:
  /// loud: the query's peaks of rank < kLoudRanks.
  Prover(const Engine::State& state, const QueryPeaks& peaks, const QueryPeaks& loud, FrameRange window)
      : state_(state), peaks_(peaks), loud_(loud), window_(window) {}

  /// Nothing when the candidate does not reach seed strength.
  [[nodiscard]] std::optional<Seed> prove(const Candidate& candidate);

 private:
  /// Takes the best of some warps for a line, over best.span, into `best` where it is better.
  void try_warps(Seed& best, const QueryPeaks& peaks, const Line& line, std::span<const Warp> warps,
                 int search);

  const Engine::State& state_;
  const QueryPeaks& peaks_;
  const QueryPeaks& loud_;
  FrameRange window_;
  LocalPeaks local_;
};

}  // namespace earmark::index
