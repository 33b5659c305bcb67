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
constexpr int kShiftTolerance = 4;        ///< frames by which a match may be off
constexpr std::size_t kCoarseStride = 8;  ///< of the peaks, this many are left out in finding the shift
constexpr int kBinTolerance16 = fingerprint::kBinFraction;

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

bool may_be_whole(const index::Shared& stretch, const Fingerprint& recording) {
  // Damage, and what was laid over it, may cut a stretch short: likeness() has the last word.
  constexpr double kLeast = 0.3;
  return stretch.end_ms - stretch.start_ms >= kLeast * static_cast<double>(recording.duration_ms());
}

int shift_of(const index::Shared& stretch) {
  const double ms = static_cast<double>(stretch.other_start_ms) - static_cast<double>(stretch.start_ms);
  return static_cast<int>(std::lround(ms / kMsPerFrame));
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
