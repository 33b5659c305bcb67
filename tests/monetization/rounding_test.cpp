// Splits against exact rationals (Boost's, which are used nowhere else).
#include "monetization/rounding.h"

#include <algorithm>
#include <numeric>
#include <random>

#include <boost/multiprecision/cpp_int.hpp>

#include "tests/support/result_matchers.h"

namespace earmark::monetization {
namespace {

using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;

cpp_int exact(Weight weight) {
  const auto high = static_cast<std::uint64_t>(weight >> 64U);
  return (cpp_int(high) << 64) + cpp_int(static_cast<std::uint64_t>(weight));
}

/// Hamilton's method in exact rationals, from its definition.
std::vector<cpp_int> by_definition(std::int64_t amount, const std::vector<Weight>& weights) {
  cpp_int total = 0;
  for (const Weight weight : weights) total += exact(weight);
  const cpp_int size = abs(cpp_int(amount));
  std::vector<cpp_int> parts;
  std::vector<cpp_rational> rests;
  cpp_int left = size;
  for (const Weight weight : weights) {
    const cpp_rational share = cpp_rational(size) * cpp_rational(exact(weight), total);
    const cpp_int whole = numerator(share) / denominator(share);
    parts.push_back(whole);
    rests.push_back(share - cpp_rational(whole));
    left -= whole;
  }
  while (left > 0) {
    const auto largest = std::max_element(rests.begin(), rests.end());  // the first of equals
    parts[static_cast<std::size_t>(largest - rests.begin())] += 1;
    *largest = -1;
    left -= 1;
  }
  for (auto& part : parts) {
    if (amount < 0) part = -part;
  }
  return parts;
}

void expect_same(std::int64_t amount, const std::vector<Weight>& weights) {
  ASSERT_OK_AND(const auto parts, split_exactly(amount, weights));
  const auto expected = by_definition(amount, weights);
  ASSERT_EQ(parts.size(), expected.size());
  for (std::size_t i = 0; i < parts.size(); ++i) EXPECT_EQ(cpp_int(parts[i]), expected[i]) << "part " << i;
  EXPECT_EQ(std::accumulate(parts.begin(), parts.end(), std::int64_t{0}), amount);
}

TEST(SplitExactly, IsHamiltonsMethodOnAllSmallCases) {
  for (std::int64_t amount = -7; amount <= 12; ++amount) {
    for (unsigned code = 1; code < 6 * 6 * 6; ++code)
      expect_same(amount, {Weight{code % 6}, Weight{code / 6 % 6}, Weight{code / 36}});
  }
}

TEST(SplitExactly, IsHamiltonsMethodOnWeightsOfEverySize) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 2000; ++round) {
    const unsigned bits = 1 + static_cast<unsigned>(random() % 120);
    std::vector<Weight> weights(1 + random() % 8);
    for (Weight& weight : weights) weight = ((Weight{random()} << 64U) | random()) >> (128U - bits);
    weights[0] += 1;
    expect_same(static_cast<std::int64_t>(random() >> (random() % 64)), weights);
  }
}

TEST(SplitExactly, HoldsAtTheEndsOfItsRange) {
  const auto most = std::numeric_limits<std::int64_t>::max();
  expect_same(most, {kMostWeight});
  expect_same(most, {kMostWeight - 1, 1});
  expect_same(-most, {kMostWeight / 2, kMostWeight / 2, 1});
  expect_same(std::numeric_limits<std::int64_t>::min(), {3, 4});
  expect_same(0, {1, 2, 3});
  EXPECT_FAILS(split_exactly(1, std::vector<Weight>{}), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(split_exactly(1, std::vector<Weight>{0, 0}), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(split_exactly(1, std::vector<Weight>{kMostWeight, 1}), ErrorCode::kInvalidArgument);
}

TEST(SplitExactly, TakesBackWhatItGave) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 500; ++round) {
    std::vector<Weight> weights(1 + random() % 6);
    for (Weight& weight : weights) weight = 1 + random() % 1000;
    const auto amount = static_cast<std::int64_t>(random() % 1'000'000);
    ASSERT_OK_AND(const auto there, split_exactly(amount, weights));
    ASSERT_OK_AND(const auto back, split_exactly(-amount, weights));
    for (std::size_t i = 0; i < weights.size(); ++i) EXPECT_EQ(there[i], -back[i]);
  }
}

TEST(Scaled, RoundsAsItsNameSays) {
  struct Case {
    std::int64_t amount;
    std::int64_t down;
    std::int64_t even;
    std::int64_t up;
  };
  // Halves: of amount · 1 / 2.
  for (const Case& one : {Case{1, 0, 0, 1}, Case{3, 1, 2, 2}, Case{5, 2, 2, 3}, Case{-1, 0, 0, -1},
                          Case{-3, -1, -2, -2}, Case{4, 2, 2, 2}}) {
    EXPECT_EQ(scaled(one.amount, 1, 2, Rounding::kDown).value(), one.down) << one.amount;
    EXPECT_EQ(scaled(one.amount, 1, 2, Rounding::kHalfEven).value(), one.even) << one.amount;
    EXPECT_EQ(scaled(one.amount, 1, 2, Rounding::kHalfUp).value(), one.up) << one.amount;
  }
  EXPECT_FAILS(scaled(1, 1, 0, Rounding::kDown), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(scaled(std::numeric_limits<std::int64_t>::max(), 2, 1, Rounding::kDown),
               ErrorCode::kResourceExhausted);
}

TEST(Scaled, IsNeverMoreThanOneUnitFromTheExactRational) {
  std::mt19937_64 random(13);
  for (int round = 0; round < 2000; ++round) {
    const auto amount = static_cast<std::int64_t>(random() >> 8U) * (round % 2 == 0 ? 1 : -1);
    const auto numerator = static_cast<std::int64_t>(random() % 1'000'000);
    const auto denominator = static_cast<std::int64_t>(1'000'000 + random() % 1'000'000);
    const cpp_rational exact_value = cpp_rational(amount) * cpp_rational(numerator, denominator);
    for (const auto rounding : {Rounding::kDown, Rounding::kHalfEven, Rounding::kHalfUp}) {
      ASSERT_OK_AND(const auto value, scaled(amount, numerator, denominator, rounding));
      const cpp_rational off = abs(cpp_rational(value) - exact_value);
      EXPECT_LE(off, rounding == Rounding::kDown ? cpp_rational(1) : cpp_rational(1, 2));
      if (rounding == Rounding::kDown) {
        EXPECT_LE(abs(cpp_rational(value)), abs(exact_value));
      }
    }
  }
}

}  // namespace
}  // namespace earmark::monetization
