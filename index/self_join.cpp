#include "index/self_join.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <span>

#include "core/parallel.h"
#include "index/candidates.h"
#include "index/prover.h"
#include "index/search.h"
#include "index/segment_set.h"
#include "index/windows.h"

namespace earmark::index {
namespace {

constexpr double kLeastHashes = 9.0;       // of a candidate; accidents have fewer
constexpr std::size_t kMostLines = 200;    // of a whole recording: a loop that everybody uses has thousands
constexpr std::int64_t kSameLine = 6;      // frames between the offsets of candidates on one line
constexpr double kLeastProbability = 0.9;  // from which something is called shared
constexpr std::uint32_t kShortestShared = 2000;  // ms
constexpr std::uint32_t kShortestRepeat = 4000;  // ms
constexpr std::int64_t kDiagonal =
    125;  // frames around itself in which a recording is no repeat of itself; 2 s
// Half of a query's pairs: both sides are clean.
constexpr LandmarkLookup kLookup{
    .pairing = {.max_rank = 48, .fan_out = 6}, .votes_per_frame = 64, .most = 40, .each_line_once = true};

/// A candidate and the window that it was found in.
struct Placed {
  Candidate candidate;
  std::size_t window = 0;
  std::uint32_t slot = 0;
  std::int64_t offset = 0;  ///< place less the middle of the window
};

/// Of the candidates that lie on one line in windows next to each other only the heaviest: it is extended
/// anyway. The heaviest `most` lines.
std::vector<Placed> one_a_line(std::vector<Placed> all, std::size_t most) {
  std::sort(all.begin(), all.end(), [](const Placed& a, const Placed& b) {
    if (a.slot != b.slot) return a.slot < b.slot;
    return a.offset != b.offset ? a.offset < b.offset : a.window < b.window;
  });
  // Offsets of one line differ by a few frames: within such a group the windows come in their order.
  std::vector<Placed> lines;
  for (std::size_t first = 0; first < all.size();) {
    std::size_t last = first + 1;
    while (last < all.size() && all[last].slot == all[first].slot &&
           all[last].offset - all[last - 1].offset <= kSameLine)
      ++last;
    const auto group = std::span(all).subspan(first, last - first);
    std::sort(group.begin(), group.end(),
              [](const Placed& a, const Placed& b) { return a.window < b.window; });
    for (std::size_t i = 0; i < group.size(); ++i) {
      const bool goes_on = i > 0 && group[i].window - group[i - 1].window <= 1;
      if (!goes_on) {
        lines.push_back(group[i]);
      } else if (group[i].candidate.weight > lines.back().candidate.weight) {
        lines.back() = group[i];
      }
    }
    first = last;
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const Placed& a, const Placed& b) { return a.candidate.weight > b.candidate.weight; });
  if (lines.size() > most) lines.resize(most);
  return lines;
}

/// Seeds of the `most` heaviest lines, the strongest first. wanted(candidate, window): whether it may be
/// proven.
template <class Wanted>
std::vector<Seed> sparse_seeds(const Engine::State& state, const QueryPeaks& peaks, std::size_t most,
                               std::size_t threads, Wanted&& wanted) {
  const auto windows = windows_of(peaks.frames(), kShortWindow, kShortWindow);
  std::vector<std::vector<Placed>> found(windows.size());
  parallel_for(windows.size(), threads, [&](std::size_t i) {
    const std::int64_t middle = (windows[i].first + windows[i].last) / 2;
    for (const Candidate& candidate :
         landmark_candidates(state.postings, peaks, windows[i], Warp{}, kLookup)) {
      const auto span = state.timeline.find(candidate.witness);
      if (candidate.weight < kLeastHashes || !span || !wanted(candidate, windows[i])) continue;
      found[i].push_back({candidate, i, span->slot, candidate.place - middle});
    }
  });
  std::vector<Placed> all;
  for (const auto& part : found) all.insert(all.end(), part.begin(), part.end());
  const auto lines = one_a_line(std::move(all), most);
  std::vector<std::optional<Seed>> proven(lines.size());
  parallel_for(lines.size(), threads, [&](std::size_t i) {
    proven[i] = Prover(state, peaks, peaks, windows[lines[i].window]).prove(lines[i].candidate);
  });
  std::vector<Seed> seeds;
  for (const auto& seed : proven) {
    if (seed) seeds.push_back(*seed);
  }
  std::stable_sort(seeds.begin(), seeds.end(), [](const Seed& a, const Seed& b) { return a.z > b.z; });
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
    matches.push_back(to_match(state, use, recording.duration_ms()));
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
  const auto state = core_->current.get();
  auto seeds =
      sparse_seeds(*state, peaks, kMostLines, threads, [](const Candidate&, FrameRange) { return true; });
  std::vector<Shared> shared;
  for (const Match& match : proven(*state, loud, peaks, std::move(seeds))) {
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
  const auto state = own.core_->current.get();
  const std::int64_t first = state->recordings[0].span.first;
  auto seeds = sparse_seeds(*state, peaks, kMostRepeats, threads,
                            [first](const Candidate& candidate, FrameRange window) {
                              return candidate.place - first < (window.first + window.last) / 2 - kDiagonal;
                            });
  std::vector<Shared> repeats;
  for (const Match& match : proven(*state, loud, peaks, std::move(seeds))) {
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
