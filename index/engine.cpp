#include "index/engine.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "index/calibration.h"
#include "index/landmarks.h"
#include "index/search.h"
#include "index/store.h"

namespace earmark::index {
namespace {

constexpr double kMsPerFrame = 1000.0 / fingerprint::kFramesPerSecond;

std::uint32_t to_ms(double frames, std::uint64_t limit_ms) {
  return static_cast<std::uint32_t>(
      std::clamp(std::llround(frames * kMsPerFrame), 0LL, static_cast<long long>(limit_ms)));
}

std::vector<fingerprint::Peak> reference_peaks(const fingerprint::Fingerprint& fingerprint) {
  std::vector<fingerprint::Peak> peaks;
  std::copy_if(fingerprint.peaks.begin(), fingerprint.peaks.end(), std::back_inserter(peaks),
               [](const auto& peak) { return peak.rank < kReferenceRanks; });
  return peaks;
}

void add_landmarks(Postings& postings, std::span<const fingerprint::Peak> peaks, const Timeline::Span& span) {
  std::vector<Postings::Posting> list;
  const auto grid = warp_peaks(peaks, Warp{}, kReferencePairing.max_rank);
  for (const Landmark& landmark : pair_peaks(grid, kReferencePairing.fan_out)) {
    list.push_back({landmark.hash, span.first + static_cast<std::uint32_t>(landmark.frame)});
  }
  postings.add(list);
}

void add_embeddings(VectorIndex& vectors, const fingerprint::Fingerprint& fingerprint,
                    const Timeline::Span& span) {
  const std::size_t step = fingerprint.density == fingerprint::Density::kQuery ? 2 : 1;
  const auto hop = static_cast<std::uint32_t>(fingerprint.embedding_hop());
  std::vector<fingerprint::Embedding> embeddings;
  std::vector<std::uint32_t> places;
  for (std::size_t i = 0; i < fingerprint.embeddings.size(); i += step) {
    embeddings.push_back(fingerprint.embeddings[i]);
    places.push_back(span.first + static_cast<std::uint32_t>(i) * hop);
  }
  vectors.add(embeddings, places);
}

}  // namespace

Match to_match(const Engine::State& state, const Use& use, std::uint64_t query_ms) {
  const Recording& recording = state.recordings[use.line.slot];
  const std::uint64_t reference_ms = recording.samples * 1000 / fingerprint::kSampleRate;
  Match match;
  match.recording = recording.key;
  match.query_start_ms = to_ms(static_cast<double>(use.range.first), query_ms);
  match.query_end_ms = to_ms(static_cast<double>(use.range.last), query_ms);
  match.reference_start_ms = to_ms(use.line.reference_at(static_cast<double>(use.range.first)), reference_ms);
  match.reference_end_ms = to_ms(use.line.reference_at(static_cast<double>(use.range.last)), reference_ms);
  match.speed = std::round(use.line.warp.time * 1e4) / 1e4;
  match.pitch_cents =
      std::round(-12000.0 * std::log2(use.line.warp.frequency * use.line.warp.time)) / 10.0 + 0.0;
  const Evidence& evidence = use.evidence;
  const auto rounded = [](double value, double steps) { return std::round(value * steps) / steps; };
  match.score = rounded(evidence.proof.z, 100.0);
  match.sharpness = rounded(evidence.proof.sharpness, 100.0);
  match.without_best_second = rounded(evidence.without_best_second, 100.0);
  match.without_best_band = rounded(evidence.without_best_band, 100.0);
  match.embedding_share = rounded(evidence.resemblance.share, 1e4);
  match.similarity = rounded(evidence.resemblance.similarity, 1e4);
  match.similarity_beside = rounded(evidence.resemblance.beside, 1e4);
  match.share = rounded(agreeing_share(evidence.proof), 1e4);
  match.probability = rounded(probability_of(evidence, use.line.warp, state.timeline.frames()), 1e4);
  return match;
}

Engine::Engine() : state_(std::make_unique<State>()) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

void Engine::add(RecordingKey key, const fingerprint::Fingerprint& fingerprint) {
  EARMARK_CHECK(key > 0, "recording keys are positive");
  remove(key);
  State& s = *state_;
  const auto frames = static_cast<std::uint32_t>(fingerprint.samples / fingerprint::kFrameHop + 1);
  const auto slot = static_cast<std::uint32_t>(s.recordings.size());
  const auto span = s.timeline.append(frames, slot);
  EARMARK_CHECK(span.has_value(), "more than 9,500 hours in one index: shard it");
  const auto peaks = reference_peaks(fingerprint);
  s.recordings.push_back({key, fingerprint.samples, *span, ReferencePeaks(peaks)});
  s.slots[key] = slot;
  add_landmarks(s.postings, peaks, *span);
  add_embeddings(s.vectors, fingerprint, *span);
}

bool Engine::remove(RecordingKey key) {
  State& s = *state_;
  const auto at = s.slots.find(key);
  if (at == s.slots.end()) return false;
  Recording& recording = s.recordings[at->second];
  const Timeline::Span span = recording.span;
  s.timeline.remove(span.first);
  s.vectors.remove(span.first, span.first + span.frames);
  s.dead_frames += span.frames;
  recording = {};
  s.slots.erase(at);
  return true;
}

bool Engine::contains(RecordingKey key) const { return state_->slots.contains(key); }

bool plays_before(const Match& a, const Match& b) {
  if (a.query_start_ms != b.query_start_ms) return a.query_start_ms < b.query_start_ms;
  if (a.score != b.score) return a.score > b.score;
  return a.recording != b.recording ? a.recording < b.recording : a.reference_start_ms < b.reference_start_ms;
}

std::vector<Match> Engine::search(const fingerprint::Fingerprint& query, const SearchOptions& options) const {
  const QueryPeaks peaks(query);
  const Neighbourhood neighbourhood = find_neighbours(state_->vectors, query, options.threads);
  auto seeds = find_seeds(*state_, query, peaks, neighbourhood, options.threads);
  std::vector<Match> matches;
  for (const Use& use : assemble(*state_, peaks, neighbourhood, std::move(seeds), options)) {
    matches.push_back(to_match(*state_, use, query.duration_ms()));
  }
  std::sort(matches.begin(), matches.end(), plays_before);
  return matches;
}

IndexStats Engine::stats() const {
  const State& s = *state_;
  IndexStats stats;
  stats.recordings = s.slots.size();
  stats.bytes = s.postings.bytes() + s.vectors.bytes();
  for (const Recording& recording : s.recordings) {
    if (recording.key == 0) continue;
    stats.reference_ms += recording.samples * 1000 / fingerprint::kSampleRate;
    stats.bytes += recording.peaks.bytes() + sizeof(Recording);
  }
  return stats;
}

}  // namespace earmark::index
