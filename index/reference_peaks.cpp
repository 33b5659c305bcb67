#include "index/reference_peaks.h"

#include <algorithm>

namespace earmark::index {

ReferencePeaks::ReferencePeaks(std::span<const fingerprint::Peak> peaks)
    : frames_(peaks.size()), fractions_(peaks.size()) {
  for (const auto& peak : peaks) ++begin_[static_cast<std::size_t>(peak.bin()) + 1];
  for (std::size_t bin = 0; bin < fingerprint::kPeakBins; ++bin) begin_[bin + 1] += begin_[bin];
  auto next = begin_;
  for (const auto& peak : peaks) {  // they come ordered by frame, so each bin's do too
    const std::uint32_t at = next[static_cast<std::size_t>(peak.bin())]++;
    frames_[at] = peak.frame;
    fractions_[at] = static_cast<std::int8_t>(peak.bin16 - peak.bin() * fingerprint::kBinFraction);
  }
}

std::uint32_t ReferencePeaks::lower(std::int32_t bin, std::int32_t frame) const {
  const auto b = static_cast<std::size_t>(bin);
  const auto first = frames_.begin() + begin_[b];
  const auto last = frames_.begin() + begin_[b + 1];
  const auto wanted = static_cast<std::uint32_t>(std::max(frame, 0));
  return static_cast<std::uint32_t>(std::lower_bound(first, last, wanted) - frames_.begin());
}

bool ReferencePeaks::agrees(std::int32_t frame, std::int32_t bin16, std::int32_t bin16_tolerance) const {
  constexpr std::int32_t kHalf = fingerprint::kBinFraction / 2;
  const std::int32_t low = (bin16 - bin16_tolerance + kHalf) / fingerprint::kBinFraction;
  const std::int32_t high = (bin16 + bin16_tolerance + kHalf) / fingerprint::kBinFraction;
  bool found = false;
  for (std::int32_t bin = low; bin <= high && !found; ++bin) {
    visit(bin, frame - 1, frame + 1, [&](std::int32_t, std::int32_t other) {
      found = found || (other - bin16 <= bin16_tolerance && bin16 - other <= bin16_tolerance);
    });
  }
  return found;
}

void ReferencePeaks::save(ByteWriter& out) const {
  out.put_array(std::span<const std::uint32_t>(begin_));
  out.put_array(std::span<const std::uint32_t>(frames_));
  out.put_array(std::span<const std::int8_t>(fractions_));
}

Result<ReferencePeaks> ReferencePeaks::load(ByteReader& in) {
  ReferencePeaks out;
  EARMARK_TRY(const auto begin, in.get_array<std::uint32_t>(out.begin_.size()));
  std::copy(begin.begin(), begin.end(), out.begin_.begin());
  if (begin.front() != 0 || !std::is_sorted(begin.begin(), begin.end())) {
    return fail(ErrorCode::kCorrupt, "index: a recording's peak directory is inconsistent");
  }
  EARMARK_TRY(out.frames_, in.get_array<std::uint32_t>(begin.back()));
  EARMARK_TRY(out.fractions_, in.get_array<std::int8_t>(begin.back()));
  return out;
}

}  // namespace earmark::index
