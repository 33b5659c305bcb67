#include "index/candidates.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/check.h"

namespace earmark::index {
namespace {

constexpr std::int64_t kLandmarkWidth = kCrowdWidth;
constexpr std::size_t kAhead = 8;             // lists that are on their way from memory while one is read
constexpr std::int64_t kEmbeddingWidth = 24;  // frames: their hops are coarse
constexpr double kSimilarityUnit = 1 << 20;   // similarities are summed as integers: in any order the same
// Of speed: embeddings find lines up to about ± 2.4 %; exact hashes do not survive that.
constexpr double kEmbeddingDoubt = 0.024;
constexpr double kLandmarkDoubt = 0.005;

/// The greatest length up to which all lists together have at most `budget` places.
std::uint32_t most_common_within(std::vector<std::uint32_t> lengths, std::uint64_t budget) {
  constexpr auto kAny = std::numeric_limits<std::uint32_t>::max();
  if (std::accumulate(lengths.begin(), lengths.end(), std::uint64_t{0}) <= budget) return kAny;
  // The shortest list that the budget does not cover, by quickselect.
  auto first = lengths.begin();
  auto last = lengths.end();
  while (first != last) {
    const auto middle = first + (last - first) / 2;
    std::nth_element(first, middle, last);
    const std::uint64_t places = std::accumulate(first, middle + 1, std::uint64_t{0});
    if (places <= budget) {
      budget -= places;
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  return *first - 1;
}

std::vector<Candidate> to_candidates(std::span<const VoteSum> sums, Candidate::Channel channel,
                                     const Warp& warp, FrameRange window) {
  std::vector<Candidate> candidates;
  const bool embeddings = channel == Candidate::Channel::kEmbeddings;
  const double doubt = embeddings ? kEmbeddingDoubt : kLandmarkDoubt;
  const double centre = 0.5 * static_cast<double>(window.first + window.last) * warp.time;
  for (const VoteSum& sum : sums) {
    const double weight = static_cast<double>(sum.weight) / (embeddings ? kSimilarityUnit : 1.0);
    candidates.push_back(
        {channel, weight, sum.last + std::llround(sum.mean + centre), sum.place, warp, doubt});
  }
  return candidates;
}

}  // namespace

LandmarkVotes::LandmarkVotes(const Postings& postings, const QueryPeaks& peaks,
                             std::span<const FrameRange> windows, const Warp& warp,
                             const LandmarkLookup& lookup)
    : postings_(postings), warp_(warp), lookup_(lookup) {
  FrameRange all = windows.front();
  for (const FrameRange& window : windows)
    all = {std::min(all.first, window.first), std::max(all.last, window.last)};
  landmarks_ = pair_peaks(warp_peaks(peaks.in(all), warp, lookup.pairing.max_rank), lookup.pairing.fan_out);
  const Postings::Lists lists = postings.find(landmarks_);
  lengths_ = lists.lengths;
  for (const FrameRange& window : windows) windows_.push_back({window, longest_in(window)});
  const std::uint32_t longest =
      std::max_element(windows_.begin(), windows_.end(), [](const Window& a, const Window& b) {
        return a.longest < b.longest;
      })->longest;
  std::size_t size = 0;
  for (const std::uint32_t length : lengths_) size += length <= longest ? length : 0;
  votes_.resize(size);
  ends_.resize(landmarks_.size());
  Vote* out = votes_.data();
  for (std::size_t i = 0; i < landmarks_.size(); ++i) {
    if (i + kAhead < landmarks_.size() && lengths_[i + kAhead] <= longest)
      postings.prefetch(lists, i + kAhead);
    if (lengths_[i] <= longest) {
      postings.visit(lists, i, [&out, frame = landmarks_[i].frame](std::uint32_t place) {
        *out++ = Vote(std::int64_t{place} - frame, place);
      });
    }
    ends_[i] = static_cast<std::size_t>(out - votes_.data());
  }
}

LandmarkVotes::Positions LandmarkVotes::landmarks_in(FrameRange window) const {
  const auto at = [&](std::int64_t frame) {
    const auto first = std::lower_bound(
        landmarks_.begin(), landmarks_.end(), round_to_grid(static_cast<double>(frame) * warp_.time),
        [](const Landmark& landmark, std::int32_t from) { return landmark.frame < from; });
    return static_cast<std::size_t>(first - landmarks_.begin());
  };
  return {at(window.first), at(window.last)};
}

std::uint32_t LandmarkVotes::longest_in(FrameRange window) const {
  const Positions range = landmarks_in(window);
  const std::size_t budget = lookup_.votes_per_frame * static_cast<std::size_t>(window.size());
  const auto lengths = std::span(lengths_).subspan(range.first, range.last - range.first);
  return std::min(most_common_within({lengths.begin(), lengths.end()}, budget), postings_.common_limit());
}

std::vector<Candidate> LandmarkVotes::candidates(FrameRange window) const {
  const auto known = std::find_if(windows_.begin(), windows_.end(), [&](const Window& asked) {
    return asked.range.first == window.first && asked.range.last == window.last;
  });
  EARMARK_CHECK(known != windows_.end(), "a window that was announced");
  const std::uint32_t longest = known->longest;
  const Positions range = landmarks_in(window);
  std::vector<Vote> votes;
  votes.reserve(lookup_.votes_per_frame * static_cast<std::size_t>(window.size()));
  std::vector<std::size_t> ends;  // of each landmark's votes
  ends.reserve(range.last - range.first);
  for (std::size_t i = range.first; i < range.last; ++i) {
    const std::size_t first = i == 0 ? 0 : ends_[i - 1];
    if (lengths_[i] <= longest)
      votes.insert(votes.end(), votes_.begin() + static_cast<std::ptrdiff_t>(first),
                   votes_.begin() + static_cast<std::ptrdiff_t>(ends_[i]));
    ends.push_back(votes.size());
  }
  const auto exact = [&](std::size_t vote) -> std::optional<Vote> {
    const auto at = range.first +
                    static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), vote) - ends.begin());
    const auto place = postings_.exact(votes[vote].place(), landmarks_[at].hash);
    if (!place) return std::nullopt;
    return Vote(std::int64_t{*place} - landmarks_[at].frame, *place);
  };
  const Ballot ballot{kLandmarkWidth, lookup_.least, lookup_.most, lookup_.each_line_once};
  return to_candidates(heaviest_crowds(votes, exact, ballot), Candidate::Channel::kLandmarks, warp_, window);
}

std::vector<Candidate> landmark_candidates(const Postings& postings, const QueryPeaks& peaks,
                                           FrameRange window, const Warp& warp,
                                           const LandmarkLookup& lookup) {
  return LandmarkVotes(postings, peaks, std::span(&window, 1), warp, lookup).candidates(window);
}

std::vector<Candidate> embedding_candidates(const Neighbourhood& neighbourhood, FrameRange window,
                                            const EmbeddingLookup& lookup) {
  std::vector<std::pair<Vote, std::int64_t>> found;
  const std::int64_t hop = neighbourhood.hop;
  const auto count =
      static_cast<std::int64_t>(neighbourhood.neighbours.size() / std::max<std::size_t>(1, neighbourhood.k));
  for (std::int64_t i = (window.first + hop - 1) / hop; i < count && i * hop < window.last; ++i) {
    for (std::size_t j = 0; j < neighbourhood.k; ++j) {
      const Neighbour& neighbour =
          neighbourhood.neighbours[static_cast<std::size_t>(i) * neighbourhood.k + j];
      if (neighbour.place == kNoPlace || neighbour.similarity <= lookup.least_similarity) continue;
      found.emplace_back(Vote(std::int64_t{neighbour.place} - i * hop, neighbour.place),
                         std::llround(static_cast<double>(neighbour.similarity - lookup.least_similarity) *
                                      kSimilarityUnit));
    }
  }
  std::sort(found.begin(), found.end());
  std::vector<Vote> votes;
  std::vector<std::int64_t> weights;
  for (const auto& [vote, weight] : found) {
    votes.push_back(vote);
    weights.push_back(weight);
  }
  const Ballot ballot{kEmbeddingWidth, std::llround(lookup.least_sum * kSimilarityUnit), lookup.most, false};
  return to_candidates(heaviest(votes, weights, ballot), Candidate::Channel::kEmbeddings, Warp{}, window);
}

}  // namespace earmark::index
