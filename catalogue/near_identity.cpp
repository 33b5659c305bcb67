#include "catalogue/near_identity.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <span>

namespace earmark::catalogue {
namespace {

using fingerprint::Fingerprint;
using fingerprint::Peak;

constexpr double kMsPerFrame = 1000.0 / fingerprint::kFramesPerSecond;
constexpr std::uint32_t kProbeFrames = 500;               ///< 8 s
constexpr double kProbePlaces[] = {0.25, 0.65};           ///< of the time from the first peak to the last
constexpr std::uint32_t kShortFrames = 3 * kProbeFrames;  ///< up to this long, all of it is the probe
constexpr int kShiftTolerance = 4;                        ///< frames by which a match may be off
constexpr std::size_t kCoarseStride = 8;  ///< of the peaks, this many are left out in finding the shift
constexpr int kBinTolerance16 = fingerprint::kBinFraction;

/// The part of it from `first` on. `first` is a multiple of the hop of the embeddings, so that they stay in
/// step.
Fingerprint cut(const Fingerprint& whole, std::uint32_t first, std::uint32_t frames) {
  Fingerprint piece;
  piece.model_version = whole.model_version;
  piece.density = whole.density;
  piece.samples = static_cast<std::uint64_t>(frames) * fingerprint::kFrameHop;
  piece.item = whole.item;
  for (Peak peak : whole.peaks) {
    if (peak.frame < first || peak.frame >= first + frames) continue;
    peak.frame -= first;
    piece.peaks.push_back(peak);
  }
  const auto hop = static_cast<std::size_t>(whole.embedding_hop());
  const std::size_t begin = std::min(first / hop, whole.embeddings.size());
  const std::size_t end = std::min((first + frames) / hop, whole.embeddings.size());
  piece.embeddings.assign(whole.embeddings.begin() + static_cast<std::ptrdiff_t>(begin),
                          whole.embeddings.begin() + static_cast<std::ptrdiff_t>(end));
  return piece;
}

/// Share of every `stride`th of `from` that has a peak of `to` within the tolerances, `shift` frames later.
double share_found(std::span<const Peak> from, std::span<const Peak> to, int shift, std::size_t stride) {
  std::size_t found = 0;
  std::size_t asked = 0;
  auto window = to.begin();
  for (std::size_t i = 0; i < from.size(); i += stride, ++asked) {
    const auto frame = static_cast<std::int64_t>(from[i].frame) + shift;
    while (window != to.end() && static_cast<std::int64_t>(window->frame) < frame - 1) ++window;
    for (auto near = window; near != to.end() && static_cast<std::int64_t>(near->frame) <= frame + 1;
         ++near) {
      if (std::abs(static_cast<int>(near->bin16) - static_cast<int>(from[i].bin16)) <= kBinTolerance16) {
        ++found;
        break;
      }
    }
  }
  return static_cast<double>(found) / static_cast<double>(asked);
}

bool cover_each_other(const Fingerprint& a, const Fingerprint& b, int shift) {
  const double a_first = a.peaks.front().frame + static_cast<double>(shift);
  const double a_last = a.peaks.back().frame + static_cast<double>(shift);
  const double b_first = b.peaks.front().frame;
  const double b_last = b.peaks.back().frame;
  const double both = std::min(a_last, b_last) - std::max(a_first, b_first);
  return both > 0 && both >= kNearIdentityCoverage * std::max(a_last - a_first, b_last - b_first);
}

}  // namespace

std::vector<Probe> make_probes(const Fingerprint& recording) {
  std::vector<Probe> probes;
  if (recording.peaks.empty()) return probes;
  const std::uint32_t first = recording.peaks.front().frame;
  const std::uint32_t length = recording.peaks.back().frame - first + 1;
  if (length <= kShortFrames) {
    probes.push_back({0, recording});
    return probes;
  }
  const auto hop = static_cast<std::uint32_t>(recording.embedding_hop());
  for (const double place : kProbePlaces) {
    const auto at = (first + static_cast<std::uint32_t>(place * length)) / hop * hop;
    probes.push_back({at, cut(recording, at, kProbeFrames)});
  }
  return probes;
}

int shift_of(const Probe& probe, const index::Match& match) {
  const double ms = static_cast<double>(match.reference_start_ms) - static_cast<double>(match.query_start_ms);
  return static_cast<int>(std::lround(ms / kMsPerFrame)) - static_cast<int>(probe.first_frame);
}

double likeness(const Fingerprint& a, const Fingerprint& b, int shift) {
  if (a.peaks.empty() || b.peaks.empty() || !cover_each_other(a, b, shift)) return 0.0;
  int best_shift = shift;
  double best = -1.0;
  for (int candidate = shift - kShiftTolerance; candidate <= shift + kShiftTolerance; ++candidate) {
    const double share = share_found(a.peaks, b.peaks, candidate, kCoarseStride);
    if (share > best) {
      best = share;
      best_shift = candidate;
    }
  }
  return std::min(share_found(a.peaks, b.peaks, best_shift, 1),
                  share_found(b.peaks, a.peaks, -best_shift, 1));
}

}  // namespace earmark::catalogue
