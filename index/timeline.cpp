#include "index/timeline.h"

#include <algorithm>
#include <limits>

namespace earmark::index {
namespace {

bool before(const Timeline::Span& span, std::int64_t place) { return span.first < place; }

}  // namespace

std::optional<Timeline::Span> Timeline::append(std::uint32_t frames, std::uint32_t slot) {
  if (std::uint64_t{end_} + frames + kGapFrames >= std::numeric_limits<std::int32_t>::max())
    return std::nullopt;
  spans_.push_back({end_, frames, slot});
  end_ += frames + kGapFrames;
  frames_ += frames;
  return spans_.back();
}

void Timeline::remove(std::uint32_t first) {
  const auto at = std::lower_bound(spans_.begin(), spans_.end(), std::int64_t{first}, before);
  if (at == spans_.end() || at->first != first) return;
  frames_ -= at->frames;
  spans_.erase(at);
}

const Timeline::Span* Timeline::find(std::int64_t place) const {
  auto at = std::lower_bound(spans_.begin(), spans_.end(), place + 1, before);
  if (at == spans_.begin()) return nullptr;
  --at;
  return place < std::int64_t{at->first} + at->frames ? &*at : nullptr;
}

void Timeline::restore(std::vector<Span> spans, std::uint32_t end) {
  spans_ = std::move(spans);
  end_ = end;
  frames_ = 0;
  for (const Span& span : spans_) frames_ += span.frames;
}

}  // namespace earmark::index
