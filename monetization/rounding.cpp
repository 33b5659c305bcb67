#include "monetization/rounding.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include <fmt/format.h>

namespace earmark::monetization {
namespace {

struct Quotient {
  std::uint64_t whole = 0;
  Weight rest = 0;
};

constexpr unsigned kAmountBits = 64;

/// floor(amount · weight / total) and what is left, for weight <= total <= kMostWeight: long division, a bit
/// of the amount at a time, because the product may need 191 bits. One division where it does not.
Quotient share_of(std::uint64_t amount, Weight weight, Weight total) {
  Weight product = 0;
  if (!__builtin_mul_overflow(Weight{amount}, weight, &product)) {
    return {static_cast<std::uint64_t>(product / total), product % total};
  }
  Quotient quotient;
  const auto count_over = [&] {
    if (quotient.rest < total) return;
    quotient.rest -= total;
    ++quotient.whole;
  };
  for (unsigned bit = kAmountBits; bit-- > 0;) {
    quotient.whole <<= 1U;
    quotient.rest <<= 1U;  // below 2^128, because rest < total <= 2^127
    count_over();
    if ((amount >> bit & 1U) == 0) continue;
    // Not rest + weight, which may be too large: how far rest is from total decides.
    if (quotient.rest >= total - weight) {
      quotient.rest -= total - weight;
      ++quotient.whole;
    } else {
      quotient.rest += weight;
    }
  }
  return quotient;
}

std::uint64_t size_of(std::int64_t amount) {
  return amount < 0 ? 0 - static_cast<std::uint64_t>(amount) : static_cast<std::uint64_t>(amount);
}

}  // namespace

Result<std::vector<std::int64_t>> split_exactly(std::int64_t amount, std::span<const Weight> weights) {
  Weight total = 0;
  for (const Weight weight : weights) {
    if (weight > kMostWeight - total)
      return fail(ErrorCode::kInvalidArgument, "the weights of a split are too large");
    total += weight;
  }
  if (total == 0)
    return fail(ErrorCode::kInvalidArgument, "an amount cannot be split: no weight is positive");
  const std::uint64_t size = size_of(amount);
  std::uint64_t left = size;
  std::vector<std::uint64_t> parts(weights.size());
  std::vector<Weight> rests(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Quotient quotient = share_of(size, weights[i], total);
    parts[i] = quotient.whole;
    rests[i] = quotient.rest;
    left -= quotient.whole;
  }
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return rests[a] > rests[b]; });
  for (std::size_t i = 0; i < left; ++i) ++parts[order[i]];
  std::vector<std::int64_t> out;
  out.reserve(parts.size());
  for (const std::uint64_t part : parts)
    out.push_back(static_cast<std::int64_t>(amount < 0 ? 0 - part : part));
  return out;
}

std::string_view to_string(Rounding rounding) {
  switch (rounding) {
    case Rounding::kDown: return "down";
    case Rounding::kHalfEven: return "half_even";
    case Rounding::kHalfUp: return "half_up";
  }
  return "down";
}

Result<Rounding> parse_rounding(std::string_view text) {
  for (const auto rounding : {Rounding::kDown, Rounding::kHalfEven, Rounding::kHalfUp}) {
    if (text == to_string(rounding)) return rounding;
  }
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("rounding '{}': must be down, half_even or half_up", text));
}

Result<std::int64_t> scaled(std::int64_t amount, std::int64_t numerator, std::int64_t denominator,
                            Rounding rounding) {
  if (numerator < 0 || denominator <= 0)
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}/{} is no rate", numerator, denominator));
  const auto divisor = static_cast<Weight>(denominator);
  const Weight product = Weight{size_of(amount)} * static_cast<Weight>(numerator);  // at most 2^127
  Weight whole = product / divisor;
  const Weight twice_rest = 2 * (product % divisor);
  const bool up = (rounding == Rounding::kHalfUp && twice_rest >= divisor) ||
                  (rounding == Rounding::kHalfEven &&
                   (twice_rest > divisor || (twice_rest == divisor && (whole & 1U) != 0)));
  if (up) ++whole;
  if (whole > static_cast<Weight>(std::numeric_limits<std::int64_t>::max()))
    return fail(ErrorCode::kResourceExhausted,
                fmt::format("{} times {}/{} is beyond 64 bits", amount, numerator, denominator));
  const auto size = static_cast<std::int64_t>(whole);
  return amount < 0 ? -size : size;
}

}  // namespace earmark::monetization
