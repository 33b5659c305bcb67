#include "index/engine.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "index/calibration.h"
#include "index/landmarks.h"
#include "index/search.h"
#include "index/segment_set.h"

namespace earmark::index {
namespace {

constexpr double kMsPerFrame = 1000.0 / fingerprint::kFramesPerSecond;

std::uint32_t to_ms(double frames, std::uint64_t limit_ms) {
  return static_cast<std::uint32_t>(
      std::clamp(std::llround(frames * kMsPerFrame), 0LL, static_cast<long long>(limit_ms)));
}

}  // namespace

Match to_match(const Engine::State& state, const Use& use, std::uint64_t query_ms) {
  const Recording recording = state.recordings[use.line.slot];
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

Engine::Engine() : core_(std::make_unique<Core>()) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

void Engine::apply(const IndexChange& change) {
  for (const NewRecording& recording : change.added)
    EARMARK_CHECK(recording.key > 0, "recording keys are positive");
  core_->apply(change);
}

void Engine::adopt(Engine other) {
  const std::lock_guard saving(core_->saving);
  const std::lock_guard writing(core_->writing);
  core_->locations = std::move(other.core_->locations);
  core_->current.publish(other.core_->current.get());
}

void Engine::add(RecordingKey key, const fingerprint::Fingerprint& fingerprint) {
  apply({.removed = {}, .added = {{key, &fingerprint}}, .tag = tag()});
}

bool Engine::remove(RecordingKey key) {
  if (!contains(key)) return false;
  apply({.removed = {key}, .added = {}, .tag = tag()});
  return true;
}

bool Engine::contains(RecordingKey key) const {
  const std::lock_guard lock(core_->writing);
  return core_->locations.contains(key);
}

std::string Engine::tag() const { return core_->current.get()->tag; }

bool Engine::is_damaged() const {
  const auto state = core_->current.get();
  return std::any_of(state->segments.begin(), state->segments.end(),
                     [](const LiveSegment& live) { return live.segment->is_damaged(); });
}

bool plays_before(const Match& a, const Match& b) {
  if (a.query_start_ms != b.query_start_ms) return a.query_start_ms < b.query_start_ms;
  if (a.probability != b.probability) return a.probability > b.probability;
  if (a.score != b.score) return a.score > b.score;
  return a.recording != b.recording ? a.recording < b.recording : a.reference_start_ms < b.reference_start_ms;
}

std::vector<Match> Engine::search(const fingerprint::Fingerprint& query, const SearchOptions& options) const {
  const auto state = core_->current.get();
  const QueryPeaks peaks(query);
  const Neighbourhood neighbourhood = find_neighbours(state->vectors, query, options.threads);
  auto seeds = find_seeds(*state, query, peaks, neighbourhood, options.threads);
  std::vector<Match> matches;
  for (const Use& use : assemble(*state, peaks, neighbourhood, std::move(seeds), options)) {
    matches.push_back(to_match(*state, use, query.duration_ms()));
  }
  std::sort(matches.begin(), matches.end(), plays_before);
  return matches;
}

IndexStats Engine::stats() const {
  const auto state = core_->current.get();
  IndexStats stats;
  stats.segments = static_cast<std::uint32_t>(state->segments.size());
  for (const LiveSegment& live : state->segments) {
    stats.bytes += live.segment->bytes();
    if (!live.stored) stats.unsaved_bytes += live.segment->bytes();
    const auto rows = live.segment->recordings();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (live.is_dead(i)) continue;
      ++stats.recordings;
      stats.reference_ms += rows[i].samples * 1000 / fingerprint::kSampleRate;
    }
  }
  return stats;
}

}  // namespace earmark::index
