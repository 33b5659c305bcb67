#include "index/candidates.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace earmark::index {
namespace {

constexpr std::int64_t kLandmarkWidth = 4;    // frames within which agreeing hashes are one vote
constexpr std::int64_t kEmbeddingWidth = 24;  // likewise for embeddings, whose hops are coarse
constexpr std::int64_t kApart = 12;           // frames between two candidates of one channel
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

/// Least-significant-digit radix sort by offset, 3 passes of 11 bits; stable. Windows have tens of thousands
/// of votes.
void sort_votes(std::vector<PackedVote>& votes) {
  constexpr std::size_t kSmall = 512;
  constexpr unsigned kDigitBits = 11;
  constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;
  if (votes.size() < kSmall) {
    std::stable_sort(votes.begin(), votes.end(),
                     [](PackedVote a, PackedVote b) { return a.bits() >> 32 < b.bits() >> 32; });
    return;
  }
  std::vector<PackedVote> other(votes.size());
  for (unsigned shift = 32; shift < 64; shift += kDigitBits) {
    const auto digit = [&](PackedVote v) {
      return static_cast<std::size_t>(v.bits() >> shift) & (kDigits - 1);
    };
    std::array<std::uint32_t, kDigits + 1> begin{};
    for (const PackedVote vote : votes) ++begin[digit(vote) + 1];
    for (std::size_t d = 0; d < kDigits; ++d) begin[d + 1] += begin[d];
    for (const PackedVote vote : votes) other[begin[digit(vote)]++] = vote;
    votes.swap(other);
  }
}

struct Sum {
  double weight;
  double offset;
  std::uint32_t witness;
};

/// Sums of votes within `width` frames, the heaviest first, at least kApart apart.
/// votes: ascending by offset; weights: one a vote, or empty where each weighs 1.
std::vector<Sum> heaviest(std::span<const PackedVote> votes, std::span<const double> weights,
                          std::int64_t width, double least, std::size_t most) {
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
    if (weight >= least)
      sums.push_back({weight, moment / weight + static_cast<double>(votes[0].offset()), votes[i].place()});
  }
  // Neighbouring sums see the same votes: keep enough for `most` to remain after thinning.
  const std::size_t pool = std::min(sums.size(), most * 16);
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
                                           FrameRange window, const Warp& warp, const PairingOptions& pairing,
                                           std::size_t most) {
  const auto grid = warp_peaks(peaks.in(window), warp, pairing.max_rank);
  std::vector<PackedVote> votes;
  for (const Landmark& landmark : pair_peaks(grid, pairing.fan_out)) {
    postings.visit(landmark.hash, [&](std::uint32_t place) {
      votes.emplace_back(std::int64_t{place} - landmark.frame, place);
    });
  }
  sort_votes(votes);
  return to_candidates(heaviest(votes, {}, kLandmarkWidth, kLeastHashes, most),
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
