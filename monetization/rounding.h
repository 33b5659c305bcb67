#pragma once
// The arithmetic of shares of money: exact until the last step, and that step named. Pure functions.
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace earmark::monetization {

/// How large a share is among others. Up to kMostWeight in all.
__extension__ using Weight = unsigned __int128;
inline constexpr Weight kMostWeight = ~Weight{0} >> 1U;

/// Splits an amount in proportion to weights, without a rest: each gets the floor of its exact share, and the
/// units that are left go one by one to the largest remainders, the earlier one first among equals (the
/// method of Hamilton, or largest remainder). A negative amount is split as its positive, with the other
/// sign, so that a refund takes back exactly what was given.
///
/// Shapes: as many parts as weights; their sum is `amount`.
/// Errors: kInvalidArgument where no weight is positive, or the weights are more than kMostWeight in all.
[[nodiscard]] Result<std::vector<std::int64_t>> split_exactly(std::int64_t amount,
                                                              std::span<const Weight> weights);

/// What becomes of the part of a unit that is left over.
enum class Rounding {
  kDown,      ///< towards zero: fees, so that they are never more than their rate
  kHalfEven,  ///< to the nearest, ties to the even one: conversions of currency (IEEE 754's default)
  kHalfUp,    ///< to the nearest, ties away from zero: prices
};
[[nodiscard]] std::string_view to_string(Rounding rounding);  ///< "down", "half_even", "half_up"
[[nodiscard]] Result<Rounding> parse_rounding(std::string_view text);

/// amount · numerator / denominator, both positive. kInvalidArgument, kResourceExhausted (beyond 64 bits).
[[nodiscard]] Result<std::int64_t> scaled(std::int64_t amount, std::int64_t numerator,
                                          std::int64_t denominator, Rounding rounding);

}  // namespace earmark::monetization
