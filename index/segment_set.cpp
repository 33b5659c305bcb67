#include "index/segment_set.h"

#include <algorithm>
#include <utility>

#include "core/check.h"

namespace earmark::index {
namespace {

/// A larger tail in memory is not merged further: it is about to be saved.
constexpr std::uint64_t kMostTailBytes = 64 << 20;

}  // namespace

std::shared_ptr<const Segment> merged(std::span<const LiveSegment> segments) {
  std::vector<Segment::Part> parts;
  for (const LiveSegment& live : segments) parts.push_back({live.segment.get(), live.dead_flags()});
  return Segment::merge(parts);
}

Engine::Core::Core(std::vector<LiveSegment> segments, std::string tag)
    : current(std::make_shared<const State>(std::move(segments), std::move(tag))) {
  for (const LiveSegment& live : current.get()->segments) locate(live);
}

void Engine::Core::locate(const LiveSegment& live) {
  const auto rows = live.segment->recordings();
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    if (!live.is_dead(i)) locations[rows[i].key] = {live.segment.get(), i};
  }
}

void Engine::Core::bury(std::vector<LiveSegment>& segments, RecordingKey key) {
  const auto at = locations.find(key);
  if (at == locations.end()) return;
  for (LiveSegment& live : segments) {
    if (live.segment.get() != at->second.segment) continue;
    auto dead = live.dead ? *live.dead : std::vector<char>(live.segment->recordings().size(), 0);
    dead[at->second.row] = 1;
    live.dead = std::make_shared<const std::vector<char>>(std::move(dead));
    ++live.dead_count;
  }
  locations.erase(at);
}

void Engine::Core::apply(const IndexChange& change) {
  std::shared_ptr<const Segment> added;
  if (!change.added.empty()) added = Segment::build(change.added);
  const std::lock_guard lock(writing);
  auto segments = current.get()->segments;
  for (const RecordingKey key : change.removed) bury(segments, key);
  for (const NewRecording& recording : change.added) bury(segments, recording.key);
  if (added) {
    segments.push_back({.segment = std::move(added), .dead = nullptr});
    locate(segments.back());
    merge_tail(segments);
  }
  current.publish(std::make_shared<const State>(std::move(segments), change.tag));
}

void Engine::Core::merge_tail(std::vector<LiveSegment>& segments) {
  // Each is at least twice as large as the next: few to search, each recording merged O(log n) times.
  while (segments.size() >= frozen + 2) {
    const LiveSegment& last = segments.back();
    const LiveSegment& before = segments[segments.size() - 2];
    if (before.stored || before.segment->bytes() >= 2 * last.segment->bytes() ||
        before.segment->bytes() > kMostTailBytes) {
      return;
    }
    LiveSegment both{.segment = merged(std::span(segments).last(2)), .dead = nullptr};
    segments.resize(segments.size() - 2);
    locate(both);
    segments.push_back(std::move(both));
  }
}

void Engine::Core::replace(std::size_t first, std::size_t last, std::shared_ptr<const Segment> next) {
  const std::lock_guard lock(writing);
  const auto state = current.get();
  auto segments = state->segments;
  const auto begin = segments.begin() + static_cast<std::ptrdiff_t>(first);
  const auto end = segments.begin() + static_cast<std::ptrdiff_t>(last);
  LiveSegment live{.segment = std::move(next), .dead = nullptr, .stored = true};
  const auto rows = live.segment->recordings();
  std::vector<char> dead(rows.size(), 0);
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const auto at = locations.find(rows[i].key);
    const bool was_here = at != locations.end() && std::any_of(begin, end, [&](const LiveSegment& old) {
                            return old.segment.get() == at->second.segment;
                          });
    if (was_here) {
      at->second = {live.segment.get(), i};
    } else {
      dead[i] = 1;
      ++live.dead_count;
    }
  }
  if (live.dead_count > 0) live.dead = std::make_shared<const std::vector<char>>(std::move(dead));
  *begin = std::move(live);
  segments.erase(begin + 1, end);
  frozen -= std::min(frozen, last - first - 1);
  current.publish(std::make_shared<const State>(std::move(segments), state->tag));
}

}  // namespace earmark::index
