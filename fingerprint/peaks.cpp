#include "fingerprint/peaks.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace earmark::fingerprint {
namespace {

constexpr int kFirstBin = 8;   // 125 Hz: below lies hum
constexpr int kLastBin = 239;  // 3734 Hz: above lies the resampler's edge
// Log power of a Hann-windowed sine of amplitude 1 is about 2 ln(128); under this (-84 dBFS) there is nothing
// to hear.
constexpr float kSilence = -9.6F;

/// Offset of the vertex of the parabola through (-1, a), (0, b), (1, c), in (-0.5, 0.5).
float parabola_vertex(float a, float b, float c) {
  const float curvature = a - 2.0F * b + c;
  if (curvature > -1e-9F) return 0.0F;
  return std::clamp(0.5F * (a - c) / curvature, -0.5F, 0.5F);
}

}  // namespace

PeakPicker::PeakPicker() {
  constexpr float kNothing = -std::numeric_limits<float>::infinity();
  for (Row& row : rows_) row.fill(kNothing);
  for (Row& row : wide_) row.fill(kNothing);
}

void PeakPicker::push(std::span<const float> log_power) {
  Row& row = rows_[slot(frames_)];
  Row& wide = wide_[slot(frames_)];
  std::copy_n(log_power.begin(), kPeakBins, row.begin());
  wide = row;
  for (int shift = 1; shift <= kHalfBins; ++shift) {
    for (int b = 0; b + shift < kPeakBins; ++b) {
      const auto i = static_cast<std::size_t>(b);
      const auto j = static_cast<std::size_t>(b + shift);
      wide[i] = std::max(wide[i], row[j]);
    }
    for (int b = shift; b < kPeakBins; ++b) {
      const auto i = static_cast<std::size_t>(b);
      const auto j = static_cast<std::size_t>(b - shift);
      wide[i] = std::max(wide[i], row[j]);
    }
  }
  ++frames_;
  if (frames_ > kHalfFrames) pick_row(frames_ - 1 - kHalfFrames);
}

void PeakPicker::pick_row(std::int64_t frame) {
  if (frame > 0 && frame % kBlockFrames == 0) {
    close_block();
    complete_frames_ = frame;
  }
  const Row& row = rows_[slot(frame)];
  Row most = wide_[0];
  for (std::size_t r = 1; r < kRows; ++r) {
    for (std::size_t b = 0; b < kPeakBins; ++b) most[b] = std::max(most[b], wide_[r][b]);
  }
  for (int b = kFirstBin; b <= kLastBin; ++b) {
    const auto i = static_cast<std::size_t>(b);
    // Of equal neighbours, whose vertices coincide, the lower one stands for both.
    if (row[i] < most[i] || row[i] < kSilence || row[i] == row[i - 1]) continue;
    const float offset = parabola_vertex(row[i - 1], row[i], row[i + 1]);
    const auto bin16 =
        static_cast<std::uint16_t>(std::lround((static_cast<float>(b) + offset) * kBinFraction));
    block_.push_back({row[i], {static_cast<std::uint32_t>(frame), bin16, 0}});
  }
}

void PeakPicker::close_block() {
  std::sort(block_.begin(), block_.end(), [](const Candidate& a, const Candidate& b) {
    if (a.power != b.power) return a.power > b.power;
    return a.peak.frame != b.peak.frame ? a.peak.frame < b.peak.frame : a.peak.bin16 < b.peak.bin16;
  });
  if (block_.size() > kQueryPeaksPerBlock) block_.resize(kQueryPeaksPerBlock);
  const std::size_t first = peaks_.size();
  for (std::size_t rank = 0; rank < block_.size(); ++rank) {
    peaks_.push_back(block_[rank].peak);
    peaks_.back().rank = static_cast<std::uint8_t>(rank);
  }
  std::sort(peaks_.begin() + static_cast<std::ptrdiff_t>(first), peaks_.end(),
            [](const Peak& a, const Peak& b) {
              return a.frame != b.frame ? a.frame < b.frame : a.bin16 < b.bin16;
            });
  block_.clear();
}

std::vector<Peak> PeakPicker::finish() {
  // The last rows have their neighbourhood cut off by the end of the audio.
  const std::int64_t end = frames_;
  const std::int64_t begin = std::max<std::int64_t>(0, end - kHalfFrames);
  for (std::int64_t frame = begin; frame < end; ++frame) {
    // The ring still holds the kRows last rows; the oldest of them have left this frame's neighbourhood.
    const std::int64_t oldest = frame - kHalfFrames;
    for (std::int64_t stale = std::max<std::int64_t>(0, end - kRows); stale < oldest; ++stale) {
      wide_[slot(stale)].fill(-std::numeric_limits<float>::infinity());
    }
    pick_row(frame);
  }
  close_block();
  return std::move(peaks_);
}

}  // namespace earmark::fingerprint
