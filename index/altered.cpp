#include "index/altered.h"

#include <algorithm>
#include <cmath>

#include "core/parallel.h"
#include "index/candidates.h"
#include "index/prover.h"
#include "index/seeds.h"
#include "index/windows.h"

namespace earmark::index {
namespace {

constexpr std::size_t kTogether = 4;      // windows whose pairs are looked up at once
constexpr double kPitchStep = 0.02;       // a third of a semitone; between two steps enough bins agree
constexpr double kTempoStep = 0.03;       // pairs of peaks are short: their steps change little
constexpr double kPitchTolerance = 0.01;  // so near to the original nothing is altered
// A fifteenth of the pairs that are looked up for an unaltered window: of 10 s of music they are still
// plenty.
constexpr LandmarkLookup kLookup{.pairing = {.max_rank = 24, .fan_out = 4}, .votes_per_frame = 7, .most = 2};

std::vector<Warp> make_alterations() {
  std::vector<Warp> warps;
  const auto each = [](double from, double to, double step, auto&& visit) {
    for (double ratio = from; ratio <= to; ratio *= 1.0 + step) {
      if (std::abs(ratio - 1.0) > kPitchTolerance) visit(ratio);
    }
  };
  each(0.8, 1.26, kPitchStep, [&](double speed) { warps.push_back({speed, 1.0 / speed}); });
  each(0.8, 1.22, kTempoStep, [&](double tempo) { warps.push_back({tempo, 1.0}); });
  each(0.84, 1.19, kPitchStep, [&](double pitch) { warps.push_back({1.0, pitch}); });
  return warps;
}

/// The windows whose middle no strong seed spans.
std::vector<FrameRange> unexplained(std::int64_t frames, std::span<const Seed> seeds) {
  if (search_windows(frames).empty()) return {};
  std::vector<FrameRange> windows = windows_of(frames, kAlteredWindow, kAlteredWindow / 2);
  std::erase_if(windows,
                [&](const FrameRange& window) { return explains(seeds, (window.first + window.last) / 2); });
  return windows;
}

/// Runs of windows that overlap, of at most kTogether.
std::vector<std::span<const FrameRange>> runs_of(std::span<const FrameRange> windows) {
  std::vector<std::span<const FrameRange>> runs;
  for (std::size_t first = 0; first < windows.size();) {
    std::size_t last = first + 1;
    while (last < windows.size() && last - first < kTogether && windows[last].first < windows[last - 1].last)
      ++last;
    runs.push_back(windows.subspan(first, last - first));
    first = last;
  }
  return runs;
}

}  // namespace

std::span<const Warp> alterations() {
  static const std::vector<Warp> kWarps = make_alterations();
  return kWarps;
}

std::vector<std::vector<Candidate>> altered_candidates(const Engine::State& state, const QueryPeaks& peaks,
                                                       std::span<const FrameRange> windows,
                                                       std::size_t most) {
  std::vector<std::vector<Candidate>> of_windows(windows.size());
  for (const Warp& warp : alterations()) {
    const LandmarkVotes votes(state.postings, peaks, windows, warp, kLookup);
    for (std::size_t i = 0; i < windows.size(); ++i) {
      for (Candidate candidate : votes.candidates(windows[i])) {
        candidate.doubt = (warp.resampled() ? kPitchStep : kTempoStep) / 2;
        of_windows[i].push_back(candidate);
      }
    }
  }
  for (auto& candidates : of_windows) {
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.weight > b.weight; });
    candidates.resize(std::min(candidates.size(), most));
  }
  return of_windows;
}

std::vector<Seed> find_altered(const Engine::State& state, const QueryPeaks& peaks, const QueryPeaks& loud,
                               std::span<const Seed> seeds, std::size_t threads) {
  const auto windows = unexplained(peaks.frames(), seeds);
  const auto runs = runs_of(windows);
  std::vector<std::vector<Seed>> found(runs.size());
  parallel_for(runs.size(), threads, [&](std::size_t i) {
    const auto candidates = altered_candidates(state, peaks, runs[i], kAlteredLines);
    for (std::size_t j = 0; j < runs[i].size(); ++j) {
      Prover prover(state, peaks, loud, runs[i][j]);
      for (const Candidate& candidate : candidates[j]) {
        if (auto seed = prover.prove(candidate)) found[i].push_back(*seed);
      }
    }
  });
  std::vector<Seed> all;
  for (const auto& part : found) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace earmark::index
