#include "index/votes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "core/check.h"

namespace earmark::index {
namespace {

constexpr std::size_t kPoolPerLine = 16;   // neighbouring sums see the same votes: enough must be left
constexpr std::size_t kCrowdsPerLine = 4;  // that are looked at first

/// What was chosen, and from which weight on all sums must have been there for the choice to be right.
struct Choice {
  std::vector<VoteSum> sums;
  std::int64_t complete_from = 0;
};

/// Every sum of votes within ballot.width that is heavy enough, by offset.
std::vector<VoteSum> all_sums(std::span<const Vote> votes, std::span<const std::int64_t> weights,
                              const Ballot& ballot) {
  std::vector<VoteSum> sums;
  std::int64_t weight = 0;
  std::int64_t moment = 0;  // of offsets less the first one's
  std::size_t first = 0;
  const auto weight_of = [&](std::size_t i) { return weights.empty() ? 1 : weights[i]; };
  const auto relative = [&](std::size_t i) { return votes[i].offset() - votes[0].offset(); };
  for (std::size_t i = 0; i < votes.size(); ++i) {
    weight += weight_of(i);
    moment += weight_of(i) * relative(i);
    for (; votes[first].offset() + ballot.width <= votes[i].offset(); ++first) {
      weight -= weight_of(first);
      moment -= weight_of(first) * relative(first);
    }
    if (weight < ballot.least) continue;
    const VoteSum sum{weight, votes[i].offset(),
                      static_cast<double>(moment - weight * relative(i)) / static_cast<double>(weight),
                      votes[i].place()};
    const bool same_line = ballot.each_line_once && !sums.empty() &&
                           sum.offset() - sums.back().offset() < static_cast<double>(kLinesApart);
    if (!same_line) {
      sums.push_back(sum);
    } else if (sum.weight > sums.back().weight) {
      sums.back() = sum;
    }
  }
  return sums;
}

Choice choose(std::span<const Vote> votes, std::span<const std::int64_t> weights, const Ballot& ballot) {
  auto sums = all_sums(votes, weights, ballot);
  const std::size_t pool = std::min(sums.size(), ballot.most * kPoolPerLine);
  std::partial_sort(sums.begin(), sums.begin() + static_cast<std::ptrdiff_t>(pool), sums.end(),
                    [](const VoteSum& a, const VoteSum& b) {
                      return a.weight != b.weight ? a.weight > b.weight : a.offset() < b.offset();
                    });
  Choice choice;
  for (std::size_t i = 0; i < pool && choice.sums.size() < ballot.most; ++i) {
    const bool apart = std::none_of(choice.sums.begin(), choice.sums.end(), [&](const VoteSum& chosen) {
      return std::abs(chosen.offset() - sums[i].offset()) < static_cast<double>(kLinesApart);
    });
    if (apart) choice.sums.push_back(sums[i]);
  }
  choice.complete_from = ballot.least;
  if (choice.sums.size() == ballot.most) {
    choice.complete_from = choice.sums.back().weight;
  } else if (pool == ballot.most * kPoolPerLine) {
    choice.complete_from = sums[pool - 1].weight;
  }
  return choice;
}

/// Votes counted by bin of their offset, in a table whose collisions only count too many. Three neighbouring
/// bins hold every sum, also of votes that are only about known.
class CrowdTable {
 public:
  CrowdTable(std::span<const Vote> votes, std::int64_t least)
      : mask_(std::clamp(std::bit_ceil(kRoom * votes.size()), kFewestBins, kMostBins) - 1),
        counts_(mask_ + 1 + kWord + 2),
        wanted_(mask_ + 1) {
    std::uint8_t* const counts = counts_.data();
    const std::size_t mask = mask_;
    for (const Vote vote : votes) {
      std::uint8_t& n = counts[vote.bin() & mask];
      n = static_cast<std::uint8_t>(n + (n < kMostCounted ? 1 : 0));
    }
    std::copy_n(counts_.begin(), kWord + 2, counts_.begin() + static_cast<std::ptrdiff_t>(mask_ + 1));
    find_crowds(static_cast<std::uint64_t>(least));
  }

  /// A weight that about so many sums reach.
  [[nodiscard]] std::int64_t threshold(std::size_t sums, std::int64_t least) const {
    std::array<std::uint32_t, 3 * kMostCounted + 1> crowds{};  // by weight
    for (const std::uint32_t bin : crowds_) ++crowds[weight_at(bin)];
    std::size_t threshold = crowds.size() - 1;
    std::size_t heavier = crowds[threshold];
    while (heavier < sums && threshold > static_cast<std::size_t>(least)) heavier += crowds[--threshold];
    return static_cast<std::int64_t>(threshold);
  }

  /// Numbers of the votes that may be in a sum of that weight, ascending. Weights must not rise from call to
  /// call.
  [[nodiscard]] std::vector<std::uint32_t> in_crowds(std::span<const Vote> votes, std::int64_t weight) {
    for (const std::uint32_t bin : crowds_) {
      if (weight_at(bin) < static_cast<std::size_t>(weight)) continue;
      for (std::size_t i = bin; i < std::size_t{bin} + 3; ++i) wanted_[i & mask_] = 1;
    }
    std::vector<std::uint32_t> numbers(votes.size() + 1);
    std::size_t n = 0;
    const std::uint8_t* const wanted = wanted_.data();
    for (std::size_t i = 0; i < votes.size(); ++i) {  // without a branch: which are wanted is chance
      numbers[n] = static_cast<std::uint32_t>(i);
      n += wanted[votes[i].bin() & mask_];
    }
    numbers.resize(n);
    return numbers;
  }

 private:
  static constexpr std::size_t kRoom = 6;  // bins a vote: few meet by accident
  static constexpr std::size_t kFewestBins = std::size_t{1} << 10;
  static constexpr std::size_t kMostBins = std::size_t{1} << 19;
  static constexpr std::uint8_t kMostCounted = 31;
  static constexpr std::size_t kWord = sizeof(std::uint64_t);

  [[nodiscard]] std::size_t weight_at(std::size_t bin) const {
    return std::size_t{counts_[bin]} + counts_[bin + 1] + counts_[bin + 2];
  }
  [[nodiscard]] std::uint64_t word_at(std::size_t bin) const {
    std::uint64_t word = 0;
    std::memcpy(&word, counts_.data() + bin, kWord);
    return word;
  }

  /// Eight bins at a time: three of them sum to less than 128.
  void find_crowds(std::uint64_t least) {
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    const std::uint64_t up = kOnes * (128 - std::clamp<std::uint64_t>(least, 1, 127));
    for (std::size_t bin = 0; bin <= mask_; bin += kWord) {
      std::uint64_t reached = (word_at(bin) + word_at(bin + 1) + word_at(bin + 2) + up) & (kOnes << 7);
      for (; reached != 0; reached &= reached - 1)
        crowds_.push_back(
            static_cast<std::uint32_t>(bin + static_cast<std::size_t>(std::countr_zero(reached)) / 8));
    }
  }

  std::size_t mask_;
  std::vector<std::uint8_t> counts_;   ///< and the first ones again, so that nothing runs over the end
  std::vector<std::uint8_t> wanted_;   ///< 1 for the bins of crowds that were asked for
  std::vector<std::uint32_t> crowds_;  ///< bins from which on three have enough
};

/// The exact votes, ascending, of those that may be in a sum of that weight: as many are near each other.
std::vector<Vote> crowded(std::span<const Vote> about, const ExactVote& exact, CrowdTable& table,
                          std::int64_t weight) {
  struct Numbered {
    Vote vote;
    std::uint32_t number;
  };
  std::vector<Numbered> near;
  for (const std::uint32_t i : table.in_crowds(about, weight)) near.push_back({about[i], i});
  std::sort(near.begin(), near.end(), [](const Numbered& a, const Numbered& b) { return a.vote < b.vote; });
  std::vector<Vote> kept;
  std::size_t first = 0;
  std::size_t asked = 0;  // up to which votes were made exact
  for (std::size_t i = 0; i < near.size(); ++i) {
    while (near[first].vote.offset() + 2 * kCrowdWidth <= near[i].vote.offset()) ++first;
    if (i + 1 - first < static_cast<std::size_t>(weight)) continue;
    for (asked = std::max(asked, first); asked <= i; ++asked) {
      if (const auto vote = exact(near[asked].number)) kept.push_back(*vote);
    }
  }
  std::sort(kept.begin(), kept.end());
  return kept;
}

}  // namespace

std::vector<VoteSum> heaviest(std::span<const Vote> votes, std::span<const std::int64_t> weights,
                              const Ballot& ballot) {
  return choose(votes, weights, ballot).sums;
}

std::vector<VoteSum> heaviest_crowds(std::span<const Vote> about, const ExactVote& exact,
                                     const Ballot& ballot) {
  EARMARK_CHECK(ballot.width <= kCrowdWidth, "three bins hold a sum");
  if (about.empty()) return {};
  CrowdTable table(about, ballot.least);
  std::int64_t weight = table.threshold(kCrowdsPerLine * ballot.most, ballot.least);
  while (true) {
    const std::vector<Vote> kept = crowded(about, exact, table, weight);
    Choice choice = choose(kept, {}, ballot);
    // Lighter sums have lost votes. A choice that needed them is made again with these.
    if (choice.complete_from >= weight || weight <= ballot.least) return std::move(choice.sums);
    weight = std::max(choice.complete_from, ballot.least);
  }
}

}  // namespace earmark::index
