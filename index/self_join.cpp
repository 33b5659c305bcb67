#include "index/self_join.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "core/parallel.h"
#include "index/candidates.h"
#include "index/prover.h"
#include "index/search.h"
#include "index/windows.h"

namespace earmark::index {
namespace {

constexpr double kLeastHashes = 9.0;       // of a candidate; accidents have fewer
constexpr std::size_t kMostSeeds = 400;    // of a whole recording: a loop that everybody uses has thousands
constexpr double kLeastProbability = 0.9;  // from which something is called shared
constexpr std::uint32_t kShortestShared = 2000;  // ms
constexpr std::uint32_t kShortestRepeat = 4000;  // ms
constexpr std::int64_t kDiagonal =
    125;  // frames around itself in which a recording is no repeat of itself; 2 s
// Half of a query's pairs: both sides are clean.
constexpr LandmarkLookup kLookup{
    .pairing = {.max_rank = 48, .fan_out = 6}, .votes_per_frame = 64, .most = 40, .each_line_once = true};

fingerprint::Fingerprint loudest(const fingerprint::Fingerprint& recording) {
  fingerprint::Fingerprint loud;
  loud.samples = recording.samples;
  std::copy_if(recording.peaks.begin(), recording.peaks.end(), std::back_inserter(loud.peaks),
               [](const auto& peak) { return peak.rank < kLoudRanks; });
  return loud;
}

/// Seeds of all windows, the strongest kMostSeeds. wanted(candidate, window): whether it may be proven.
template <class Wanted>
std::vector<Seed> sparse_seeds(const Engine::State& state, const QueryPeaks& peaks, std::size_t threads,
                               Wanted&& wanted) {
  const auto windows = windows_of(peaks.frames(), kShortWindow, kShortWindow);
  std::vector<std::vector<Seed>> found(windows.size());
  parallel_for(windows.size(), threads, [&](std::size_t i) {
    Prover prover(state, peaks, peaks, windows[i]);
    for (const Candidate& candidate :
         landmark_candidates(state.postings, peaks, windows[i], Warp{}, kLookup)) {
      if (candidate.weight < kLeastHashes || !wanted(candidate, windows[i])) continue;
      if (const auto seed = prover.prove(candidate)) found[i].push_back(*seed);
    }
  });
  std::vector<Seed> seeds;
  for (const auto& part : found) seeds.insert(seeds.end(), part.begin(), part.end());
  std::stable_sort(seeds.begin(), seeds.end(), [](const Seed& a, const Seed& b) { return a.z > b.z; });
  if (seeds.size() > kMostSeeds) seeds.resize(kMostSeeds);
  return seeds;
}

std::vector<Match> proven(const Engine::State& state, const fingerprint::Fingerprint& recording,
                          const QueryPeaks& peaks, std::vector<Seed> seeds) {
  SearchOptions options;
  options.min_probability = kLeastProbability;
  options.explain_away = false;       // what three recordings share is shared by all three
  const Neighbourhood no_embeddings;  // clean copies are proven without
  std::vector<Match> matches;
  for (const Use& use : assemble(state, peaks, no_embeddings, std::move(seeds), options))
    matches.push_back(to_match(use, state.recordings[use.line.slot], recording.duration_ms()));
  return matches;
}

Shared to_shared(const Match& match) {
  return {match.recording,        match.query_start_ms, match.query_end_ms, match.reference_start_ms,
          match.reference_end_ms, match.speed,          match.score,        match.share,
          match.probability};
}

bool begins_before(const Shared& a, const Shared& b) {
  if (a.start_ms != b.start_ms) return a.start_ms < b.start_ms;
  return a.other != b.other ? a.other < b.other : a.other_start_ms < b.other_start_ms;
}

}  // namespace

std::vector<Shared> Engine::find_shared(const fingerprint::Fingerprint& recording,
                                        std::size_t threads) const {
  const auto loud = loudest(recording);
  const QueryPeaks peaks(loud);
  auto seeds = sparse_seeds(*state_, peaks, threads, [](const Candidate&, FrameRange) { return true; });
  std::vector<Shared> shared;
  for (const Match& match : proven(*state_, loud, peaks, std::move(seeds))) {
    if (match.query_end_ms - match.query_start_ms >= kShortestShared) shared.push_back(to_shared(match));
  }
  std::sort(shared.begin(), shared.end(), begins_before);
  return shared;
}

std::vector<Shared> Engine::find_repeats(const fingerprint::Fingerprint& recording, std::size_t threads) {
  auto loud = loudest(recording);
  Engine own;
  own.add(1, loud);
  const QueryPeaks peaks(loud);
  const std::int64_t first = own.state_->timeline.spans().front().first;
  auto seeds =
      sparse_seeds(*own.state_, peaks, threads, [first](const Candidate& candidate, FrameRange window) {
        return candidate.place - first < (window.first + window.last) / 2 - kDiagonal;
      });
  std::vector<Shared> repeats;
  for (const Match& match : proven(*own.state_, loud, peaks, std::move(seeds))) {
    if (match.query_end_ms - match.query_start_ms < kShortestRepeat) continue;
    repeats.push_back(to_shared(match));
    repeats.back().other = 0;
  }
  std::sort(repeats.begin(), repeats.end(),
            [](const Shared& a, const Shared& b) { return a.score > b.score; });
  if (repeats.size() > kMostRepeats) repeats.resize(kMostRepeats);
  std::sort(repeats.begin(), repeats.end(), begins_before);
  return repeats;
}

}  // namespace earmark::index
