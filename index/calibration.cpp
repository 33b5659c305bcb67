#include "index/calibration.h"

#include <algorithm>
#include <cmath>

namespace earmark::index {
namespace {

// A logistic curve fitted on the development corpus (docs/fingerprint.md, "Calibration"), moved so that the
// default threshold, 0.9, stands where the tail of the negatives promises one false match in 300 scanned
// hours.
constexpr double kBias = -6.1;
constexpr double kWithoutBestBand = 0.8;
constexpr double kMost = 30.0;  // beyond this, more is no more
// What hangs on one second counts for little, however strong.
constexpr double kPerRest = 2.0;
constexpr double kFree = 4.0;
// Loops agree with themselves at many shifts, which lowers z; that most of the query agrees speaks for them,
// where it is more than one second that does.
constexpr double kShare = 8.9;
constexpr double kMostShare = 0.25;
constexpr double kSolid = 6.0;  // z without the best second from which the share counts in full
// The embeddings of what is not there resemble the line by 0.04 more than its neighbourhood, give or take
// 0.06: what exceeds that by far is worth much, less is worth nothing.
constexpr double kCloseness = 37.0;
constexpr double kChanceCloseness = 0.2;
constexpr double kMostCloseness = 0.6;
// The shorter a stretch, the more places it was chosen from: without embeddings that confirm it, it must be
// stronger.
constexpr double kShortness = 3.0;     // nats, at half of kLongEnough
constexpr double kLongEnough = 250.0;  // frames; 4 s
constexpr double kConfirmed = 0.3;     // closeness
// Fifty alterations are tried where one playback as it was is: as many more chances to agree by accident,
// though only the four heaviest lines of all of them are proven.
constexpr double kAltered = 2.0;            // nats
constexpr double kAsItWasTolerance = 0.03;  // of speed

bool altered(const Warp& warp) { return !warp.resampled() || std::abs(warp.time - 1.0) > kAsItWasTolerance; }

}  // namespace

double probability_of(const Evidence& evidence, const Warp& warp) {
  const double rest = std::max(0.0, evidence.without_best_second);
  const double strength =
      std::clamp(std::min(evidence.without_best_band, kPerRest * rest + kFree), 0.0, kMost);
  const double share =
      std::clamp(agreeing_share(evidence.proof), 0.0, kMostShare) * std::min(1.0, rest / kSolid);
  const double closeness = std::clamp(evidence.resemblance.closeness(), 0.0, kMostCloseness);
  const double missing = std::clamp(2.0 * (1.0 - evidence.frames / kLongEnough), 0.0, 1.0);
  const double doubt = kShortness * missing * (1.0 - std::min(1.0, closeness / kConfirmed));
  const double logit = kBias + kWithoutBestBand * strength + kShare * share +
                       kCloseness * std::max(0.0, closeness - kChanceCloseness) -
                       (altered(warp) ? kAltered : 0.0) - doubt;
  return 1.0 / (1.0 + std::exp(-logit));
}

}  // namespace earmark::index
