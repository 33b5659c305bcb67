#include "index/candidates.h"

#include <algorithm>
#include <cmath>

namespace earmark::index {
namespace {

constexpr std::int64_t kLandmarkWidth = 4;    // frames within which agreeing hashes are one vote
constexpr std::int64_t kEmbeddingWidth = 24;  // likewise for embeddings, whose hops are coarse
constexpr std::int64_t kApart = 12;           // frames between two candidates of one channel
constexpr double kLeastHashes = 4.0;
constexpr float kLeastSimilarity = 0.3F;  // less says nothing
constexpr double kLeastSimilaritySum = 0.25;

struct Vote {
  std::int64_t offset;  // place less (warped) query frame
  std::int64_t place;
  double weight;
};

struct Sum {
  double weight;
  double offset;
  std::int64_t witness;
};

bool by_offset(const Vote& a, const Vote& b) {
  return a.offset != b.offset ? a.offset < b.offset : a.place < b.place;
}

/// Sums of votes within `width`, local maxima only, the heaviest first. votes: ascending by offset.
std::vector<Sum> heaviest(std::span<const Vote> votes, std::int64_t width, double least, std::size_t most) {
  std::vector<Sum> sums;
  double weight = 0.0;
  double moment = 0.0;
  std::size_t first = 0;
  for (const Vote& vote : votes) {
    weight += vote.weight;
    moment += vote.weight * static_cast<double>(vote.offset - votes[0].offset);
    for (; votes[first].offset + width <= vote.offset; ++first) {
      weight -= votes[first].weight;
      moment -= votes[first].weight * static_cast<double>(votes[first].offset - votes[0].offset);
    }
    if (weight >= least)
      sums.push_back({weight, moment / weight + static_cast<double>(votes[0].offset), vote.place});
  }
  // Neighbouring windows see the same votes: keep enough for `most` to remain after thinning.
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

std::vector<Candidate> to_candidates(std::span<const Sum> lines, Candidate::Channel channel, const Warp& warp,
                                     FrameRange window) {
  std::vector<Candidate> candidates;
  const double centre = 0.5 * static_cast<double>(window.first + window.last) * warp.time;
  for (const Sum& line : lines) {
    candidates.push_back({channel, line.weight, std::llround(line.offset + centre), line.witness, warp});
  }
  return candidates;
}

}  // namespace

std::vector<Candidate> landmark_candidates(const Postings& postings, const QueryPeaks& peaks,
                                           FrameRange window, const Warp& warp, std::size_t most) {
  const auto grid = warp_peaks(peaks.in(window), warp, kQueryPairing.max_rank);
  std::vector<Vote> votes;
  for (const Landmark& landmark : pair_peaks(grid, kQueryPairing.fan_out)) {
    postings.visit(landmark.hash, [&](std::uint32_t place) {
      votes.push_back({std::int64_t{place} - landmark.frame, place, 1.0});
    });
  }
  std::sort(votes.begin(), votes.end(), by_offset);
  return to_candidates(heaviest(votes, kLandmarkWidth, kLeastHashes, most), Candidate::Channel::kLandmarks,
                       warp, window);
}

std::vector<Candidate> embedding_candidates(const Neighbourhood& neighbourhood, FrameRange window,
                                            std::size_t most) {
  std::vector<Vote> votes;
  const std::int64_t hop = neighbourhood.hop;
  const auto count =
      static_cast<std::int64_t>(neighbourhood.neighbours.size() / std::max<std::size_t>(1, neighbourhood.k));
  for (std::int64_t i = (window.first + hop - 1) / hop; i < count && i * hop < window.last; ++i) {
    for (std::size_t j = 0; j < neighbourhood.k; ++j) {
      const Neighbour& neighbour =
          neighbourhood.neighbours[static_cast<std::size_t>(i) * neighbourhood.k + j];
      if (neighbour.place == kNoPlace || neighbour.similarity <= kLeastSimilarity) continue;
      votes.push_back({std::int64_t{neighbour.place} - i * hop, neighbour.place,
                       static_cast<double>(neighbour.similarity - kLeastSimilarity)});
    }
  }
  std::sort(votes.begin(), votes.end(), by_offset);
  const auto lines = heaviest(votes, kEmbeddingWidth, kLeastSimilaritySum, most);
  return to_candidates(lines, Candidate::Channel::kEmbeddings, Warp{}, window);
}

}  // namespace earmark::index
