#pragma once
// The learned part of the fingerprint: one small matrix and the quantisers of its vectors, compiled into the
// program. models/README.md has the recipe and the hashes; tools/train_embedding makes the file.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/result.h"
#include "fingerprint/types.h"

namespace earmark::fingerprint {

struct EmbeddingModel {
  std::uint32_t version = 0;
  std::string recipe;             ///< how it was trained, in a line
  std::vector<float> projection;  ///< [kEmbeddingDims x kPatchFeatures], row-major
  std::uint32_t coarse_lists = 0;
  std::vector<float> coarse_centroids;  ///< [coarse_lists x kEmbeddingDims]: the inverted file's cells
  std::uint32_t code_bytes = 0;         ///< sub-quantisers of the product quantiser, 8 bits each
  std::vector<float> code_centroids;    ///< [code_bytes x 256 x kEmbeddingDims / code_bytes], of residuals
};

/// Layout: "EMDL", u32 version, strings and arrays with lengths, SHA-256 of all before (models/README.md).
[[nodiscard]] Bytes encode_model(const EmbeddingModel& model);
[[nodiscard]] Result<EmbeddingModel> decode_model(std::span<const std::byte> bytes);

/// The model that this program was built with.
[[nodiscard]] const EmbeddingModel& builtin_model();

/// features[kPatchFeatures] -> the unit vector along the projection, as int8 (length about 127).
[[nodiscard]] Embedding embed(const EmbeddingModel& model, std::span<const float> features);

/// The unit vector of an embedding; all zero for the zero embedding.
void to_unit(const Embedding& embedding, std::span<float> unit);

}  // namespace earmark::fingerprint
