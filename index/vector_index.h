#pragma once
// Channel B: nearest embeddings.
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "fingerprint/types.h"
#include "index/quantiser.h"
#include "index/timeline.h"

namespace earmark::index {

/// A stored embedding that a query embedding resembles.
struct Neighbour {
  std::uint32_t place = 0;  ///< on the timeline of all segments; kNoPlace for none
  float similarity = 0.0F;  ///< cosine, as the codes tell it
};
inline constexpr std::uint32_t kNoPlace = 0xffffffff;

/// Searches the inverted file with product-quantised residuals (index/quantiser.h) over all segments. Sums of
/// rounded similarities leave out what cannot be among the best; the exact ones of the rest decide. Searches
/// are batches. A view.
class VectorIndex {
 public:
  VectorIndex() = default;
  explicit VectorIndex(const std::vector<LiveSegment>& segments) : segments_(&segments) {}

  /// neighbours[n * k], best first, row-major; a zero embedding has none. Of equals the one in the nearer
  /// list comes first, then the one that was added first.
  [[nodiscard]] std::vector<Neighbour> search(std::span<const fingerprint::Embedding> queries,
                                              std::size_t k) const;

  /// Cosine of a query, of unit length, with the stored embedding nearest to a place and at most kReach
  /// frames from it, as the codes tell it; nothing where there is none.
  [[nodiscard]] std::optional<float> cosine_at(std::span<const float> query, std::int64_t place) const;
  static constexpr std::int64_t kReach = fingerprint::kEmbeddingHopFrames;  ///< half the hop of a recording

  /// The embeddings as rows of floats of unit length, as cosine_at() takes them.
  [[nodiscard]] static std::vector<float> unit_rows(std::span<const fingerprint::Embedding> embeddings) {
    return index::unit_rows(embeddings);
  }

  [[nodiscard]] std::uint64_t size() const;

 private:
  const std::vector<LiveSegment>* segments_ = nullptr;
};

}  // namespace earmark::index
