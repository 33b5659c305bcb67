#include <algorithm>
#include <cmath>

#include "index/calibration.h"
#include "index/extend.h"
#include "index/mirror.h"
#include "index/proof.h"
#include "index/search.h"

namespace earmark::index {
namespace {

constexpr double kSameLine = 12.0;            // frames by which two estimates of one line may differ
constexpr std::int64_t kSlack = 64;           // frames around a use in which its line is still its
constexpr std::int64_t kLongestProof = 1875;  // frames; 30 s: more proves nothing more
constexpr std::int64_t kShortestUse = 94;     // frames; 1.5 s
constexpr double kFineStep = 0.001;           // of speed
constexpr int kFineSteps = 6;
constexpr double kFinePitch = 0.0015;  // a fortieth of a semitone
constexpr int kFinePitches = 6;
constexpr double kUnitySpeed = 0.0015;  // differences from 1 under this are snapped where the evidence allows
constexpr double kUnityShare = 0.94;
constexpr std::int32_t kExplainedBin16 = 16;
constexpr std::int64_t kJoinGap = 500;  // frames; 8 s

class Assembler {
 public:
  Assembler(const Engine::State& state, const QueryPeaks& peaks, const Neighbourhood& neighbourhood,
            const Witness& witness)
      : state_(state),
        peaks_(peaks),
        neighbourhood_(neighbourhood),
        witness_(witness),
        explained_(peaks.size(), 0) {}

  void take(const Seed& seed) {
    if (covered(seed)) return;
    Use use = grow(seed);
    if (use.range.size() < std::min(kShortestUse, peaks_.frames() / 2)) {
      testify({use, use.evidence, 0.0, Verdict::Fate::kTooShort});
      return;
    }
    uses_.push_back(use);
  }

  std::vector<Use> resolve(const SearchOptions& options) {
    std::stable_sort(uses_.begin(), uses_.end(),
                     [](const Use& a, const Use& b) { return a.evidence.proof.z > b.evidence.proof.z; });
    std::vector<Use> kept;
    for (Use use : uses_) {
      use.evidence.resemblance =
          resemblance(neighbourhood_, state_.recordings[use.line.slot].span, use.line, use.proven);
      const Evidence alone = use.evidence;
      if (options.explain_away) use.evidence = unexplained(use);
      use.evidence.resemblance = alone.resemblance;
      if (probability_of(use.evidence, use.line.warp) < options.min_probability) {
        testify({use, alone, 0.0, Verdict::Fate::kTooUnsure});
        continue;
      }
      const double mirrored = backwards(use);
      if (mirrored > use.evidence.proof.agreement) {
        testify({use, alone, mirrored, Verdict::Fate::kBackwards});
        continue;
      }
      const bool joined = join(kept, use);
      if (!joined) kept.push_back(use);
      testify({use, alone, mirrored, joined ? Verdict::Fate::kJoined : Verdict::Fate::kKept});
      explain(use);
    }
    return kept;
  }

 private:
  void testify(const Verdict& verdict) const {
    if (witness_) witness_(verdict);
  }

  /// Gathers what a proof of the line over `range` needs.
  const LocalPeaks& local(const Line& line, FrameRange range) {
    const FrameRange reach = reach_of(range, line);
    local_.gather(state_.recordings[line.slot].peaks, reach.first, reach.last);
    return local_;
  }

  bool covered(const Seed& seed) const {
    const auto centre = (seed.span.first + seed.span.last) / 2;
    return std::any_of(uses_.begin(), uses_.end(), [&](const Use& use) {
      if (use.line.slot != seed.line.slot || centre < use.range.first - kSlack ||
          centre > use.range.last + kSlack)
        return false;
      const auto at = static_cast<double>(centre);
      return std::abs(use.line.reference_at(at) - seed.line.reference_at(at)) <= kSameLine;
    });
  }

  Use grow(const Seed& seed) {
    Use use{refined(seed), {}, seed.span, {}};
    const Recording& recording = state_.recordings[use.line.slot];
    use.range = extend(peaks_, {&recording.peaks, recording.span.frames, seed.span}, use.line);
    use.evidence = weigh(peaks_.in(seed.span), {}, local(use.line, seed.span), use.line);
    if (use.range.size() > 0) {
      const FrameRange span = proof_span(use.range, seed.span);
      const Evidence evidence = weigh(peaks_.in(span), {}, local(use.line, span), use.line);
      if (evidence.proof.z > use.evidence.proof.z) {
        use.evidence = evidence;
        use.proven = span;
      }
    }
    return use;
  }

  /// The part of the range that is proven anew: all of it, or 30 s around the seed.
  static FrameRange proof_span(FrameRange range, FrameRange seed) {
    if (range.size() <= kLongestProof) return range;
    const std::int64_t first =
        std::clamp((seed.first + seed.last - kLongestProof) / 2, range.first, range.last - kLongestProof);
    return {first, first + kLongestProof};
  }

  /// The seed's line at the speed, and where it does not follow from that the pitch, at which most agrees.
  Line refined(const Seed& seed) {
    Aligned best{seed.line, 0.0};
    for (int i = -kFineSteps; i <= kFineSteps; ++i)
      best.take(aligned(seed, seed.line.warp.with_time(seed.line.warp.time + i * kFineStep)));
    const Warp warp = best.line.warp;
    for (int i = -kFinePitches; i <= kFinePitches && !warp.resampled(); ++i)
      best.take(aligned(seed, {warp.time, warp.frequency * (1.0 + i * kFinePitch)}));
    if (std::abs(warp.time - 1.0) > kUnitySpeed) return best.line;
    const Aligned unity = aligned(seed, best.line.warp.with_time(1.0));
    return unity.agreement >= kUnityShare * best.agreement ? unity.line : best.line;
  }

  /// A line moved by the frames at which it agrees best.
  struct Aligned {
    Line line;
    double agreement = 0.0;

    void take(const Aligned& other) {
      if (other.agreement > agreement) *this = other;
    }
  };

  Aligned aligned(const Seed& seed, const Warp& warp) {
    Line line = seed.line;
    line.warp = warp;
    const Proof proof = Agreement(peaks_.in(seed.span), {}, local(seed.line, seed.span), line).prove(3);
    line.reference_anchor += proof.shift;
    return {line, proof.agreement};
  }

  /// Evidence for the use over its proven span without the peaks that a stronger use explains already.
  Evidence unexplained(const Use& use) {
    const std::size_t first = peaks_.index_of(use.proven.first);
    const auto peaks = peaks_.in(use.proven);
    const auto skip = std::span(explained_).subspan(first, peaks.size());
    if (std::none_of(skip.begin(), skip.end(), [](char c) { return c != 0; })) return use.evidence;
    return weigh(peaks, skip, local(use.line, use.proven), use.line);
  }

  /// How well the query agrees with the recording run backwards.
  double backwards(const Use& use) {
    const auto peaks = peaks_.in(use.proven);
    const auto skip =
        std::span<const char>(explained_).subspan(peaks_.index_of(use.proven.first), peaks.size());
    const auto at = [&](std::int64_t frame) {
      return static_cast<std::int64_t>(use.line.reference_at(static_cast<double>(frame)));
    };
    local_.gather(state_.recordings[use.line.slot].peaks, at(use.proven.first) - kMirrorReach,
                  at(use.proven.last) + kMirrorReach);
    return mirrored_agreement(peaks, skip, local_, use.line);
  }

  void explain(const Use& use) {
    const LocalPeaks& reference = local(use.line, use.range);
    std::size_t i = peaks_.index_of(use.range.first);
    for (const auto& peak : peaks_.in(use.range)) {
      const GridPeak expected = use.line.expected(peak);
      for (const std::int32_t frame :
           reference.between(expected.bin16 - kExplainedBin16, expected.bin16 + kExplainedBin16)) {
        if (std::abs(frame - expected.frame) <= 1) explained_[i] = 1;
      }
      ++i;
    }
  }

  /// Joins the use to a kept one of the same recording that it continues, and drops one that another passage
  /// of the same recording covers already (loops).
  static bool join(std::vector<Use>& kept, const Use& use) {
    for (Use& other : kept) {
      if (other.line.slot != use.line.slot) continue;
      const std::int64_t overlap =
          std::min(use.range.last, other.range.last) - std::max(use.range.first, other.range.first);
      const auto middle = 0.5 * static_cast<double>(use.range.first + use.range.last);
      const bool same =
          std::abs(other.line.reference_at(middle) - use.line.reference_at(middle)) <= 2 * kSameLine;
      if (same && overlap > -kJoinGap) {
        other.range.first = std::min(other.range.first, use.range.first);
        other.range.last = std::max(other.range.last, use.range.last);
        return true;
      }
      if (overlap * 2 > use.range.size()) return true;
    }
    return false;
  }

  const Engine::State& state_;
  const QueryPeaks& peaks_;
  const Neighbourhood& neighbourhood_;
  const Witness& witness_;
  LocalPeaks local_;
  std::vector<char> explained_;
  std::vector<Use> uses_;
};

}  // namespace

std::vector<Use> assemble(const Engine::State& state, const QueryPeaks& peaks,
                          const Neighbourhood& neighbourhood, std::vector<Seed> seeds,
                          const SearchOptions& options, const Witness& witness) {
  Assembler assembler(state, peaks, neighbourhood, witness);
  for (const Seed& seed : seeds) assembler.take(seed);
  return assembler.resolve(options);
}

}  // namespace earmark::index
