#pragma once
// What the embeddings say of a query as a whole: its nearest stored neighbours, and how far they bear out a
// line.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "fingerprint/types.h"
#include "index/line.h"
#include "index/timeline.h"
#include "index/vector_index.h"

namespace earmark::index {

/// Nearest neighbours of every embedding of a query: neighbours[i * k …] belong to the embedding at frame
/// i * hop.
struct Neighbourhood {
  std::vector<Neighbour> neighbours;
  std::size_t k = 0;
  int hop = 0;                           ///< frames
  std::vector<float> rows;               ///< the embeddings, as VectorIndex::cosine_at takes them
  const VectorIndex* vectors = nullptr;  ///< what they were looked for in

  [[nodiscard]] std::int64_t size() const {
    return k == 0 ? 0 : static_cast<std::int64_t>(neighbours.size() / k);
  }
};

[[nodiscard]] Neighbourhood find_neighbours(const VectorIndex& vectors, const fingerprint::Fingerprint& query,
                                            std::size_t threads);

/// How far embeddings bear a line out.
struct Resemblance {
  int embeddings = 0;       ///< of the query in the range
  double share = 0.0;       ///< of them that have a near neighbour where the line expects it
  double similarity = 0.0;  ///< mean cosine with what the recording has where the line expects it
  double beside = 0.0;      ///< the same, with what the recording has some seconds off the line

  /// How much more the query resembles the recording on the line than beside it: music of a kind resembles
  /// itself.
  [[nodiscard]] double closeness() const { return similarity - std::max(0.0, beside); }
};

/// Cosine of the query's embedding i with what the recording, at `recording` on the timeline, has where the
/// line expects it, or `shift` frames later; nothing where one of them is silent or over.
[[nodiscard]] std::optional<float> cosine_on(const Neighbourhood& neighbourhood, std::int64_t i,
                                             const Timeline::Span& recording, const Line& line,
                                             int shift = 0);

/// recording: where the line's recording lies on the timeline.
[[nodiscard]] Resemblance resemblance(const Neighbourhood& neighbourhood, const Timeline::Span& recording,
                                      const Line& line, FrameRange range);

}  // namespace earmark::index
