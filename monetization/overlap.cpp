#include "monetization/overlap.h"

#include <algorithm>

#include <fmt/format.h>

namespace earmark::monetization {
namespace {

/// Beyond these a sum might not fit: a day-long episode heard by a million million listens.
constexpr std::int64_t kMostMs = 1'000'000'000;
constexpr std::int64_t kMostListens = 1'000'000'000'000;

/// Something changes at this time: so many listens more (or fewer), or a use begins or ends.
struct Change {
  std::int64_t at_ms = 0;
  std::int64_t listens = 0;
  std::int32_t use = -1;  ///< -1: none
};

Status check(std::span<const Spell> heard, std::span<const Stretch> uses) {
  const auto is_range = [](std::int64_t start, std::int64_t end) {
    return start >= 0 && start <= end && end <= kMostMs;
  };
  std::int64_t listens = 0;
  for (const Spell& spell : heard) {
    if (!is_range(spell.start_ms, spell.end_ms) || spell.listens < 0 || spell.listens > kMostListens)
      return fail(ErrorCode::kInvalidArgument, fmt::format("{} listens of {} ms to {} ms: no range",
                                                           spell.listens, spell.start_ms, spell.end_ms));
    listens += spell.listens;
    if (listens > kMostListens) return fail(ErrorCode::kInvalidArgument, "too many listens of one episode");
  }
  for (const Stretch& use : uses) {
    if (!is_range(use.start_ms, use.end_ms) || use.weight < 0 || use.weight > registry::kWhole)
      return fail(ErrorCode::kInvalidArgument, fmt::format("a use of {} ms to {} ms with weight {}",
                                                           use.start_ms, use.end_ms, use.weight));
  }
  return {};
}

std::vector<Change> changes_of(std::span<const Spell> heard, std::span<const Stretch> uses) {
  std::vector<Change> changes;
  changes.reserve(2 * (heard.size() + uses.size()));
  for (const Spell& spell : heard) {
    if (spell.start_ms == spell.end_ms || spell.listens == 0) continue;
    changes.push_back({spell.start_ms, spell.listens, -1});
    changes.push_back({spell.end_ms, -spell.listens, -1});
  }
  for (std::size_t i = 0; i < uses.size(); ++i) {
    if (uses[i].start_ms == uses[i].end_ms) continue;
    changes.push_back({uses[i].start_ms, 0, static_cast<std::int32_t>(i)});
    changes.push_back({uses[i].end_ms, 0, static_cast<std::int32_t>(i)});
  }
  std::sort(changes.begin(), changes.end(),
            [](const Change& a, const Change& b) { return a.at_ms < b.at_ms; });
  return changes;
}

/// The uses that are heard now, by rising weight.
class Playing {
 public:
  Playing(std::span<const Stretch> uses, Overlap overlap) : uses_(uses), overlap_(overlap) {}

  /// Begins the use, or ends it where it plays.
  void toggle(std::int32_t use) {
    const auto found = std::find(playing_.begin(), playing_.end(), use);
    if (found != playing_.end()) {
      playing_.erase(found);
      return;
    }
    const auto place =
        std::upper_bound(playing_.begin(), playing_.end(), use,
                         [this](std::int32_t a, std::int32_t b) { return weight_of(a) < weight_of(b); });
    playing_.insert(place, use);
  }

  /// Gives each its part of `time` (milliseconds times listens).
  void share(Weight time, std::vector<Weight>& out) const {
    const Weight units = time * static_cast<Weight>(kSharesOfAMillisecond);
    if (overlap_ == Overlap::kEach) {
      for (const auto use : playing_) out[static_cast<std::size_t>(use)] += units * weight_of(use);
      return;
    }
    Weight each = 0;
    Weight reached = 0;
    for (std::size_t i = 0; i < playing_.size(); ++i) {
      const Weight weight = weight_of(playing_[i]);
      each += units * (weight - reached) / (playing_.size() - i);
      reached = weight;
      out[static_cast<std::size_t>(playing_[i])] += each;
    }
  }
  [[nodiscard]] bool is_silent() const { return playing_.empty(); }

 private:
  [[nodiscard]] Weight weight_of(std::int32_t use) const {
    return static_cast<Weight>(uses_[static_cast<std::size_t>(use)].weight);
  }

  std::span<const Stretch> uses_;
  Overlap overlap_;
  std::vector<std::int32_t> playing_;
};

}  // namespace

std::string_view to_string(Overlap overlap) { return overlap == Overlap::kEach ? "each" : "shapley"; }

Result<Overlap> parse_overlap(std::string_view text) {
  for (const auto overlap : {Overlap::kEach, Overlap::kShapley}) {
    if (text == to_string(overlap)) return overlap;
  }
  return fail(ErrorCode::kInvalidArgument, fmt::format("overlap '{}': must be each or shapley", text));
}

Result<std::vector<Weight>> weigh(std::span<const Spell> heard, std::span<const Stretch> uses,
                                  Overlap overlap) {
  EARMARK_TRY_STATUS(check(heard, uses));
  std::vector<Weight> weights(uses.size());
  const auto changes = changes_of(heard, uses);
  Playing playing(uses, overlap);
  std::int64_t listens = 0;
  std::int64_t since_ms = 0;
  for (const Change& change : changes) {
    if (change.at_ms > since_ms && listens > 0 && !playing.is_silent())
      playing.share(static_cast<Weight>(change.at_ms - since_ms) * static_cast<Weight>(listens), weights);
    since_ms = change.at_ms;
    listens += change.listens;
    if (change.use >= 0) playing.toggle(change.use);
  }
  return weights;
}

Weight heard_time(std::span<const Spell> heard) {
  Weight time = 0;
  for (const Spell& spell : heard)
    time += static_cast<Weight>(spell.end_ms - spell.start_ms) * static_cast<Weight>(spell.listens);
  return time * static_cast<Weight>(kSharesOfAMillisecond) * static_cast<Weight>(registry::kWhole);
}

}  // namespace earmark::monetization
