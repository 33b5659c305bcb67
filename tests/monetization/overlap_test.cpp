// Weights against brute force: every millisecond, and every order in which the uses could have come.
#include "monetization/overlap.h"

#include <algorithm>
#include <numeric>
#include <random>

#include "tests/support/result_matchers.h"

namespace earmark::monetization {
namespace {

Weight listens_at(const std::vector<Spell>& heard, std::int64_t ms) {
  Weight count = 0;
  for (const Spell& spell : heard) {
    if (spell.start_ms <= ms && ms < spell.end_ms) count += static_cast<Weight>(spell.listens);
  }
  return count;
}

bool plays(const Stretch& use, std::int64_t ms) { return use.start_ms <= ms && ms < use.end_ms; }

/// Each use alone, a millisecond at a time.
std::vector<Weight> each_by_brute_force(const std::vector<Spell>& heard, const std::vector<Stretch>& uses,
                                        std::int64_t length_ms) {
  std::vector<Weight> weights(uses.size());
  for (std::int64_t ms = 0; ms < length_ms; ++ms) {
    for (std::size_t i = 0; i < uses.size(); ++i) {
      if (plays(uses[i], ms))
        weights[i] += listens_at(heard, ms) * static_cast<Weight>(uses[i].weight) *
                      static_cast<Weight>(kSharesOfAMillisecond);
    }
  }
  return weights;
}

/// What a set of uses is worth: the heard time, each millisecond at the highest weight that plays.
Weight worth(const std::vector<Spell>& heard, const std::vector<Stretch>& uses, unsigned set,
             std::int64_t length_ms) {
  Weight sum = 0;
  for (std::int64_t ms = 0; ms < length_ms; ++ms) {
    registry::Ppm highest = 0;
    for (std::size_t i = 0; i < uses.size(); ++i) {
      if ((set >> i & 1U) != 0 && plays(uses[i], ms)) highest = std::max(highest, uses[i].weight);
    }
    sum += listens_at(heard, ms) * static_cast<Weight>(highest);
  }
  return sum * static_cast<Weight>(kSharesOfAMillisecond);
}

/// Shapley's definition: the mean, over all orders, of what each use adds when it comes.
std::vector<Weight> shapley_by_brute_force(const std::vector<Spell>& heard, const std::vector<Stretch>& uses,
                                           std::int64_t length_ms) {
  std::vector<Weight> worths(std::size_t{1} << uses.size());
  for (unsigned set = 0; set < worths.size(); ++set) worths[set] = worth(heard, uses, set, length_ms);
  std::vector<std::size_t> order(uses.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<Weight> sums(uses.size());
  Weight orders = 0;
  do {
    unsigned set = 0;
    for (const std::size_t i : order) {
      const unsigned with = set | (1U << i);
      sums[i] += worths[with] - worths[set];
      set = with;
    }
    ++orders;
  } while (std::next_permutation(order.begin(), order.end()));
  for (Weight& sum : sums) {
    EXPECT_EQ(static_cast<std::uint64_t>(sum % orders), 0U) << "the unit does not divide evenly";
    sum /= orders;
  }
  return sums;
}

struct Scene {
  std::vector<Spell> heard;
  std::vector<Stretch> uses;
};

Scene scene(std::mt19937& random, std::size_t uses, std::int64_t length_ms) {
  const auto range = [&](std::int64_t& start, std::int64_t& end) {
    start = static_cast<std::int64_t>(random()) % length_ms;
    end = start + static_cast<std::int64_t>(random()) % (length_ms - start + 1);
  };
  Scene made;
  made.heard.resize(1 + random() % 5);
  for (Spell& spell : made.heard) {
    range(spell.start_ms, spell.end_ms);
    spell.listens = static_cast<std::int64_t>(random() % 4);
  }
  made.uses.resize(uses);
  for (Stretch& use : made.uses) {
    range(use.start_ms, use.end_ms);
    use.weight = static_cast<registry::Ppm>(random() % 5) * 250'000;
  }
  return made;
}

void expect_same(const std::vector<Weight>& a, const std::vector<Weight>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(a[i] == b[i]) << "use " << i;
}

TEST(Weigh, EachIsTheSumOverMilliseconds) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    const Scene made = scene(random, random() % 7, 60);
    ASSERT_OK_AND(const auto weights, weigh(made.heard, made.uses, Overlap::kEach));
    expect_same(weights, each_by_brute_force(made.heard, made.uses, 60));
  }
}

TEST(Weigh, ShapleyIsTheMeanOverAllOrders) {
  std::mt19937 random(5);
  for (int round = 0; round < 120; ++round) {
    const Scene made = scene(random, 1 + random() % 6, 40);
    ASSERT_OK_AND(const auto weights, weigh(made.heard, made.uses, Overlap::kShapley));
    expect_same(weights, shapley_by_brute_force(made.heard, made.uses, 40));
  }
}

TEST(Weigh, ShapleySharesNoMoreThanWasHeard) {
  std::mt19937 random(9);
  for (int round = 0; round < 200; ++round) {
    const Scene made = scene(random, random() % 30, 1000);
    ASSERT_OK_AND(const auto weights, weigh(made.heard, made.uses, Overlap::kShapley));
    Weight sum = 0;
    for (const Weight weight : weights) sum += weight;
    EXPECT_TRUE(sum <= heard_time(made.heard));
  }
}

TEST(Weigh, DoesNotDependOnTheOrderOfSpells) {
  std::mt19937 random(15);
  for (int round = 0; round < 50; ++round) {
    Scene made = scene(random, 5, 500);
    ASSERT_OK_AND(const auto before, weigh(made.heard, made.uses, Overlap::kShapley));
    std::shuffle(made.heard.begin(), made.heard.end(), random);
    made.heard.push_back({10, 10, 3});
    ASSERT_OK_AND(const auto after, weigh(made.heard, made.uses, Overlap::kShapley));
    expect_same(before, after);
  }
}

TEST(Weigh, RefusesWhatMakesNoSense) {
  const std::vector<Spell> heard = {{0, 10, 1}};
  EXPECT_FAILS(weigh(heard, std::vector<Stretch>{{5, 4, 1}}, Overlap::kEach), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(weigh(heard, std::vector<Stretch>{{0, 4, registry::kWhole + 1}}, Overlap::kEach),
               ErrorCode::kInvalidArgument);
  EXPECT_FAILS(weigh(std::vector<Spell>{{0, 10, -1}}, {}, Overlap::kEach), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(weigh(std::vector<Spell>{{-1, 10, 1}}, {}, Overlap::kEach), ErrorCode::kInvalidArgument);
  ASSERT_OK_AND(const auto nothing, weigh(heard, {}, Overlap::kEach));
  EXPECT_TRUE(nothing.empty());
}

}  // namespace
}  // namespace earmark::monetization
