#include <algorithm>
#include <iterator>

#include "core/parallel.h"
#include "index/altered.h"
#include "index/candidates.h"
#include "index/prover.h"
#include "index/search.h"
#include "index/windows.h"

namespace earmark::index {
namespace {

constexpr std::size_t kNeighbours = 12;
constexpr std::size_t kNeighbourBatch = 512;  // embeddings per FAISS call
constexpr std::size_t kLandmarkLines = 10;
constexpr std::size_t kEmbeddingLines = 6;

Neighbourhood find_neighbours(const VectorIndex& vectors, const fingerprint::Fingerprint& query,
                              std::size_t threads) {
  Neighbourhood out;
  out.k = kNeighbours;
  out.hop = query.embedding_hop();
  const std::size_t n = query.embeddings.size();
  out.neighbours.resize(n * kNeighbours);
  parallel_for((n + kNeighbourBatch - 1) / kNeighbourBatch, threads, [&](std::size_t batch) {
    const std::size_t first = batch * kNeighbourBatch;
    const auto part = std::span(query.embeddings).subspan(first, std::min(kNeighbourBatch, n - first));
    const auto found = vectors.search(part, kNeighbours);
    std::copy(found.begin(), found.end(),
              out.neighbours.begin() + static_cast<std::ptrdiff_t>(first * kNeighbours));
  });
  return out;
}

std::vector<Seed> search_window(Prover prover, const Engine::State& state, const QueryPeaks& peaks,
                                const Neighbourhood& neighbourhood, FrameRange window) {
  auto candidates = landmark_candidates(state.postings, peaks, window, Warp{}, kQueryPairing, kLandmarkLines);
  const auto more = embedding_candidates(neighbourhood, window, kEmbeddingLines);
  candidates.insert(candidates.end(), more.begin(), more.end());
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
                             const QueryPeaks& peaks, std::size_t threads) {
  const Neighbourhood neighbourhood = find_neighbours(state.vectors, query, threads);
  fingerprint::Fingerprint loud;
  loud.samples = query.samples;
  std::copy_if(query.peaks.begin(), query.peaks.end(), std::back_inserter(loud.peaks),
               [](const auto& peak) { return peak.rank < kLoudRanks; });
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
