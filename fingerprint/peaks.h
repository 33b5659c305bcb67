#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "fingerprint/types.h"

namespace earmark::fingerprint {

inline constexpr int kPeakWindow = 512;          ///< samples; 64 ms
inline constexpr int kBlockFrames = 64;          ///< peaks compete within blocks of 1.024 s
inline constexpr int kQueryPeaksPerBlock = 120;  ///< fingerprint.md's measured optimum for proof
inline constexpr int kReferencePeaksPerBlock = 60;

/// Picks the local maxima of a log-power spectrogram (9 frames x 11 bins) and keeps the
/// strongest of each block. Streaming; thread-confined.
///
/// Source: PeakFP (Cortès et al., ISMIR 2022) for single peaks; density and filter size measured, see
/// docs/fingerprint.md.
class PeakPicker {
 public:
  PeakPicker();

  /// One spectrogram row: log_power[kPeakBins], natural logarithm of power.
  void push(std::span<const float> log_power);

  /// All peaks that were not taken, ordered by frame then bin16. The picker must not be used afterwards.
  [[nodiscard]] std::vector<Peak> finish();

  /// Peaks of the blocks that are complete and were not taken before.
  [[nodiscard]] std::vector<Peak> take() { return std::exchange(peaks_, {}); }
  /// Frames that complete blocks cover.
  [[nodiscard]] std::int64_t complete_frames() const { return complete_frames_; }

 private:
  static constexpr int kHalfFrames = 4;
  static constexpr int kHalfBins = 5;
  static constexpr int kRows = 2 * kHalfFrames + 1;
  using Row = std::array<float, kPeakBins>;
  struct Candidate {
    float power;
    Peak peak;
  };

  void pick_row(std::int64_t frame);
  void close_block();
  [[nodiscard]] static std::size_t slot(std::int64_t frame) {
    return static_cast<std::size_t>(frame % kRows);
  }

  std::int64_t frames_ = 0;  ///< rows pushed
  std::int64_t complete_frames_ = 0;
  std::array<Row, kRows> rows_{};  ///< ring of rows
  std::array<Row, kRows> wide_{};  ///< the same, each bin the maximum over ± kHalfBins
  std::vector<Candidate> block_;
  std::vector<Peak> peaks_;
};

}  // namespace earmark::fingerprint
