#include "index/calibration.h"

#include <algorithm>
#include <cmath>

namespace earmark::index {
namespace {

// A logistic curve over the three strengths, fitted on the development corpus (docs/fingerprint.md,
// "Calibration").
constexpr double kBias = -10.44;
constexpr double kStrength = 0.637;
constexpr double kWithoutBestSecond = 0.427;
constexpr double kWithoutBestBand = 0.152;
constexpr double kShareOfRest = 1.5;
constexpr double kFree = 2.0;
constexpr double kMost = 30.0;  // beyond this, more is no more

}  // namespace

double probability_of(const Evidence& evidence) {
  const auto capped = [](double z) { return std::clamp(z, 0.0, kMost); };
  // What hangs on one second counts for little, however strong.
  const double strength = std::min(evidence.proof.z, kShareOfRest * evidence.without_best_second + kFree);
  const double logit = kBias + kStrength * capped(strength) +
                       kWithoutBestSecond * capped(evidence.without_best_second) +
                       kWithoutBestBand * capped(evidence.without_best_band);
  return 1.0 / (1.0 + std::exp(-logit));
}

}  // namespace earmark::index
