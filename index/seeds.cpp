#include "index/seeds.h"

#include <algorithm>

#include "core/parallel.h"
#include "index/altered.h"
#include "index/candidates.h"
#include "index/prover.h"
#include "index/search.h"
#include "index/windows.h"

namespace earmark::index {
namespace {

constexpr double kSameCandidate = 24.0;  // frames by which embeddings may miss a line

/// The windows that begin in the same 20 s.
std::vector<std::vector<FrameRange>> by_stretch(std::span<const FrameRange> windows) {
  std::vector<std::vector<FrameRange>> stretches;
  for (const FrameRange& window : windows) {
    const auto at = static_cast<std::size_t>(window.first / kLongWindow);
    if (stretches.size() <= at) stretches.resize(at + 1);
    stretches[at].push_back(window);
  }
  std::erase_if(stretches, [](const auto& stretch) { return stretch.empty(); });
  return stretches;
}

/// Searches the windows of one stretch.
class StretchSearch {
 public:
  StretchSearch(const Engine::State& state, const QueryPeaks& peaks, const QueryPeaks& loud,
                const Neighbourhood& neighbourhood, std::span<const FrameRange> windows)
      : state_(state),
        peaks_(peaks),
        loud_(loud),
        neighbourhood_(neighbourhood),
        votes_(state.postings, peaks, windows, Warp{}, is_short() ? kShortLookup : kWindowLookup) {}

  /// First the windows that lie side by side. Of those that overlap them only what strong seeds leave open:
  /// what else plays there was looked for already.
  std::vector<Seed> run(std::span<const FrameRange> windows) {
    const auto side_by_side = [](const FrameRange& window) {
      return window.size() <= kShortWindow && window.first % kShortWindow == 0;
    };
    for (const FrameRange& window : windows) {
      if (side_by_side(window)) search(window);
    }
    for (const FrameRange& window : windows) {
      if (!side_by_side(window) && !is_explained(window)) search(window);
    }
    return std::move(seeds_);
  }

 private:
  void search(FrameRange window) {
    auto candidates = votes_.candidates(window);
    if (window.size() <= kShortWindow) {
      const auto more =
          embedding_candidates(neighbourhood_, window, is_short() ? kShortEmbeddingLookup : kEmbeddingLookup);
      candidates.insert(candidates.end(), more.begin(), more.end());
    }
    const std::size_t before = seeds_.size();
    Prover prover(state_, peaks_, loud_, window);
    for (const Candidate& candidate : candidates) {
      if (is_known(candidate, window, before)) continue;
      if (auto seed = prover.prove(candidate, is_short() ? kNoBars : Bars{})) seeds_.push_back(*seed);
    }
  }

  [[nodiscard]] bool is_short() const { return peaks_.frames() <= kShortQuery; }

  [[nodiscard]] bool is_explained(FrameRange window) const {
    return explains(seeds_, window.first) && explains(seeds_, (window.first + window.last) / 2) &&
           explains(seeds_, window.last - 1);
  }

  /// Does the candidate lie on a line that is proven there: by the other channel (seeds from `own` on), or
  /// strongly?
  [[nodiscard]] bool is_known(const Candidate& candidate, FrameRange window, std::size_t own) const {
    const auto span = state_.timeline.find(candidate.witness);
    if (!span) return true;
    const std::int64_t middle = (window.first + window.last) / 2;
    const auto place = static_cast<double>(candidate.place - std::int64_t{span->first});
    for (std::size_t i = 0; i < seeds_.size(); ++i) {
      const Seed& seed = seeds_[i];
      if (seed.line.slot != span->slot || (i < own && seed.z < kSureSeed) || !seed.span.contains(middle))
        continue;
      if (std::abs(seed.line.reference_at(static_cast<double>(middle)) - place) <= kSameCandidate)
        return true;
    }
    return false;
  }

  const Engine::State& state_;
  const QueryPeaks& peaks_;
  const QueryPeaks& loud_;
  const Neighbourhood& neighbourhood_;
  LandmarkVotes votes_;
  std::vector<Seed> seeds_;
};

bool stronger(const Seed& a, const Seed& b) {
  if (a.z != b.z) return a.z > b.z;
  if (a.line.slot != b.line.slot) return a.line.slot < b.line.slot;
  if (a.span.first != b.span.first) return a.span.first < b.span.first;
  return a.line.reference_anchor < b.line.reference_anchor;
}

}  // namespace

bool explains(std::span<const Seed> seeds, std::int64_t frame) {
  return std::any_of(seeds.begin(), seeds.end(),
                     [&](const Seed& seed) { return seed.z >= kSureSeed && seed.span.contains(frame); });
}

std::vector<Seed> find_seeds(const Engine::State& state, const fingerprint::Fingerprint& query,
                             const QueryPeaks& peaks, const Neighbourhood& neighbourhood,
                             std::size_t threads) {
  const fingerprint::Fingerprint loud = loudest(query);
  const QueryPeaks loud_peaks(loud);
  const auto stretches = by_stretch(search_windows(peaks.frames()));
  std::vector<std::vector<Seed>> found(stretches.size());
  parallel_for(stretches.size(), threads, [&](std::size_t i) {
    found[i] = StretchSearch(state, peaks, loud_peaks, neighbourhood, stretches[i]).run(stretches[i]);
  });
  std::vector<Seed> seeds;
  for (const auto& part : found) seeds.insert(seeds.end(), part.begin(), part.end());
  const auto altered = find_altered(state, peaks, loud_peaks, seeds, threads);
  seeds.insert(seeds.end(), altered.begin(), altered.end());
  std::sort(seeds.begin(), seeds.end(), stronger);
  return seeds;
}

}  // namespace earmark::index
