#include "index/calibration.h"

#include <algorithm>
#include <cmath>

namespace earmark::index {
namespace {

// A logistic curve fitted on the development corpus (docs/fingerprint.md, "Calibration"), moved so that the
// default threshold, 0.9, stands where the tail of the negatives promises one false match in 400 scanned
// hours.
constexpr double kBias = -6.18;
constexpr double kWithoutBestBand = 0.73;
constexpr double kMost = 30.0;  // beyond this, more is no more
// What hangs on one second counts for little, however strong.
constexpr double kFree = 2.0;
// Loops agree with themselves at many shifts, which lowers z; that most of the query agrees speaks for them,
// where it is more than one second that does.
constexpr double kShare = 16.0;
constexpr double kMostShare = 0.25;
constexpr double kSolid = 6.0;  // z without the best second from which the share counts in full
// The mean of n cosines of what is not there is within this of 0 but for rare accidents, 16 of them over 5 s:
// what exceeds that is worth much, less is worth nothing.
constexpr double kCloseness = 46.5;
constexpr double kChanceCloseness = 0.22;
constexpr double kChanceEmbeddings = 16.0;
constexpr double kLeastChance = 0.1;
constexpr double kMostChance = 0.5;
constexpr double kMostExcess = 0.45;
// The shorter a stretch, the more places it was chosen from: without embeddings that confirm it, it must be
// stronger.
constexpr double kShortness = 2.6;     // nats, at half of kLongEnough
constexpr double kLongEnough = 250.0;  // frames; 4 s
constexpr double kConfirmed = 1.5;     // of the chance closeness
// Of many lines that embeddings alone put forward the closest is close by accident: some peaks must agree.
constexpr double kSilentPeaks = 4.5;  // z up to which closeness counts for nothing; in full from one more on
// Of so little neither what is left without a second nor a mean of cosines says much: single peaks and
// cosines put the likeliest recording first, but make none likely.
constexpr double kBriefShare = 16.0;
constexpr double kBriefCloseness = 1.6;
// The curve was fitted among 12.9 hours of recordings. Accidents are as many more as there is more to search:
// the odds of a true one go down by as much.
constexpr double kFittedFrames = 12.9 * 3600.0 * fingerprint::kFramesPerSecond;
// Fifty alterations are tried where one playback as it was is: as many more chances to agree by accident,
// though only the four heaviest lines of all of them are proven.
constexpr double kAltered = 2.0;            // nats
constexpr double kAsItWasTolerance = 0.03;  // of speed

double chance_closeness(int embeddings) {
  return std::clamp(kChanceCloseness * std::sqrt(kChanceEmbeddings / std::max(1, embeddings)), kLeastChance,
                    kMostChance);
}

bool altered(const Warp& warp) { return !warp.resampled() || std::abs(warp.time - 1.0) > kAsItWasTolerance; }

}  // namespace

double probability_of(const Evidence& evidence, const Warp& warp, std::uint64_t searched) {
  const double rest = std::max(0.0, evidence.without_best_second);
  const double strength = std::clamp(std::min(evidence.without_best_band, rest + kFree), 0.0, kMost);
  const double share =
      std::clamp(agreeing_share(evidence.proof), 0.0, kMostShare) * std::min(1.0, rest / kSolid);
  const double closeness = evidence.resemblance.closeness();
  const double chance = chance_closeness(evidence.resemblance.embeddings);
  const double missing = std::clamp(2.0 * (1.0 - evidence.frames / kLongEnough), 0.0, 1.0);
  const double heard = std::clamp(evidence.proof.z - kSilentPeaks, 0.0, 1.0);
  const double doubt = kShortness * missing * (1.0 - std::clamp(closeness / (kConfirmed * chance), 0.0, 1.0));
  const double brief = missing * (kBriefShare * std::clamp(agreeing_share(evidence.proof), 0.0, kMostShare) +
                                  kBriefCloseness * std::max(0.0, closeness));
  const double more = std::log(std::max(1.0, static_cast<double>(searched) / kFittedFrames));
  const double logit = kBias + kWithoutBestBand * strength + kShare * share +
                       kCloseness * heard * std::clamp(closeness - chance, 0.0, kMostExcess) -
                       (altered(warp) ? kAltered : 0.0) + brief - doubt - more;
  return 1.0 / (1.0 + std::exp(-logit));
}

}  // namespace earmark::index
