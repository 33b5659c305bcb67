#include "index/votes.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace earmark::index {
namespace {

struct Election {
  std::vector<Vote> exact;
  std::vector<Vote> about;
  std::vector<bool> counts;
};

/// Votes all over the place, and crowds of one to fifty.
Election random_election(std::mt19937& random, std::size_t alone, std::size_t crowds, std::int64_t universe) {
  Election out;
  const auto add = [&](std::int64_t offset) {
    const auto place = static_cast<std::uint32_t>(offset + 1000);
    out.exact.emplace_back(offset, place);
    out.about.emplace_back(offset - static_cast<std::int64_t>(random() % (kCrowdWidth + 1)), place);
    out.counts.push_back(random() % 20 != 0);
  };
  for (std::size_t i = 0; i < alone; ++i) add(static_cast<std::int64_t>(random()) % universe);
  for (std::size_t c = 0; c < crowds; ++c) {
    const auto middle = static_cast<std::int64_t>(random()) % universe;
    for (std::size_t i = 1 + random() % 50; i > 0; --i) add(middle + static_cast<std::int64_t>(random() % 5));
  }
  return out;
}

/// All of them, sorted and summed.
std::vector<VoteSum> plainly(const Election& election, const Ballot& ballot) {
  std::vector<Vote> votes;
  for (std::size_t i = 0; i < election.exact.size(); ++i) {
    if (election.counts[i]) votes.push_back(election.exact[i]);
  }
  std::sort(votes.begin(), votes.end());
  return heaviest(votes, {}, ballot);
}

TEST(Votes, OfCrowdsAreThoseOfAll) {
  std::mt19937 random(1);
  std::size_t sums = 0;
  for (int round = 0; round < 300; ++round) {
    const std::size_t alone = round % 3 == 0 ? random() % 20'000 : random() % 500;
    const std::int64_t universe =
        round % 2 == 0 ? 3'000'000'000 : 5'000 + static_cast<std::int64_t>(random() % 100'000);
    const Election election = random_election(random, alone, random() % 40, universe);
    const Ballot ballot{kCrowdWidth, 4, 1 + random() % 40, random() % 2 == 0};
    const auto own = heaviest_crowds(
        election.about,
        [&](std::size_t i) { return election.counts[i] ? std::optional(election.exact[i]) : std::nullopt; },
        ballot);
    const auto oracle = plainly(election, ballot);
    ASSERT_EQ(own.size(), oracle.size()) << round;
    sums += own.size();
    for (std::size_t i = 0; i < own.size(); ++i) {
      EXPECT_EQ(own[i].weight, oracle[i].weight) << round;
      EXPECT_EQ(own[i].offset(), oracle[i].offset()) << round;
      EXPECT_EQ(own[i].place, oracle[i].place) << round;
    }
  }
  EXPECT_GT(sums, 1000U);
}

TEST(Votes, DoNotDependOnWhereTheyLie) {
  std::mt19937 random(2);
  const Election here = random_election(random, 200, 20, 50'000);
  std::vector<Vote> votes = here.exact;
  std::sort(votes.begin(), votes.end());
  std::vector<Vote> moved;
  constexpr std::int64_t kAway = 4'000'000'000;
  for (const Vote vote : votes) moved.emplace_back(vote.offset() + kAway, vote.place());
  const Ballot ballot{24, 3, 10, false};

  const auto one = heaviest(votes, {}, ballot);
  const auto other = heaviest(moved, {}, ballot);

  ASSERT_EQ(one.size(), other.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].weight, other[i].weight);
    EXPECT_EQ(one[i].last + kAway, other[i].last);
    EXPECT_EQ(one[i].mean, other[i].mean);
  }
}

TEST(Votes, NoneGiveNothing) {
  EXPECT_TRUE(heaviest({}, {}, {4, 1, 5, false}).empty());
  EXPECT_TRUE(heaviest_crowds({}, {}, {4, 1, 5, false}).empty());
}

}  // namespace
}  // namespace earmark::index
