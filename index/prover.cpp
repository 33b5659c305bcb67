#include "index/prover.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "index/proof.h"
#include "index/windows.h"

namespace earmark::index {
namespace {

constexpr int kLandmarkSearch = 5;  // frames around a line that its channel leaves open
constexpr int kEmbeddingSearch = 22;
constexpr int kAlignedSearch = 3;     // frames around a line that agrees roughly
constexpr double kSpeedStep = 0.006;  // the finest that changes a 5 s line by a frame
constexpr double kPitchStep = 0.004;
constexpr std::int64_t kPiece = 312;  // frames proven at a time; 5 s

std::vector<Warp> speeds_about(const Warp& centre, int steps, double step) {
  std::vector<Warp> warps;
  for (int i = -steps; i <= steps; ++i) warps.push_back(centre.with_time(centre.time + i * step));
  return warps;
}

/// Where the pitch does not follow from the speed it is looked for too.
std::vector<Warp> pitches_about(const Warp& centre, int steps, double step) {
  std::vector<Warp> warps;
  for (int i = -steps; i <= steps; ++i) warps.push_back({centre.time, centre.frequency * (1.0 + i * step)});
  return warps;
}

}  // namespace

fingerprint::Fingerprint loudest(const fingerprint::Fingerprint& query) {
  fingerprint::Fingerprint loud;
  loud.samples = query.samples;
  std::copy_if(query.peaks.begin(), query.peaks.end(), std::back_inserter(loud.peaks),
               [](const auto& peak) { return peak.rank < kLoudRanks; });
  return loud;
}

std::optional<Seed> Prover::prove(const Candidate& candidate, const Bars& bars) {
  const auto span = state_.timeline.find(candidate.witness);
  if (!span) return std::nullopt;
  Line line;
  line.slot = span->slot;
  line.warp = candidate.warp;
  line.query_anchor = 0.5 * static_cast<double>(window_.first + window_.last);
  line.reference_anchor = static_cast<double>(candidate.place - std::int64_t{span->first});
  const int search = candidate.channel == Candidate::Channel::kLandmarks ? kLandmarkSearch : kEmbeddingSearch;
  // A line of 5 s still agrees when its speed is 0.6 % off; a longer one must be met more closely.
  const double step = window_.size() > kShortWindow ? kSpeedStep : 2 * kSpeedStep;
  const int steps = static_cast<int>((candidate.doubt + step / 2) / step);
  if (steps > 0) line = aligned(window_, line, speeds_about(line.warp, steps, step), search);
  const int left = steps > 0 ? kAlignedSearch : search;
  if (prove_along(line, window_, loud_, left) < bars.worth_all) return std::nullopt;
  if (!line.warp.resampled())
    line = aligned(window_, line, pitches_about(line.warp, 2, kPitchStep), kAlignedSearch);
  Seed best = proven(window_, line, speeds_about(line.warp, 1, kSpeedStep));
  if (best.z < bars.promising) return std::nullopt;
  for (const std::int64_t size : {2 * kShortWindow, kLongWindow}) {
    const FrameRange longer = centred(window_, size, peaks_.frames());
    if (longer.size() <= best.span.size() || longer.size() <= window_.size()) continue;
    const Seed wider = proven(longer, best.line, speeds_about(best.line.warp, 2, kSpeedStep / 4));
    if (wider.z > best.z) best = wider;
  }
  return best.z >= bars.seed ? std::optional(best) : std::nullopt;
}

Line Prover::aligned(FrameRange span, const Line& line, std::span<const Warp> warps, int search) {
  raster_.gather(state_.recordings[line.slot].peaks, reach_of(span, line));
  Line best = line;
  int most = -1;
  for (const Warp& warp : warps) {
    Line moved = line;
    moved.warp = warp;
    const Alignment alignment = align(loud_.in(span), raster_, moved, search);
    if (alignment.agreement <= most) continue;
    most = alignment.agreement;
    best = moved;
    best.reference_anchor += alignment.shift;
  }
  return best;
}

Seed Prover::proven(FrameRange span, const Line& line, std::span<const Warp> warps) {
  Seed seed{aligned(span, line, warps, kAlignedSearch), span, 0.0};
  seed.z = prove_along(seed.line, span, peaks_, kAlignedSearch);
  return seed;
}

double Prover::prove_along(Line& line, FrameRange span, const QueryPeaks& peaks, int search) {
  // The trial with the loud peaks only looks for what is hopeless.
  const Tolerance tolerance = &peaks != &peaks_ ? Tolerance::kSameBin : Tolerance::kGraded;
  Agreement agreement;
  // Piece by piece: a peak then meets only the recording's peaks of about its own time.
  for (std::int64_t first = span.first; first < span.last; first += kPiece) {
    const FrameRange piece{first, std::min(first + kPiece, span.last)};
    const FrameRange reach = reach_of(piece, line);
    local_.gather(state_.recordings[line.slot].peaks, reach.first, reach.last);
    agreement.add(Agreement(peaks.in(piece), {}, local_, line, tolerance));
  }
  const Proof proof = agreement.prove(search);
  line.reference_anchor += proof.shift;
  return proof.z;
}

}  // namespace earmark::index
