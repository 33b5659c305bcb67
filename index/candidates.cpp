#include "index/candidates.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace earmark::index {
namespace {

constexpr std::int64_t kLandmarkWidth = 4;    // frames within which agreeing hashes are one vote
constexpr std::int64_t kEmbeddingWidth = 24;  // likewise for embeddings, whose hops are coarse
constexpr std::int64_t kApart = 12;           // frames between two candidates of one channel
constexpr std::size_t kPoolPerLine = 16;      // neighbouring sums see the same votes: enough must be left
constexpr double kLeastHashes = 4.0;
constexpr float kLeastSimilarity = 0.3F;  // less says nothing
constexpr double kLeastSimilaritySum = 0.25;
// Of speed: embeddings find lines up to about ± 2.4 %; exact hashes do not survive that.
constexpr double kEmbeddingDoubt = 0.024;
constexpr double kLandmarkDoubt = 0.005;

/// An offset (place less warped query frame) and the place that voted for it, in one number that sorts by
/// offset.
class PackedVote {
 public:
  PackedVote() = default;
  PackedVote(std::int64_t offset, std::uint32_t place)
      : bits_(static_cast<std::uint64_t>(offset + kBias) << 32 | place) {}
  [[nodiscard]] std::int64_t offset() const { return static_cast<std::int64_t>(bits_ >> 32) - kBias; }
  [[nodiscard]] std::uint32_t place() const { return static_cast<std::uint32_t>(bits_); }
  [[nodiscard]] std::uint64_t bits() const { return bits_; }
  friend bool operator<(PackedVote a, PackedVote b) { return a.bits_ < b.bits_; }

 private:
  static constexpr std::int64_t kBias = std::int64_t{1} << 31;
  std::uint64_t bits_ = 0;
};

/// Drops the votes that can be in none of the `lines` heaviest sums, without sorting them: counts by
/// quantised offset (two neighbouring bins hold every sum), in a table whose collisions only keep too much.
/// Windows have tens of thousands of votes, nearly all of them alone.
void keep_crowds(std::vector<PackedVote>& votes, double least, std::size_t lines) {
  constexpr std::size_t kSmall = 256;
  if (votes.size() < kSmall) return;
  static_assert(kLandmarkWidth == 4, "a sum must fit into two bins");
  const auto bin_of = [](PackedVote vote) { return static_cast<std::size_t>(vote.bits() >> 34); };
  const std::size_t mask = std::min(std::bit_ceil(votes.size()), std::size_t{1} << 17) - 1;
  std::vector<std::uint16_t> count(mask + 1);
  for (const PackedVote vote : votes) {
    std::uint16_t& n = count[bin_of(vote) & mask];
    n = static_cast<std::uint16_t>(n + (n != 0xffff ? 1 : 0));
  }
  constexpr std::size_t kMostCounted = 512;
  std::array<std::uint32_t, kMostCounted + 1> pairs{};  // how many neighbouring bins have so many votes
  for (std::size_t i = 0; i <= mask; ++i)
    ++pairs[std::min<std::size_t>(kMostCounted, std::size_t{count[i]} + count[(i + 1) & mask])];
  std::size_t threshold = kMostCounted;
  std::size_t crowds = pairs[threshold];
  while (crowds < lines && threshold > static_cast<std::size_t>(least)) crowds += pairs[--threshold];
  std::erase_if(votes, [&](PackedVote vote) {
    const std::size_t bin = bin_of(vote) & mask;
    const std::size_t here = count[bin];
    return here + count[(bin + 1) & mask] < threshold && here + count[(bin - 1) & mask] < threshold;
  });
}

/// The greatest count c for which all counts up to c sum to at most `budget`.
std::uint32_t most_common_within(std::span<const std::uint32_t> counts, std::size_t budget) {
  constexpr std::uint32_t kTold = 4096;  // beyond, counts are alike
  std::array<std::uint64_t, kTold + 1> sums{};
  for (const std::uint32_t count : counts) sums[std::min(count, kTold)] += count;
  std::uint64_t votes = 0;
  for (std::uint32_t count = 0; count < kTold; ++count) {
    votes += sums[count];
    if (votes > budget) return count - 1;
  }
  return votes + sums[kTold] > budget ? kTold - 1 : std::numeric_limits<std::uint32_t>::max();
}

struct Sum {
  double weight;
  double offset;
  std::uint32_t witness;
};

/// Sums of votes within `width` frames, the heaviest first, at least kApart apart.
/// votes: ascending by offset; weights: one a vote, or empty where each weighs 1. once: as each_line_once.
std::vector<Sum> heaviest(std::span<const PackedVote> votes, std::span<const double> weights,
                          std::int64_t width, double least, std::size_t most, bool once = false) {
  std::vector<Sum> sums;
  double weight = 0.0;
  double moment = 0.0;
  std::size_t first = 0;
  const auto weight_of = [&](std::size_t i) { return weights.empty() ? 1.0 : weights[i]; };
  const auto relative = [&](std::size_t i) {
    return static_cast<double>(votes[i].offset() - votes[0].offset());
  };
  for (std::size_t i = 0; i < votes.size(); ++i) {
    weight += weight_of(i);
    moment += weight_of(i) * relative(i);
    for (; votes[first].offset() + width <= votes[i].offset(); ++first) {
      weight -= weight_of(first);
      moment -= weight_of(first) * relative(first);
    }
    if (weight < least) continue;
    const Sum sum{weight, moment / weight + static_cast<double>(votes[0].offset()), votes[i].place()};
    if (once && !sums.empty() && sum.offset - sums.back().offset < static_cast<double>(kApart)) {
      if (sum.weight > sums.back().weight) sums.back() = sum;
    } else {
      sums.push_back(sum);
    }
  }
  const std::size_t pool = std::min(sums.size(), most * kPoolPerLine);
  const auto heavier = [](const Sum& a, const Sum& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.offset < b.offset;
  };
  std::partial_sort(sums.begin(), sums.begin() + static_cast<std::ptrdiff_t>(pool), sums.end(), heavier);
  std::vector<Sum> kept;
  for (std::size_t i = 0; i < pool && kept.size() < most; ++i) {
    const bool apart = std::none_of(kept.begin(), kept.end(), [&](const Sum& k) {
      return std::abs(k.offset - sums[i].offset) < static_cast<double>(kApart);
    });
    if (apart) kept.push_back(sums[i]);
  }
  return kept;
}

std::vector<Candidate> to_candidates(std::span<const Sum> sums, Candidate::Channel channel, const Warp& warp,
                                     FrameRange window) {
  std::vector<Candidate> candidates;
  const double doubt = channel == Candidate::Channel::kEmbeddings ? kEmbeddingDoubt : kLandmarkDoubt;
  const double centre = 0.5 * static_cast<double>(window.first + window.last) * warp.time;
  for (const Sum& sum : sums)
    candidates.push_back({channel, sum.weight, std::llround(sum.offset + centre), sum.witness, warp, doubt});
  return candidates;
}

}  // namespace

std::vector<Candidate> landmark_candidates(const Postings& postings, const QueryPeaks& peaks,
                                           FrameRange window, const Warp& warp,
                                           const LandmarkLookup& lookup) {
  const auto grid = warp_peaks(peaks.in(window), warp, lookup.pairing.max_rank);
  const auto landmarks = pair_peaks(grid, lookup.pairing.fan_out);
  const std::size_t budget = lookup.votes_per_frame * static_cast<std::size_t>(window.size());
  std::vector<std::uint32_t> counts;
  counts.reserve(landmarks.size());
  for (const Landmark& landmark : landmarks)
    counts.push_back(static_cast<std::uint32_t>(postings.count(landmark.hash)));
  const std::uint32_t most_common = most_common_within(counts, budget);
  std::vector<PackedVote> votes;
  votes.reserve(budget);
  for (std::size_t i = 0; i < landmarks.size(); ++i) {
    if (counts[i] > most_common) continue;
    postings.visit(landmarks[i].hash, [&, frame = landmarks[i].frame](std::uint32_t place) {
      votes.emplace_back(std::int64_t{place} - frame, place);
    });
  }
  keep_crowds(votes, kLeastHashes, lookup.most * kPoolPerLine);
  std::sort(votes.begin(), votes.end());
  return to_candidates(heaviest(votes, {}, kLandmarkWidth, kLeastHashes, lookup.most, lookup.each_line_once),
                       Candidate::Channel::kLandmarks, warp, window);
}

std::vector<Candidate> embedding_candidates(const Neighbourhood& neighbourhood, FrameRange window,
                                            std::size_t most) {
  std::vector<std::pair<PackedVote, double>> found;
  const std::int64_t hop = neighbourhood.hop;
  const auto count =
      static_cast<std::int64_t>(neighbourhood.neighbours.size() / std::max<std::size_t>(1, neighbourhood.k));
  for (std::int64_t i = (window.first + hop - 1) / hop; i < count && i * hop < window.last; ++i) {
    for (std::size_t j = 0; j < neighbourhood.k; ++j) {
      const Neighbour& neighbour =
          neighbourhood.neighbours[static_cast<std::size_t>(i) * neighbourhood.k + j];
      if (neighbour.place == kNoPlace || neighbour.similarity <= kLeastSimilarity) continue;
      found.emplace_back(PackedVote(std::int64_t{neighbour.place} - i * hop, neighbour.place),
                         static_cast<double>(neighbour.similarity - kLeastSimilarity));
    }
  }
  std::sort(found.begin(), found.end());
  std::vector<PackedVote> votes;
  std::vector<double> weights;
  for (const auto& [vote, weight] : found) {
    votes.push_back(vote);
    weights.push_back(weight);
  }
  const auto sums = heaviest(votes, weights, kEmbeddingWidth, kLeastSimilaritySum, most);
  return to_candidates(sums, Candidate::Channel::kEmbeddings, Warp{}, window);
}

}  // namespace earmark::index
