#pragma once
// Why a recording was found in a query, or why not (docs/explain.md). The search itself is run and listened
// to; nothing is decided here.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "index/engine.h"

namespace earmark::index {

/// What became of a recording, in the order of the stages that could lose it.
enum class Outcome : std::uint8_t {
  kMatched,        ///< reported
  kForReview,      ///< found, but less surely than is reported without being asked
  kNoCandidate,    ///< no line of the recording was among those that are tried
  kWeakProof,      ///< a line was tried, and too few peaks agree along it
  kTooShort,       ///< it holds for less time than a use must
  kTooUnsure,      ///< proven, but too likely an accident
  kExplainedAway,  ///< another recording explains the same peaks
  kBackwards,      ///< the recording run backwards agrees better
  kOtherPassage,   ///< another passage of the same recording is reported there
};

/// Where a line stood in one channel's list for the window in which it stood best.
struct ChannelRank {
  std::size_t rank = 0;   ///< 1: the heaviest; 0: not among the first kRankDepth
  double weight = 0.0;    ///< landmarks: agreeing hashes; embeddings: summed similarity
  double heaviest = 0.0;  ///< weight of the first in that list
  std::size_t tried = 0;  ///< how many of the list the search tries
  std::uint32_t window_start_ms = 0;
  std::uint32_t window_end_ms = 0;
  [[nodiscard]] bool was_tried() const { return rank > 0 && rank <= tried; }
};
inline constexpr std::size_t kRankDepth = 60;

/// A peak of either side, in its own file's time.
struct PeakMark {
  double ms = 0.0;
  double hz = 0.0;
  int weight = 0;  ///< 4: agrees exactly; 3, 1: within a frame or two, or a neighbouring bin; 0: has no like
};

/// The other recording that agrees most over the proven stretch.
struct Rival {
  RecordingKey recording = 0;
  double z = 0.0;
  double probability = 0.0;
};

struct Explanation {
  Outcome outcome = Outcome::kNoCandidate;
  bool has_line = false;  ///< false: `match` names the recording only, and there are no marks of it
  Match match;            ///< the use, or the line that came closest
  double threshold = 0.0;
  double z_alone = 0.0;               ///< before stronger uses took their peaks
  double probability_alone = 0.0;     ///< likewise
  double seed_z = 0.0;                ///< what a line needs to go on from a window
  double agreement = 0.0;             ///< of the peaks along the line, by the weights of PeakMark
  double expected = 0.0;              ///< the same beside the line, on average
  double mirrored = 0.0;              ///< the same with the recording run backwards; 0: it was not asked
  int peaks = 0;                      ///< of the query that took part
  std::uint32_t proven_start_ms = 0;  ///< of the query
  std::uint32_t proven_end_ms = 0;
  ChannelRank landmarks;
  ChannelRank embeddings;
  std::optional<ChannelRank> altered;  ///< landmarks under the alterations, where the line is of one
  std::optional<Rival> rival;
  RecordingKey explained_by = 0;  ///< at kExplainedAway

  std::vector<int> by_shift;  ///< agreement at shifts of −n … +n frames of 16 ms; the line in the middle
  std::uint32_t shown_start_ms = 0;  ///< the stretch of the query that the marks are of
  std::uint32_t shown_end_ms = 0;
  double shown_reference_ms = 0.0;  ///< what the recording plays at shown_start_ms
  std::vector<PeakMark> query_marks;
  std::vector<PeakMark> reference_marks;
};

struct ExplainRequest {
  RecordingKey recording = 0;
  std::optional<std::uint32_t> at_ms;  ///< only what plays about there; nothing: where it agrees best
  double threshold = 0.9;              ///< probability from which a match is reported
};

struct ExplainedMatch {
  Match match;
  Explanation explanation;
};

}  // namespace earmark::index
