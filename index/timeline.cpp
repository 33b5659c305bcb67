#include "index/timeline.h"

#include <algorithm>

namespace earmark::index {

Timeline::Timeline(const std::vector<LiveSegment>& segments) : segments_(&segments) {
  for (const LiveSegment& live : segments) {
    frames_ += live.segment->recorded_frames();
    if (live.dead_count == 0) continue;
    const auto rows = live.segment->recordings();
    for (std::size_t i = 0; i < rows.size(); ++i) frames_ -= live.is_dead(i) ? rows[i].frames : 0;
  }
}

std::optional<Timeline::Location> Timeline::locate(const std::vector<LiveSegment>& segments,
                                                   std::int64_t place) {
  const auto after = std::upper_bound(segments.begin(), segments.end(), place,
                                      [](std::int64_t p, const LiveSegment& live) { return p < live.base; });
  if (after == segments.begin()) return std::nullopt;
  const LiveSegment& live = *(after - 1);
  const RecordingRow* const row = live.segment->find(place - live.base);
  if (row == nullptr) return std::nullopt;
  const auto i = static_cast<std::size_t>(row - live.segment->recordings().data());
  if (live.is_dead(i)) return std::nullopt;
  return Location{&live, i};
}

std::optional<Timeline::Span> Timeline::find(std::int64_t place) const {
  const auto found = locate(*segments_, place);
  if (!found) return std::nullopt;
  const RecordingRow& row = found->live->segment->recordings()[found->row];
  return Span{found->live->base + row.first, row.frames,
              found->live->first_slot + static_cast<std::uint32_t>(found->row)};
}

}  // namespace earmark::index
