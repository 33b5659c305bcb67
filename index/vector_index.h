#pragma once
// Channel B: nearest embeddings. The home of FAISS.
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/bytes.h"
#include "core/result.h"
#include "fingerprint/types.h"

namespace earmark::index {

/// A stored embedding that a query embedding resembles.
struct Neighbour {
  std::uint32_t place = 0;  ///< frame on the engine's global timeline; kNoPlace for none
  float similarity = 0.0F;  ///< cosine, as the codes tell it
};
inline constexpr std::uint32_t kNoPlace = 0xffffffff;

/// Inverted file with product-quantised residuals (FAISS IndexIVFPQ; Jégou et al., PAMI 2011), its quantisers
/// trained once and shipped with the model: adding needs no training, and parts made anywhere can be merged.
/// Searches are batches.
class VectorIndex {
 public:
  VectorIndex();
  ~VectorIndex();
  VectorIndex(VectorIndex&&) noexcept;
  VectorIndex& operator=(VectorIndex&&) noexcept;

  /// embeddings[n] at places[n]; zero embeddings are left out.
  void add(std::span<const fingerprint::Embedding> embeddings, std::span<const std::uint32_t> places);

  /// Forgets the vectors with first <= place < last.
  void remove(std::uint32_t first, std::uint32_t last);

  /// neighbours[n * k], best first, row-major; a zero embedding has none.
  [[nodiscard]] std::vector<Neighbour> search(std::span<const fingerprint::Embedding> queries,
                                              std::size_t k) const;

  /// Cosine of a query, of unit length, with the stored embedding nearest to a place and at most kReach
  /// frames from it, as the codes tell it; nothing where there is none.
  [[nodiscard]] std::optional<float> cosine_at(std::span<const float> query, std::int64_t place) const;
  static constexpr std::int64_t kReach = fingerprint::kEmbeddingHopFrames;  ///< half the hop of a recording

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::uint64_t bytes() const;

  void save(ByteWriter& out) const;
  [[nodiscard]] static Result<VectorIndex> load(ByteReader& in);

  /// The embeddings as rows of floats of unit length, as cosine_at() takes them.
  [[nodiscard]] static std::vector<float> unit_rows(std::span<const fingerprint::Embedding> embeddings);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace earmark::index
