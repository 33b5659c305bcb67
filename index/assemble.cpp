#include <algorithm>
#include <cmath>
#include <span>
#include <unordered_map>

#include "core/parallel.h"
#include "index/calibration.h"
#include "index/grow.h"
#include "index/mirror.h"
#include "index/proof.h"
#include "index/search.h"

namespace earmark::index {
namespace {

constexpr std::int64_t kShortestUse = 94;  // frames; 1.5 s
constexpr std::int32_t kExplainedBin16 = 16;
constexpr std::int64_t kJoinGap = 500;  // frames; 8 s

/// Embeddings cannot be explained one by one: they count as far as the peaks do that nothing else explains.
Resemblance of_unexplained(const Evidence& alone, const Proof& rest) {
  const double all = alone.proof.agreement - alone.proof.expected;
  const double left = rest.agreement - rest.expected;
  const double share = all <= 0.0 ? 0.0 : std::clamp(left / all, 0.0, 1.0);
  Resemblance resemblance = alone.resemblance;
  resemblance.share *= share;
  resemblance.similarity *= share;
  resemblance.beside *= share;
  return resemblance;
}

class Assembler {
 public:
  Assembler(const Engine::State& state, const QueryPeaks& peaks, const Witness& witness)
      : state_(state), peaks_(peaks), witness_(witness), explained_(peaks.size(), 0) {}

  /// uses: strongest first.
  std::vector<Use> resolve(std::span<const Use> uses, const SearchOptions& options) {
    std::vector<Use> kept;
    for (Use use : uses) {
      const Evidence alone = use.evidence;
      if (use.range.size() < std::min(kShortestUse, peaks_.frames() / 2)) {
        testify({use, alone, 0.0, Verdict::Fate::kTooShort});
        continue;
      }
      // Without the peaks that others explain it cannot become more.
      if (options.explain_away &&
          probability_of(alone, use.line.warp, state_.timeline.frames()) >= options.min_probability) {
        use.evidence = unexplained(use);
        use.evidence.resemblance = of_unexplained(alone, use.evidence.proof);
      }
      if (probability_of(use.evidence, use.line.warp, state_.timeline.frames()) < options.min_probability) {
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
  const Witness& witness_;
  LocalPeaks local_;
  std::vector<char> explained_;
};

/// The seeds of each recording, in their order.
std::vector<std::vector<Seed>> by_recording(std::span<const Seed> seeds) {
  std::vector<std::vector<Seed>> groups;
  std::unordered_map<std::uint32_t, std::size_t> group_of;
  for (const Seed& seed : seeds) {
    const auto [at, is_new] = group_of.try_emplace(seed.line.slot, groups.size());
    if (is_new) groups.emplace_back();
    groups[at->second].push_back(seed);
  }
  return groups;
}

}  // namespace

std::vector<Use> assemble(const Engine::State& state, const QueryPeaks& peaks,
                          const Neighbourhood& neighbourhood, std::vector<Seed> seeds,
                          const SearchOptions& options, const Witness& witness) {
  const auto groups = by_recording(seeds);
  std::vector<std::vector<Use>> grown(groups.size());
  parallel_for(groups.size(), options.threads,
               [&](std::size_t i) { grown[i] = Grower(state, peaks, neighbourhood).grow(groups[i]); });
  std::vector<Use> uses;
  for (const auto& part : grown) uses.insert(uses.end(), part.begin(), part.end());
  std::stable_sort(uses.begin(), uses.end(),
                   [](const Use& a, const Use& b) { return a.evidence.proof.z > b.evidence.proof.z; });
  return Assembler(state, peaks, witness).resolve(uses, options);
}

}  // namespace earmark::index
