#pragma once
// Peaks as bits: what a line meets in a stretch of a recording is read 64 frames at a time.
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "index/grading.h"
#include "index/line.h"
#include "index/reference_peaks.h"

namespace earmark::index {

/// Frames as bits: bit i of word w stands for frame 64 w + i of some stretch.
template <std::size_t kWords>
using FrameBits = std::array<std::uint64_t, kWords>;

/// The peaks of a stretch of a recording: for each frame and quarter of a bin a bit that says whether a peak
/// lies within half a bin. Reusable scratch space.
class PeakRaster {
 public:
  /// Gathers the peaks of [range.first, range.last); the range may begin before the recording does.
  void gather(const ReferencePeaks& reference, FrameRange range);

  /// The frames from `from` on that have a peak within half a bin of bin16 (to kPeakStep). Those outside the
  /// gathered range may be missing.
  template <std::size_t kWords>
  [[nodiscard]] FrameBits<kWords> frames_from(std::int64_t from, std::int32_t bin16) const {
    FrameBits<kWords> frames{};
    const std::int64_t at = from - first_;
    const auto block = static_cast<std::size_t>(at / kBlockFrames);
    const std::int32_t step = bin16 / kPeakStep;
    if (at < 0 || block + kWords >= blocks_ || bin16 < 0 || step >= kSteps) return frames;
    const std::uint64_t* word = bits_.data() + block * kSteps + static_cast<std::size_t>(step);
    const auto shift = static_cast<unsigned>(at % kBlockFrames);
    for (std::size_t i = 0; i < kWords; ++i, word += kSteps)
      frames[i] = word[0] >> shift | word[kSteps] << 1 << (kBlockFrames - 1 - shift);
    return frames;
  }

 private:
  static constexpr std::int64_t kBlockFrames = 64;
  static constexpr std::int32_t kSteps = fingerprint::kPeakBins * fingerprint::kBinFraction / kPeakStep;
  static constexpr std::size_t kPadding = 2;  ///< blocks behind the range that reading at its end touches

  std::int64_t first_ = 0;
  std::size_t blocks_ = 0;
  std::vector<std::uint64_t> bits_;  ///< a word for each step, block by block: a line moves through it once
};

/// Adds to counts[i] how many of n <= kMostCounted words, `stride` words apart, have bit i set. The same on
/// every CPU; AVX-512 counts 64 bits at once.
using CountKernel = void (*)(const std::uint64_t* words, std::size_t n, std::size_t stride, int* counts);
inline constexpr std::size_t kMostCounted = 255;  ///< a byte counts a bit

void count_bits_portable(const std::uint64_t* words, std::size_t n, std::size_t stride, int* counts);
void count_bits_avx2(const std::uint64_t* words, std::size_t n, std::size_t stride, int* counts);
void count_bits_avx512(const std::uint64_t* words, std::size_t n, std::size_t stride, int* counts);
[[nodiscard]] bool can_count_avx2();
[[nodiscard]] bool can_count_avx512();
/// The fastest version that this CPU can run; chosen once.
[[nodiscard]] CountKernel count_kernel();

/// How often each of 64 * kWords frames was met. Thread-confined.
template <std::size_t kWords>
class FrameCounter {
 public:
  void add(const FrameBits<kWords>& frames) {
    if (used_ == rows_.size()) count();
    rows_[used_++] = frames;
  }

  [[nodiscard]] const std::array<int, 64 * kWords>& counts() {
    count();
    return counts_;
  }

 private:
  void count() {
    for (std::size_t word = 0; used_ > 0 && word < kWords; ++word)
      count_kernel()(rows_[0].data() + word, used_, kWords, counts_.data() + 64 * word);
    used_ = 0;
  }

  std::array<FrameBits<kWords>, 128> rows_;
  std::size_t used_ = 0;
  std::array<int, 64 * kWords> counts_{};
};

}  // namespace earmark::index
