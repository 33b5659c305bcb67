#include "index/store.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/check.h"

namespace earmark::index {
namespace {

/// Votes count in 32 bits and may lie this much before a place: a day of query, at the fastest.
constexpr std::uint64_t kMostFrames = std::numeric_limits<std::uint32_t>::max() - (1U << 24);

std::vector<LiveSegment> placed(std::vector<LiveSegment> segments) {
  std::uint64_t base = 0;
  std::uint32_t slot = 0;
  for (LiveSegment& live : segments) {
    live.base = static_cast<std::uint32_t>(base);
    live.first_slot = slot;
    base += live.segment->frames();
    slot += static_cast<std::uint32_t>(live.segment->recordings().size());
    EARMARK_CHECK(base < kMostFrames, "more than 19,000 hours in one index: shard it");
  }
  return segments;
}

}  // namespace

Recording Recordings::operator[](std::uint32_t slot) const {
  const auto after =
      std::upper_bound(segments_->begin(), segments_->end(), slot,
                       [](std::uint32_t s, const LiveSegment& live) { return s < live.first_slot; });
  // Segments without recordings share a slot with the next one: the last that begins here or before has it.
  const LiveSegment& live = *(after - 1);
  const std::size_t i = slot - live.first_slot;
  const RecordingRow& row = live.segment->recordings()[i];
  return {row.key, row.samples, {live.base + row.first, row.frames, slot}, live.segment->peaks(i)};
}

std::optional<std::uint32_t> Recordings::find(RecordingKey key) const {
  for (const LiveSegment& live : *segments_) {
    const auto rows = live.segment->recordings();
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      if (rows[i].key == key && !live.is_dead(i)) return live.first_slot + i;
    }
  }
  return std::nullopt;
}

Engine::State::State(std::vector<LiveSegment> live, std::string state_tag)
    : segments(placed(std::move(live))), tag(std::move(state_tag)) {}

}  // namespace earmark::index
