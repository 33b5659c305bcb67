#include <algorithm>
#include <cmath>
#include <optional>

#include "core/parallel.h"
#include "index/candidates.h"
#include "index/proof.h"
#include "index/search.h"

namespace earmark::index {
namespace {

constexpr std::int64_t kShortWindow = 312;   // frames; 5 s
constexpr std::int64_t kLongWindow = 1250;   // 20 s
constexpr std::int64_t kShortestQuery = 48;  // 0.8 s: less holds no evidence
constexpr std::size_t kNeighbours = 12;
constexpr std::size_t kNeighbourBatch = 512;  // embeddings per FAISS call
constexpr std::size_t kLandmarkLines = 12;
constexpr std::size_t kEmbeddingLines = 8;
constexpr int kLandmarkSearch = 5;  // frames around a line that its channel leaves open
constexpr int kEmbeddingSearch = 22;
constexpr double kSpeedStep = 0.006;  // the finest that changes a 5 s line by a frame
constexpr int kSpeedSteps = 4;        // ± 2.4 %
constexpr double kPromising = 3.0;    // z from which longer spans are tried
constexpr double kSeed = 5.0;         // z from which a line is worth refining

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

FrameRange centred(FrameRange window, std::int64_t size, std::int64_t frames) {
  const std::int64_t middle = (window.first + window.last) / 2;
  return {std::max<std::int64_t>(0, middle - size / 2), std::min(frames, middle + size / 2)};
}

/// Proves candidates of one window.
class WindowProver {
 public:
  WindowProver(const Engine::State& state, const QueryPeaks& peaks, FrameRange window)
      : state_(state), peaks_(peaks), window_(window) {}

  std::optional<Seed> prove(const Candidate& candidate) {
    const Timeline::Span* span = state_.timeline.find(candidate.witness);
    if (span == nullptr) return std::nullopt;
    Line line;
    line.slot = span->slot;
    line.query_anchor = 0.5 * static_cast<double>(window_.first + window_.last);
    line.reference_anchor = static_cast<double>(candidate.place - std::int64_t{span->first});
    const int search =
        candidate.channel == Candidate::Channel::kLandmarks ? kLandmarkSearch : kEmbeddingSearch;
    Seed best{line, window_, 0.0};
    try_speeds(best, line, {kSpeedSteps, kSpeedStep, search, candidate.warp.time});
    if (best.z < kPromising) return std::nullopt;
    for (const std::int64_t size : {2 * kShortWindow, kLongWindow}) {
      const FrameRange longer = centred(window_, size, peaks_.frames());
      if (longer.size() <= best.span.size() || longer.size() <= window_.size()) continue;
      Seed wider{best.line, longer, 0.0};
      try_speeds(wider, best.line, {2, kSpeedStep / 4, 3, best.line.warp.time});
      if (wider.z > best.z) best = wider;
    }
    return best.z >= kSeed ? std::optional(best) : std::nullopt;
  }

 private:
  struct SpeedGrid {
    int steps;
    double step;
    int search;
    double centre;
  };

  void try_speeds(Seed& best, const Line& line, const SpeedGrid& grid) {
    const auto peaks = peaks_.in(best.span);
    const FrameRange reach = reach_of(best.span, line);
    local_.gather(state_.recordings[line.slot].peaks, reach.first, reach.last);
    for (int i = -grid.steps; i <= grid.steps; ++i) {
      Line moved = line;
      moved.warp.time = grid.centre + i * grid.step;
      moved.warp.frequency = 1.0 / moved.warp.time;
      const Proof proof = Agreement(peaks, {}, local_, moved).prove(grid.search);
      if (proof.z <= best.z) continue;
      best.z = proof.z;
      best.line = moved;
      best.line.reference_anchor += proof.shift;
    }
  }

  const Engine::State& state_;
  const QueryPeaks& peaks_;
  FrameRange window_;
  LocalPeaks local_;
};

std::vector<Seed> search_window(const Engine::State& state, const QueryPeaks& peaks,
                                const Neighbourhood& neighbourhood, FrameRange window) {
  WindowProver prover(state, peaks, window);
  auto candidates = landmark_candidates(state.postings, peaks, window, Warp{}, kLandmarkLines);
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

void add_windows(std::vector<FrameRange>& windows, std::int64_t frames, std::int64_t size) {
  for (std::int64_t first = 0; first + size <= frames; first += size / 2)
    windows.push_back({first, first + size});
  if (windows.empty() || windows.back().last < frames)
    windows.push_back({std::max<std::int64_t>(0, frames - size), frames});
}

}  // namespace

std::vector<FrameRange> search_windows(std::int64_t frames) {
  std::vector<FrameRange> windows;
  if (frames < kShortestQuery) return windows;
  add_windows(windows, frames, kShortWindow);
  if (frames <= kShortWindow + kShortWindow / 2) return windows;
  std::vector<FrameRange> longer;
  add_windows(longer, frames, kLongWindow);
  windows.insert(windows.end(), longer.begin(), longer.end());
  return windows;
}

std::vector<Seed> find_seeds(const Engine::State& state, const fingerprint::Fingerprint& query,
                             const QueryPeaks& peaks, std::size_t threads) {
  const Neighbourhood neighbourhood = find_neighbours(state.vectors, query, threads);
  const auto windows = search_windows(peaks.frames());
  std::vector<std::vector<Seed>> found(windows.size());
  parallel_for(windows.size(), threads,
               [&](std::size_t i) { found[i] = search_window(state, peaks, neighbourhood, windows[i]); });
  std::vector<Seed> seeds;
  for (const auto& part : found) seeds.insert(seeds.end(), part.begin(), part.end());
  std::sort(seeds.begin(), seeds.end(), stronger);
  return seeds;
}

}  // namespace earmark::index
