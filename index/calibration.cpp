#include "index/calibration.h"

#include <algorithm>
#include <cmath>

namespace earmark::index {
namespace {

// A logistic curve fitted on the development corpus (docs/fingerprint.md, "Calibration"). The bias is lower
// than the fit's: in the field far fewer windows hold something to be found than in a benchmark.
constexpr double kBias = -15.2;
constexpr double kStrength = 1.0;
constexpr double kWithoutBestBand = 0.47;
// Loops agree with themselves at many shifts, which lowers z; that most of the query agrees speaks for them.
constexpr double kShare = 12.0;
constexpr double kMostShare = 0.3;
constexpr double kMost = 30.0;  // beyond this, more is no more
// What hangs on one second counts for little, however strong.
constexpr double kShareOfRest = 1.5;
constexpr double kFree = 2.0;
// Sixty alterations are tried where one playback as it was is: as many more chances to agree by accident.
constexpr double kAltered = 4.1;            // nats; ln 60
constexpr double kAsItWasTolerance = 0.03;  // of speed

bool altered(const Warp& warp) { return !warp.resampled() || std::abs(warp.time - 1.0) > kAsItWasTolerance; }

}  // namespace

double probability_of(const Evidence& evidence, const Warp& warp) {
  const auto capped = [](double z) { return std::clamp(z, 0.0, kMost); };
  const double strength = std::min(evidence.proof.z, kShareOfRest * evidence.without_best_second + kFree);
  const double share = std::clamp(agreeing_share(evidence.proof), 0.0, kMostShare);
  const double logit = kBias + kShare * share + kStrength * capped(strength) +
                       kWithoutBestBand * capped(evidence.without_best_band) -
                       (altered(warp) ? kAltered : 0.0);
  return 1.0 / (1.0 + std::exp(-logit));
}

}  // namespace earmark::index
