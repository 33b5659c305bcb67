#include "index/landmarks.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace earmark::index {
namespace {

constexpr std::int32_t kMinStep = 2;  // frames between the peaks of a pair
constexpr std::int32_t kMaxStep = 63;
constexpr std::int32_t kMaxRise = 31;  // bins between them

std::uint32_t pair_hash(const GridPeak& first, const GridPeak& second) {
  const auto bin = static_cast<std::uint32_t>(first.bin()) & 0xff;
  const auto rise = static_cast<std::uint32_t>(second.bin() - first.bin() + kMaxRise + 1) & 0x3f;
  const auto step = static_cast<std::uint32_t>(second.frame - first.frame) & 0x3f;
  return (bin << 12) | (rise << 6) | step;
}

}  // namespace

HashedPair unhash(std::uint32_t hash) {
  return {static_cast<std::int32_t>(hash >> 12 & 0xff),
          static_cast<std::int32_t>(hash >> 6 & 0x3f) - kMaxRise - 1, static_cast<std::int32_t>(hash & 0x3f)};
}

std::vector<GridPeak> warp_peaks(std::span<const fingerprint::Peak> peaks, const Warp& warp, int max_rank) {
  std::vector<GridPeak> out;
  out.reserve(peaks.size());
  for (const auto& peak : peaks) {
    if (peak.rank >= max_rank) continue;
    GridPeak moved;
    moved.frame = round_to_grid(peak.frame * warp.time);
    moved.bin16 = round_to_grid(peak.bin16 * warp.frequency);
    if (moved.bin() < fingerprint::kPeakBins) out.push_back(moved);
  }
  return out;
}

std::vector<Landmark> pair_peaks(std::span<const GridPeak> peaks, int fan_out) {
  std::vector<Landmark> landmarks;
  landmarks.reserve(peaks.size() * static_cast<std::size_t>(fan_out));
  for (std::size_t i = 0; i < peaks.size(); ++i) {
    int pairs = 0;
    for (std::size_t j = i + 1; j < peaks.size() && pairs < fan_out; ++j) {
      const std::int32_t step = peaks[j].frame - peaks[i].frame;
      if (step > kMaxStep) break;
      if (step < kMinStep || std::abs(peaks[j].bin() - peaks[i].bin()) > kMaxRise) continue;
      landmarks.push_back({pair_hash(peaks[i], peaks[j]), peaks[i].frame});
      ++pairs;
    }
  }
  return landmarks;
}

}  // namespace earmark::index
