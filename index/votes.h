#pragma once
// The vote on offsets: on which lines do most of the places that were looked up lie?
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace earmark::index {

/// An offset (place less warped query frame) and the place that voted for it, in one number that sorts by
/// offset.
class Vote {
 public:
  Vote() = default;
  Vote(std::int64_t offset, std::uint32_t place)
      : bits_(static_cast<std::uint64_t>(offset + kBias) << 32 | place) {}
  [[nodiscard]] std::int64_t offset() const { return static_cast<std::int64_t>(bits_ >> 32) - kBias; }
  [[nodiscard]] std::uint32_t place() const { return static_cast<std::uint32_t>(bits_); }
  [[nodiscard]] std::size_t bin() const { return static_cast<std::size_t>(bits_ >> (32 + kBinBits)); }
  friend bool operator<(Vote a, Vote b) { return a.bits_ < b.bits_; }

  static constexpr int kBinBits = 2;

 private:
  static constexpr std::int64_t kBias = std::int64_t{1} << 24;  // frames: more than a day of query
  std::uint64_t bits_ = 0;
};

/// Votes that agree. Nothing in it depends on where the recording lies on the timeline.
struct VoteSum {
  std::int64_t weight = 0;
  std::int64_t last = 0;    ///< offset of the last of the votes
  double mean = 0.0;        ///< of their offsets, less `last`
  std::uint32_t place = 0;  ///< of the last of the votes
  [[nodiscard]] double offset() const { return static_cast<double>(last) + mean; }
};

/// What is wanted of a vote.
struct Ballot {
  std::int64_t width = 0;  ///< frames within which votes agree
  std::int64_t least = 0;  ///< weight
  std::size_t most = 0;    ///< sums
  /// Every line takes one place of the list that the heaviest are chosen from. Else one with hundreds of
  /// votes takes all.
  bool each_line_once = false;
};

inline constexpr std::int64_t kCrowdWidth = std::int64_t{1} << Vote::kBinBits;  ///< frames
inline constexpr std::int64_t kLinesApart = 12;  ///< frames between two sums that are chosen

/// The heaviest sums, the heaviest first, at least kLinesApart apart.
/// votes: ascending; weights: one a vote, or none where each weighs 1.
[[nodiscard]] std::vector<VoteSum> heaviest(std::span<const Vote> votes,
                                            std::span<const std::int64_t> weights, const Ballot& ballot);

/// Tells votes that are only about known exactly: vote number i, or nothing where it does not count.
using ExactVote = std::function<std::optional<Vote>(std::size_t)>;

/// heaviest() of exact(0), exact(1), …, each of which weighs 1. `about` has them in the same order with
/// offsets up to kCrowdWidth frames too low. Few votes agree: only those are made exact and sorted.
/// ballot.width is at most kCrowdWidth.
[[nodiscard]] std::vector<VoteSum> heaviest_crowds(std::span<const Vote> about, const ExactVote& exact,
                                                   const Ballot& ballot);

}  // namespace earmark::index
