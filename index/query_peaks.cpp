#include "index/query_peaks.h"

#include <algorithm>

namespace earmark::index {

QueryPeaks::QueryPeaks(const fingerprint::Fingerprint& query)
    : peaks_(query.peaks), frames_(static_cast<std::int64_t>(query.samples / fingerprint::kFrameHop)) {
  std::size_t at = 0;
  for (std::int64_t frame = 0; frame <= frames_ + kStride; frame += kStride) {
    while (at < peaks_.size() && peaks_[at].frame < frame) ++at;
    directory_.push_back(static_cast<std::uint32_t>(at));
  }
}

std::size_t QueryPeaks::index_of(std::int64_t frame) const {
  frame = std::clamp<std::int64_t>(frame, 0, frames_);
  std::size_t at = directory_[static_cast<std::size_t>(frame / kStride)];
  while (at < peaks_.size() && peaks_[at].frame < frame) ++at;
  return at;
}

std::span<const fingerprint::Peak> QueryPeaks::in(FrameRange range) const {
  const std::size_t first = index_of(range.first);
  const std::size_t last = std::max(first, index_of(range.last));
  return peaks_.subspan(first, last - first);
}

}  // namespace earmark::index
