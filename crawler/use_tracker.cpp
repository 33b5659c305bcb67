#include "crawler/use_tracker.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace earmark::crawler {
namespace {

using registry::LiveUse;
using std::chrono::milliseconds;

bool is_continuation(const LiveUse& use, const UseTracker::Heard& heard) {
  const index::Match& match = heard.use.match;
  const bool is_same_session = use.session_key == heard.session_key;
  if (use.recording_key != match.recording || heard.end < use.started_at) return false;
  if (heard.start - use.ended_at > (is_same_session ? UseTracker::kLostFor : UseTracker::kAwayFor))
    return false;
  const auto since = static_cast<double>((heard.start - use.ended_at).count());
  const double expected = static_cast<double>(use.reference_end_ms) + since * use.speed;
  const double drift = std::abs(static_cast<double>(match.reference_start_ms) - expected);
  const milliseconds allowed = is_same_session ? UseTracker::kSameLine : UseTracker::kSameLineAnew;
  return drift <= static_cast<double>(allowed.count());
}

void take_strength(LiveUse& use, const catalogue::MatchedUse& found) {
  const index::Match& match = found.match;
  if (match.score > use.score) {
    use.score = match.score;
    use.speed = match.speed;
    use.pitch_cents = match.pitch_cents;
  }
  use.probability = std::max(use.probability, match.probability);
  for (const std::string& id : found.ambiguous_with) {
    const bool is_known =
        std::find(use.ambiguous_with.begin(), use.ambiguous_with.end(), id) != use.ambiguous_with.end();
    if (!is_known) use.ambiguous_with.push_back(id);
  }
  ++use.windows;
}

}  // namespace

LiveUse* UseTracker::find(const Heard& heard) {
  const auto use = std::find_if(open_.begin(), open_.end(),
                                [&](const LiveUse& open) { return is_continuation(open, heard); });
  return use == open_.end() ? nullptr : &*use;
}

void UseTracker::extend(LiveUse& use, const Heard& heard) {
  const index::Match& match = heard.use.match;
  if (use.session_key == heard.session_key && heard.start < use.started_at) {
    use.started_at = heard.start;
    use.reference_start_ms = match.reference_start_ms;
  }
  if (heard.end > use.ended_at) {
    use.ended_at = heard.end;
    use.reference_end_ms = match.reference_end_ms;
  }
  use.session_key = heard.session_key;
  take_strength(use, heard.use);
}

LiveUse& UseTracker::begin(const Heard& heard, std::int64_t stream_key, Timestamp now) {
  const index::Match& match = heard.use.match;
  LiveUse use;
  use.stream_key = stream_key;
  use.session_key = heard.session_key;
  use.recording_key = match.recording;
  use.started_at = heard.start;
  use.ended_at = heard.end;
  use.reference_start_ms = match.reference_start_ms;
  use.reference_end_ms = match.reference_end_ms;
  use.reported_at = now;
  take_strength(use, heard.use);
  open_.push_back(std::move(use));
  return open_.back();
}

void UseTracker::move_back(std::int64_t session_key, Timestamp began, milliseconds earlier) {
  for (LiveUse& use : open_) {
    if (use.session_key != session_key) continue;
    if (use.started_at - earlier >= began) use.started_at -= earlier;
    use.ended_at -= earlier;
  }
}

std::vector<LiveUse> UseTracker::take_ended(Timestamp before) {
  const auto ended = std::stable_partition(open_.begin(), open_.end(),
                                           [&](const LiveUse& use) { return use.ended_at >= before; });
  std::vector<LiveUse> taken(std::make_move_iterator(ended), std::make_move_iterator(open_.end()));
  open_.erase(ended, open_.end());
  return taken;
}

}  // namespace earmark::crawler
