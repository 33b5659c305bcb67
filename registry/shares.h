#pragma once
// Arithmetic of ownership. Pure functions; shares are whole parts per million, never fractions.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "registry/territories.h"

namespace earmark::registry {

/// Parts per million; the whole is kWhole.
using Ppm = std::int64_t;
inline constexpr Ppm kWhole = 1'000'000;

/// "50%", "33.3333%", "100 %" or a plain number of parts per million ("500000"): exact or kInvalidArgument.
[[nodiscard]] Result<Ppm> parse_share(std::string_view text);
[[nodiscard]] std::string show_share(Ppm share);  ///< "33.3333 %"

/// What one party holds where and when: [valid_from, valid_to).
struct Share {
  std::string party;
  Ppm ppm = 0;
  Territories territories;
  Timestamp valid_from{};
  std::optional<Timestamp> valid_to;  ///< nothing: for ever

  friend bool operator==(const Share&, const Share&) = default;
};

struct Holding {
  std::string party;
  Ppm ppm = 0;
  friend bool operator==(const Holding&, const Holding&) = default;
};

/// Who holds what in `territory` at that time, in the order of names; the shares of a party add up.
[[nodiscard]] std::vector<Holding> holdings_in(std::span<const Share> shares, std::string_view territory,
                                               Timestamp at);
[[nodiscard]] Ppm total_of(std::span<const Holding> holdings);

/// The territories that some share names, and kElsewhere last: between them nothing differs.
[[nodiscard]] std::vector<std::string> territories_of(std::span<const Share> shares);

/// More than the whole is claimed in a territory for a time.
struct ShareConflict {
  std::string territory;  ///< a code, or kElsewhere
  Ppm total = 0;          ///< the highest in that time
  Timestamp valid_from{};
  std::optional<Timestamp> valid_to;
  friend bool operator==(const ShareConflict&, const ShareConflict&) = default;
};
/// By territory, then time; times that follow each other are one conflict.
[[nodiscard]] std::vector<ShareConflict> conflicts_of(std::span<const Share> shares);

}  // namespace earmark::registry
