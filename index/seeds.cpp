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

std::vector<Seed> search_window(Prover prover, const Engine::State& state, const QueryPeaks& peaks,
                                const Neighbourhood& neighbourhood, FrameRange window) {
  auto candidates = landmark_candidates(state.postings, peaks, window, Warp{}, kWindowLookup);
  if (window.size() <= kShortWindow) {
    const auto more = embedding_candidates(neighbourhood, window, kEmbeddingLines);
    candidates.insert(candidates.end(), more.begin(), more.end());
  }
  std::vector<Seed> seeds;
  for (const Candidate& candidate : candidates) {
    if (auto seed = prover.prove(candidate)) seeds.push_back(*seed);
  }
  return seeds;
}

bool stronger(const Seed& a, const Seed& b) {
  if (a.z != b.z) return a.z > b.z;
  if (a.line.slot != b.line.slot) return a.line.slot < b.line.slot;
  if (a.span.first != b.span.first) return a.span.first < b.span.first;
  return a.line.reference_anchor < b.line.reference_anchor;
}

}  // namespace

std::vector<Seed> find_seeds(const Engine::State& state, const fingerprint::Fingerprint& query,
                             const QueryPeaks& peaks, const Neighbourhood& neighbourhood,
                             std::size_t threads) {
  const fingerprint::Fingerprint loud = loudest(query);
  const QueryPeaks loud_peaks(loud);
  const auto windows = search_windows(peaks.frames());
  std::vector<std::vector<Seed>> found(windows.size());
  parallel_for(windows.size(), threads, [&](std::size_t i) {
    found[i] = search_window({state, peaks, loud_peaks, windows[i]}, state, peaks, neighbourhood, windows[i]);
  });
  std::vector<Seed> seeds;
  for (const auto& part : found) seeds.insert(seeds.end(), part.begin(), part.end());
  const auto altered = find_altered(state, peaks, loud_peaks, seeds, threads);
  seeds.insert(seeds.end(), altered.begin(), altered.end());
  std::sort(seeds.begin(), seeds.end(), stronger);
  return seeds;
}

}  // namespace earmark::index
