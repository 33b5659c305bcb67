#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "index/line.h"
#include "index/neighbourhood.h"
#include "index/postings.h"
#include "index/query_peaks.h"
#include "index/votes.h"

namespace earmark::index {

/// A place on the timeline that may sound at the centre of a window.
struct Candidate {
  enum class Channel : std::uint8_t { kLandmarks, kEmbeddings };
  Channel channel = Channel::kLandmarks;
  double weight = 0.0;  ///< landmarks: agreeing hashes; embeddings: summed similarity
  std::int64_t place =
      0;  ///< on the timeline, at the window's centre (may lie before or behind the recording)
  std::int64_t witness = 0;  ///< place of one of the votes: surely inside the recording
  Warp warp;
  double doubt = 0.0;  ///< how far the speed may lie from the warp's
};

/// How much is looked up for a window.
struct LandmarkLookup {
  PairingOptions pairing;
  /// Places at most, per frame of the window, that hashes may vote for, the rarest hashes first: they tell
  /// most, and the cost does not grow with the catalogue.
  std::size_t votes_per_frame = 0;
  std::size_t most = 0;    ///< candidates, at most
  std::int64_t least = 4;  ///< hashes that must agree
  /// Every line takes one place of the list. Else one with hundreds of votes takes all: where it plays,
  /// nothing else is looked for.
  bool each_line_once = false;
};

/// What the landmark hashes of a stretch of the query vote for under one warp: looked up once for all windows
/// in it. Borrows the postings.
class LandmarkVotes {
 public:
  /// windows: those that candidates() will be asked for; at least one.
  LandmarkVotes(const Postings& postings, const QueryPeaks& peaks, std::span<const FrameRange> windows,
                const Warp& warp, const LandmarkLookup& lookup);

  /// Candidates for one of the windows; the heaviest first.
  [[nodiscard]] std::vector<Candidate> candidates(FrameRange window) const;

 private:
  struct Positions {
    std::size_t first = 0;
    std::size_t last = 0;
  };
  struct Window {
    FrameRange range;
    std::uint32_t longest = 0;  ///< list that is looked up for it
  };
  /// The landmarks whose first peak is in the window.
  [[nodiscard]] Positions landmarks_in(FrameRange window) const;
  /// The greatest length of a list that is looked up for the window.
  [[nodiscard]] std::uint32_t longest_in(FrameRange window) const;

  const Postings& postings_;
  Warp warp_;
  LandmarkLookup lookup_;
  std::vector<Window> windows_;
  std::vector<Landmark> landmarks_;
  std::vector<std::uint32_t> lengths_;  ///< of each landmark's list
  std::vector<Vote> votes_;             ///< by landmark
  std::vector<std::size_t> ends_;       ///< of each landmark's votes
};

/// The same for a single window.
[[nodiscard]] std::vector<Candidate> landmark_candidates(const Postings& postings, const QueryPeaks& peaks,
                                                         FrameRange window, const Warp& warp,
                                                         const LandmarkLookup& lookup);

/// What neighbours are taken for a window.
struct EmbeddingLookup {
  std::size_t most = 0;           ///< candidates, at most
  float least_similarity = 0.3F;  ///< less says nothing
  double least_sum = 0.25;        ///< of what similarities are above that
};

/// Candidates by embeddings for a window of the query; the heaviest first.
[[nodiscard]] std::vector<Candidate> embedding_candidates(const Neighbourhood& neighbourhood,
                                                          FrameRange window, const EmbeddingLookup& lookup);

}  // namespace earmark::index
