#include "index/grow.h"

#include <algorithm>
#include <cmath>

#include "index/calibration.h"
#include "index/extend.h"
#include "index/proof.h"
#include "index/seeds.h"

namespace earmark::index {
namespace {

constexpr std::int64_t kSlack = 64;           // frames around a use in which its line is still its
constexpr std::int64_t kLongestProof = 1875;  // frames; 30 s: more proves nothing more
constexpr double kHopeless = 0.1;             // probability of a seed that growing has never made sure
constexpr double kOutshone = 0.7;             // of a use's z
constexpr double kFineStep = 0.001;           // of speed, over a seed
constexpr double kFinestStep = 0.0004;        // over a use that is longer than its seed
constexpr int kFineSteps = 6;
constexpr int kFineSearch = 3;         // frames
constexpr double kFinePitch = 0.0015;  // a fortieth of a semitone
constexpr int kFinePitches = 6;
constexpr double kUnitySpeed = 0.0015;  // differences from 1 under this are snapped where the evidence allows
constexpr double kUnityShare = 0.94;

bool covers(const Use& use, const Seed& seed) {
  const auto centre = (seed.span.first + seed.span.last) / 2;
  if (centre < use.range.first - kSlack || centre > use.range.last + kSlack) return false;
  const auto at = static_cast<double>(centre);
  return std::abs(use.line.reference_at(at) - seed.line.reference_at(at)) <= kSameLine;
}

/// Would the seed be another passage of the recording while the use plays? Where the use is much stronger,
/// that is how loops resemble themselves.
bool outshines(const Use& use, const Seed& seed) {
  return use.evidence.proof.z >= kSureSeed && seed.z <= kOutshone * use.evidence.proof.z &&
         seed.span.first >= use.range.first - kSlack && seed.span.last <= use.range.last + kSlack;
}

/// The part of the range that is proven anew: all of it, or 30 s around the seed.
FrameRange proof_span(FrameRange range, FrameRange seed) {
  if (range.size() <= kLongestProof) return range;
  const std::int64_t first =
      std::clamp((seed.first + seed.last - kLongestProof) / 2, range.first, range.last - kLongestProof);
  return {first, first + kLongestProof};
}

}  // namespace

struct Grower::Aligned {
  Line line;
  int agreement = 0;

  void take(const Aligned& other) {
    if (other.agreement > agreement) *this = other;
  }
};

std::vector<Use> Grower::grow(std::span<const Seed> seeds) {
  std::vector<Use> uses;
  for (const Seed& seed : seeds) {
    const bool known = std::any_of(uses.begin(), uses.end(),
                                   [&](const Use& use) { return covers(use, seed) || outshines(use, seed); });
    if (!known) uses.push_back(grow(seed));
  }
  return uses;
}

Use Grower::grow(const Seed& seed) {
  Use use{seed.line, seed.span, seed.span, weighed(seed.line, seed.span)};
  if (probability_of(use.evidence, use.line.warp, state_.timeline.frames()) < kHopeless) return use;
  const Recording& recording = state_.recordings[seed.line.slot];
  use.line = refined(seed.line, seed.span, kFineStep);
  use.range =
      extend(peaks_, {&recording.peaks, recording.span, &neighbourhood_, seed.span, use.evidence.resemblance},
             use.line);
  use.evidence = weighed(use.line, seed.span);
  if (use.range.size() == 0) return use;
  const FrameRange span = proof_span(use.range, seed.span);
  if (span.size() > seed.span.size()) use.line = refined(use.line, span, kFinestStep);
  const Evidence evidence = weighed(use.line, span);
  if (evidence.proof.z > use.evidence.proof.z) {
    use.evidence = evidence;
    use.proven = span;
  }
  return use;
}

Evidence Grower::weighed(const Line& line, FrameRange span) {
  const Recording& recording = state_.recordings[line.slot];
  const FrameRange reach = reach_of(span, line);
  local_.gather(recording.peaks, reach.first, reach.last);
  Evidence evidence = weigh(peaks_.in(span), {}, local_, line);
  evidence.resemblance = resemblance(neighbourhood_, recording.span, line, span);
  return evidence;
}

Line Grower::refined(const Line& line, FrameRange span, double step) {
  raster_.gather(state_.recordings[line.slot].peaks, reach_of(span, line));
  Aligned best{line, 0};
  for (int i = -kFineSteps; i <= kFineSteps; ++i)
    best.take(aligned(line, span, line.warp.with_time(line.warp.time + i * step)));
  const Warp warp = best.line.warp;
  for (int i = -kFinePitches; i <= kFinePitches && !warp.resampled(); ++i)
    best.take(aligned(line, span, {warp.time, warp.frequency * (1.0 + i * kFinePitch)}));
  if (std::abs(warp.time - 1.0) > kUnitySpeed) return best.line;
  const Aligned unity = aligned(line, span, best.line.warp.with_time(1.0));
  return unity.agreement >= kUnityShare * best.agreement ? unity.line : best.line;
}

Grower::Aligned Grower::aligned(const Line& line, FrameRange span, const Warp& warp) const {
  Line moved = line;
  moved.warp = warp;
  const Alignment alignment = align(peaks_.in(span), raster_, moved, kFineSearch);
  moved.reference_anchor += alignment.shift;
  return {moved, alignment.agreement};
}

}  // namespace earmark::index
