#pragma once
// From embeddings to list numbers and product codes. The home of FAISS.
#include <cstdint>
#include <span>
#include <vector>

#include "fingerprint/types.h"

namespace earmark::index {

inline constexpr std::size_t kCodeValues = 256;  ///< a byte of a code has

/// Embeddings as an index stores them.
struct CodedVectors {
  std::vector<std::uint32_t> lists;  ///< [n]
  std::vector<std::uint8_t> codes;   ///< [n * code_bytes], row-major
};

/// A list of the inverted file that lies near a query.
struct Probe {
  std::uint32_t list = 0;
  float similarity = 0.0F;  ///< of the list's centroid and the query
};

/// An inverted file's cells and the product quantiser of residuals (Jégou et al., PAMI 2011), trained once
/// and shipped with the model: adding needs no training, and parts made anywhere fit together. Synchronised:
/// immutable.
class Quantiser {
 public:
  [[nodiscard]] static std::uint32_t lists();
  [[nodiscard]] static std::uint32_t code_bytes();

  /// embeddings[n], none of them zero.
  [[nodiscard]] static CodedVectors encode(std::span<const fingerprint::Embedding> embeddings);
  /// probes[n * count], nearest first, row-major.
  [[nodiscard]] static std::vector<Probe> probe(std::span<const float> unit_rows, std::size_t count);
  /// table[m * kCodeValues + c] = inner product of the m-th part of a row and the centroid c of sub-quantiser
  /// m.
  static void code_similarities(const float* unit_row, std::span<float> table);
  /// row[kEmbeddingDims] that a code[code_bytes()] in a list stands for; not of unit length.
  static void decode(std::uint32_t list, std::span<const std::byte> code, std::span<float> row);
};

[[nodiscard]] bool is_zero(const fingerprint::Embedding& embedding);
/// rows[n * kEmbeddingDims] of unit length.
[[nodiscard]] std::vector<float> unit_rows(std::span<const fingerprint::Embedding> embeddings);

}  // namespace earmark::index
