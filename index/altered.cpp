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

std::vector<Seed> search_window(Prover prover, const Engine::State& state, const QueryPeaks& peaks,
                                FrameRange window) {
  std::vector<Seed> seeds;
  for (const Candidate& candidate : altered_candidates(state, peaks, window, kAlteredLines)) {
    if (auto seed = prover.prove(candidate)) seeds.push_back(*seed);
  }
  return seeds;
}

/// The windows whose middle no strong seed spans.
std::vector<FrameRange> unexplained(std::int64_t frames, std::span<const Seed> seeds) {
  if (search_windows(frames).empty()) return {};
  std::vector<FrameRange> windows = windows_of(frames, kAlteredWindow, kAlteredWindow / 2);
  std::erase_if(windows,
                [&](const FrameRange& window) { return explains(seeds, (window.first + window.last) / 2); });
  return windows;
}

}  // namespace

std::span<const Warp> alterations() {
  static const std::vector<Warp> kWarps = make_alterations();
  return kWarps;
}

std::vector<Candidate> altered_candidates(const Engine::State& state, const QueryPeaks& peaks,
                                          FrameRange window, std::size_t most) {
  std::vector<Candidate> candidates;
  for (const Warp& warp : alterations()) {
    for (Candidate candidate : landmark_candidates(state.postings, peaks, window, warp, kLookup)) {
      candidate.doubt = (warp.resampled() ? kPitchStep : kTempoStep) / 2;
      candidates.push_back(candidate);
    }
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.weight > b.weight; });
  candidates.resize(std::min(candidates.size(), most));
  return candidates;
}

std::vector<Seed> find_altered(const Engine::State& state, const QueryPeaks& peaks, const QueryPeaks& loud,
                               std::span<const Seed> seeds, std::size_t threads) {
  const auto windows = unexplained(peaks.frames(), seeds);
  std::vector<std::vector<Seed>> found(windows.size());
  parallel_for(windows.size(), threads, [&](std::size_t i) {
    found[i] = search_window({state, peaks, loud, windows[i]}, state, peaks, windows[i]);
  });
  std::vector<Seed> all;
  for (const auto& part : found) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace earmark::index
