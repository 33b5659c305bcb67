#pragma once
// How much of what listeners heard was which use. Pure functions.
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "monetization/rounding.h"
#include "registry/shares.h"

namespace earmark::monetization {

/// So many listens heard [start_ms, end_ms) of an episode.
struct Spell {
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  std::int64_t listens = 0;
};

/// A use, and how much a second of it counts: parts per million, at most the whole.
struct Stretch {
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  registry::Ppm weight = registry::kWhole;
};

/// What becomes of a second in which several uses are heard.
enum class Overlap {
  kEach,     ///< each counts in full (time-proportional, as if it were alone)
  kShapley,  ///< it counts once, at the highest weight, and each use gets its Shapley value of it
};
[[nodiscard]] std::string_view to_string(Overlap overlap);  ///< "each", "shapley"
[[nodiscard]] Result<Overlap> parse_overlap(std::string_view text);

/// Weights are counted in this part of a millisecond of one listener at a parts-per-million of weight: the
/// least common multiple of 1 to 16, so that a second that is shared by up to sixteen uses is divided without
/// a rest. (Of more than sixteen the rest of that division is given to nobody.)
inline constexpr std::int64_t kSharesOfAMillisecond = 720'720;

/// What each use counts, in the order of `uses`.
///
/// kShapley: the worth of a set of uses in one instant is the highest weight among them, which is an airport
///           game; its Shapley value shares each step from one weight to the next equally among all uses that
///           reach it.
/// Errors:   kInvalidArgument (an end before its start, a negative count, a weight above the whole, or more
///           time than 2^127 units).
/// Cost:     O((n + m) log (n + m) + instants · uses that are heard at once).
/// Source:   Littlechild & Owen, A simple expression for the Shapley value in a special case, Management
///           Science 20 (1973).
[[nodiscard]] Result<std::vector<Weight>> weigh(std::span<const Spell> heard, std::span<const Stretch> uses,
                                                Overlap overlap);

/// All that was heard, in the same units, at full weight.
[[nodiscard]] Weight heard_time(std::span<const Spell> heard);

}  // namespace earmark::monetization
