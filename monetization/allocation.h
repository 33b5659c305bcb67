#pragma once
// From what an episode earned to whose it is. A pure function, so that every line can be computed again.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/json.h"
#include "monetization/facts.h"

namespace earmark::monetization {

/// What was heard of an episode in one territory.
struct HeardThere {
  std::string territory;  ///< code, or registry::kElsewhere: not known
  std::vector<Spell> spells;
};

/// One part of a revenue, with each step that led to it.
struct AllocationLine {
  std::string account;  ///< monetization/accounts.h
  std::int64_t micros = 0;
  std::string why;  ///< "fee", "use", "show"
  // Of a use:
  std::string claim_id;
  std::string recording_id;
  std::string territory;
  std::string subject;  ///< recording or work
  std::string party;    ///< whose it is, or would be; empty: nobody's
  registry::Ppm share = 0;
  std::int64_t heard_ms = 0;      ///< listener-milliseconds of the use there, weighted, rounded down
  std::int64_t use_micros = 0;    ///< what the use earned everywhere
  std::int64_t there_micros = 0;  ///< of that: in this territory
  std::int64_t side_micros = 0;   ///< of that: on this side
};
[[nodiscard]] Json to_json(const AllocationLine& line);  ///< without account and micros

struct Allocation {
  std::vector<AllocationLine> lines;  ///< whose sum is the amount; none is 0
  std::int64_t fees_micros = 0;
  std::int64_t net_micros = 0;  ///< the amount less fees
  std::int64_t uses_micros = 0;
  std::int64_t heard_ms = 0;         ///< listener-milliseconds of the whole episode
  bool is_heard_assumed = false;     ///< no listens were known
  bool is_limited_by_floor = false;  ///< the uses asked for more than the show's floor leaves
};

/// Fees, then uses by the seconds that were heard, at most what cap and floor leave; of each use the works'
/// part and the recording's; of each the holders' shares; the rest is the show's. Every step is split by
/// split_exactly (monetization/rounding.h). Time in `heard` is of the revenue's days.
/// Errors: kInvalidArgument (times or weights that make no sense).
[[nodiscard]] Result<Allocation> allocate(const Facts& facts, std::span<const HeardThere> heard);

}  // namespace earmark::monetization
