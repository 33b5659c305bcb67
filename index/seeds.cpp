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
constexpr std::size_t kLandmarkLines = 10;
constexpr std::size_t kEmbeddingLines = 6;
constexpr int kLandmarkSearch = 5;  // frames around a line that its channel leaves open
constexpr int kEmbeddingSearch = 22;
constexpr double kSpeedStep = 0.006;  // the finest that changes a 5 s line by a frame
constexpr double kEmbeddingSpeeds =
    0.024;  // embeddings find lines of up to about ± 2.4 %; exact hashes do not survive that
constexpr std::int64_t kPiece = 312;  // frames proven at a time; 5 s
constexpr double kMostTilt = 0.016;   // half of the change of speed that a grid spans
constexpr int kLoudRanks = 60;        // peaks a block with which a line is first tried, at half the cost
constexpr double kWorthAll = 2.6;     // z of that trial from which all peaks are used
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
  WindowProver(const Engine::State& state, const QueryPeaks& peaks, const QueryPeaks& loud, FrameRange window)
      : state_(state), peaks_(peaks), loud_(loud), window_(window) {}

  std::optional<Seed> prove(const Candidate& candidate) {
    const Timeline::Span* span = state_.timeline.find(candidate.witness);
    if (span == nullptr) return std::nullopt;
    Line line;
    line.slot = span->slot;
    line.query_anchor = 0.5 * static_cast<double>(window_.first + window_.last);
    line.reference_anchor = static_cast<double>(candidate.place - std::int64_t{span->first});
    const int search =
        candidate.channel == Candidate::Channel::kLandmarks ? kLandmarkSearch : kEmbeddingSearch;
    // A line of 5 s still agrees when its speed is 0.6 % off; one of 20 s must be met more closely.
    const bool is_long = window_.size() > kShortWindow;
    const bool exact = candidate.channel == Candidate::Channel::kLandmarks;
    const double step = is_long ? kSpeedStep : 2 * kSpeedStep;
    const int steps = exact ? (is_long ? 1 : 0) : static_cast<int>(kEmbeddingSpeeds / step + 0.5);
    Seed rough{line, window_, 0.0};
    try_speeds(rough, loud_, line, {steps, step, search, candidate.warp.time});
    if (rough.z < kWorthAll) return std::nullopt;
    Seed best{rough.line, window_, 0.0};
    try_speeds(best, peaks_, rough.line, {1, kSpeedStep, 3, rough.line.warp.time});
    if (best.z < kPromising) return std::nullopt;
    for (const std::int64_t size : {2 * kShortWindow, kLongWindow}) {
      const FrameRange longer = centred(window_, size, peaks_.frames());
      if (longer.size() <= best.span.size() || longer.size() <= window_.size()) continue;
      Seed wider{best.line, longer, 0.0};
      try_speeds(wider, peaks_, best.line, {2, kSpeedStep / 4, 3, best.line.warp.time});
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

  /// Tries the line at several speeds over best.span, which is gathered piece by piece: a peak then meets
  /// only the recording's peaks of about its own time.
  void try_speeds(Seed& best, const QueryPeaks& peaks, const Line& line, const SpeedGrid& grid) {
    const std::size_t count = static_cast<std::size_t>(2 * grid.steps + 1);
    std::vector<Line> lines(count, line);
    std::vector<Agreement> agreements(count);
    for (std::size_t i = 0; i < count; ++i) {
      lines[i].warp.time = grid.centre + (static_cast<int>(i) - grid.steps) * grid.step;
      lines[i].warp.frequency = 1.0 / lines[i].warp.time;
    }
    for (std::int64_t first = best.span.first; first < best.span.last; first += kPiece) {
      const FrameRange piece{first, std::min(first + kPiece, best.span.last)};
      const FrameRange reach = reach_of(piece, line);
      const auto tilt = static_cast<std::int64_t>(kMostTilt * static_cast<double>(best.span.size()));
      local_.gather(state_.recordings[line.slot].peaks, reach.first - tilt, reach.last + tilt);
      for (std::size_t i = 0; i < count; ++i)
        agreements[i].add(Agreement(peaks.in(piece), {}, local_, lines[i]));
    }
    for (std::size_t i = 0; i < count; ++i) {
      const Proof proof = agreements[i].prove(grid.search);
      if (proof.z <= best.z) continue;
      best.z = proof.z;
      best.line = lines[i];
      best.line.reference_anchor += proof.shift;
    }
  }

  const Engine::State& state_;
  const QueryPeaks& peaks_;
  const QueryPeaks& loud_;
  FrameRange window_;
  LocalPeaks local_;
};

std::vector<Seed> search_window(WindowProver prover, const Engine::State& state, const QueryPeaks& peaks,
                                const Neighbourhood& neighbourhood, FrameRange window) {
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

void add_windows(std::vector<FrameRange>& windows, std::int64_t frames, std::int64_t size, std::int64_t hop) {
  for (std::int64_t first = 0; first + size <= frames; first += hop) windows.push_back({first, first + size});
  if (windows.empty() || windows.back().last < frames)
    windows.push_back({std::max<std::int64_t>(0, frames - size), frames});
}

}  // namespace

std::vector<FrameRange> search_windows(std::int64_t frames) {
  std::vector<FrameRange> windows;
  if (frames < kShortestQuery) return windows;
  add_windows(windows, frames, kShortWindow, kShortWindow / 2);
  if (frames <= kShortWindow + kShortWindow / 2) return windows;
  std::vector<FrameRange> longer;
  add_windows(longer, frames, kLongWindow, kLongWindow);
  windows.insert(windows.end(), longer.begin(), longer.end());
  return windows;
}

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
  std::sort(seeds.begin(), seeds.end(), stronger);
  return seeds;
}

}  // namespace earmark::index
