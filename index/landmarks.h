#pragma once
// Channel A: pairs of peaks as hashes (Wang, ISMIR 2003), with few pairs in the reference and many in the
// query: a reference pair is then found whenever both of its peaks survive, whatever else is loud
// (docs/fingerprint.md).
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "fingerprint/types.h"

namespace earmark::index {

inline constexpr int kHashBits = 20;  ///< first bin 8, bin difference 6, frame difference 6

/// A peak after a change of speed or pitch, on the grid of frames and bins.
struct GridPeak {
  std::int32_t frame = 0;
  std::int32_t bin16 = 0;  ///< bins * kBinFraction
  [[nodiscard]] std::int32_t bin() const {
    return (bin16 + fingerprint::kBinFraction / 2) / fingerprint::kBinFraction;
  }
};

/// Nearest integer, halves upwards; values far below zero are not needed and clamp. (std::lround is a call
/// into the library.)
[[nodiscard]] inline std::int32_t round_to_grid(double value) {
  constexpr double kOffset =
      1 << 24;  // makes every value that occurs positive, so that cutting off rounds down
  return static_cast<std::int32_t>(std::max(value, -kOffset) + kOffset + 0.5) - (1 << 24);
}

/// How a query must be changed to sound like its reference: times are multiplied by `time`, frequencies by
/// `frequency`. A query that plays at speed s has time = s and frequency = 1 / s.
struct Warp {
  double time = 1.0;
  double frequency = 1.0;

  /// Does it only play faster or slower, pitch and all?
  [[nodiscard]] bool resampled() const { return std::abs(time * frequency - 1.0) < 0.002; }
  /// The warp at a tempo near its own: with the pitch that follows from it where it only plays faster or
  /// slower.
  [[nodiscard]] Warp with_time(double new_time) const {
    return {new_time, resampled() ? 1.0 / new_time : frequency};
  }
};

struct Landmark {
  std::uint32_t hash = 0;  ///< < 2^kHashBits
  std::int32_t frame = 0;  ///< of the first peak
};

/// What a hash was made of.
struct HashedPair {
  std::int32_t bin = 0;   ///< of the first peak
  std::int32_t rise = 0;  ///< bins from it to the second
  std::int32_t step = 0;  ///< frames from it to the second
};
[[nodiscard]] HashedPair unhash(std::uint32_t hash);

struct PairingOptions {
  int max_rank = 0;  ///< only peaks of a lower rank take part
  int fan_out = 0;   ///< pairs per first peak: its nearest followers in time
};

inline constexpr int kReferenceRanks = 60;  ///< peaks a block that the proof looks at in a recording

/// Frames to which the index keeps places of pairs: peaks of one bin are at least as far apart
/// (docs/fingerprint.md), so that a recording's peaks still tell the frame.
inline constexpr std::uint32_t kLandmarkStep = 5;

inline constexpr PairingOptions kReferencePairing{.max_rank = 41, .fan_out = 5};
inline constexpr PairingOptions kQueryPairing{.max_rank = 82, .fan_out = 10};

/// The peaks with rank < max_rank under `warp`, ordered by frame then bin16.
[[nodiscard]] std::vector<GridPeak> warp_peaks(std::span<const fingerprint::Peak> peaks, const Warp& warp,
                                               int max_rank);

/// Landmarks of peaks that are ordered by frame; ordered by frame of the first peak.
[[nodiscard]] std::vector<Landmark> pair_peaks(std::span<const GridPeak> peaks, int fan_out);

}  // namespace earmark::index
