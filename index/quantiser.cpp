#include "index/quantiser.h"

#include <algorithm>
#include <array>
#include <memory>

#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFPQ.h>
#include <omp.h>

#include "core/check.h"
#include "fingerprint/model.h"

namespace earmark::index {
namespace {

using FaissId = faiss::Index::idx_t;

struct Trained {
  faiss::IndexFlatIP coarse{fingerprint::kEmbeddingDims};
  std::unique_ptr<faiss::IndexIVFPQ> ivf;

  Trained() {
    const auto& model = fingerprint::builtin_model();
    coarse.add(model.coarse_lists, model.coarse_centroids.data());
    ivf = std::make_unique<faiss::IndexIVFPQ>(&coarse, fingerprint::kEmbeddingDims, model.coarse_lists,
                                              model.code_bytes, 8, faiss::METRIC_INNER_PRODUCT);
    ivf->pq.centroids = model.code_centroids;
    ivf->is_trained = true;
    const std::size_t padded = (model.coarse_lists + kLanes - 1) / kLanes * kLanes;
    by_dimension.resize(padded * fingerprint::kEmbeddingDims);
    for (std::size_t list = 0; list < model.coarse_lists; ++list) {
      for (std::size_t d = 0; d < fingerprint::kEmbeddingDims; ++d)
        by_dimension[(list / kLanes * fingerprint::kEmbeddingDims + d) * kLanes + list % kLanes] =
            model.coarse_centroids[list * fingerprint::kEmbeddingDims + d];
    }
    const std::size_t dims = fingerprint::kEmbeddingDims / model.code_bytes;
    codes_by_dimension.resize(model.code_centroids.size());
    for (std::size_t m = 0; m < model.code_bytes; ++m) {
      for (std::size_t c = 0; c < kCodeValues; ++c) {
        for (std::size_t d = 0; d < dims; ++d)
          codes_by_dimension[(m * dims + d) * kCodeValues + c] =
              model.code_centroids[(m * kCodeValues + c) * dims + d];
      }
    }
  }

  /// The inner product of a row with each centroid, summed in the order of dimensions as FAISS does for a few
  /// rows, sixteen centroids at a time.
  void similarities(const float* unit_row, std::span<Probe> out) const {
    for (std::size_t first = 0; first < out.size(); first += kLanes) {
      std::array<float, kLanes> sums{};
      const float* values = by_dimension.data() + first * fingerprint::kEmbeddingDims;
      for (std::size_t d = 0; d < fingerprint::kEmbeddingDims; ++d, values += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += unit_row[d] * values[lane];
      }
      for (std::size_t lane = 0; lane < kLanes; ++lane)
        out[first + lane] = {static_cast<std::uint32_t>(first + lane), sums[lane]};
    }
  }

  static constexpr std::size_t kLanes = 16;
  std::vector<float> codes_by_dimension;  ///< [code bytes][dimensions of one][kCodeValues]
  std::vector<float> by_dimension;        ///< of centroids: [lists / kLanes][dimensions][kLanes]
};

const Trained& trained() {
  static const Trained kTrained;
  return kTrained;
}

}  // namespace

std::uint32_t Quantiser::lists() { return fingerprint::builtin_model().coarse_lists; }
std::uint32_t Quantiser::code_bytes() { return fingerprint::builtin_model().code_bytes; }

CodedVectors Quantiser::encode(std::span<const fingerprint::Embedding> embeddings) {
  CodedVectors out;
  if (embeddings.empty()) return out;
  omp_set_num_threads(1);  // callers bring their own threads; FAISS's pool would fight them
  const auto n = static_cast<FaissId>(embeddings.size());
  const auto rows = unit_rows(embeddings);
  std::vector<FaissId> lists(embeddings.size());
  trained().coarse.assign(n, rows.data(), lists.data());
  out.lists.assign(lists.begin(), lists.end());
  out.codes.resize(embeddings.size() * code_bytes());
  trained().ivf->encode_vectors(n, rows.data(), lists.data(), out.codes.data());
  return out;
}

std::vector<Probe> Quantiser::probe(std::span<const float> unit_rows, std::size_t count) {
  const Trained& model = trained();
  const std::size_t n = unit_rows.size() / fingerprint::kEmbeddingDims;
  count = std::min<std::size_t>(count, lists());
  std::vector<Probe> probes(n * count);
  std::vector<Probe> all(model.by_dimension.size() / fingerprint::kEmbeddingDims);
  for (std::size_t i = 0; i < n; ++i) {
    model.similarities(unit_rows.data() + i * fingerprint::kEmbeddingDims, all);
    const auto out = probes.begin() + static_cast<std::ptrdiff_t>(i * count);
    std::partial_sort_copy(all.begin(), all.begin() + lists(), out, out + static_cast<std::ptrdiff_t>(count),
                           [](const Probe& a, const Probe& b) {
                             return a.similarity != b.similarity ? a.similarity > b.similarity
                                                                 : a.list < b.list;
                           });
  }
  return probes;
}

void Quantiser::code_similarities(const float* unit_row, std::span<float> table) {
  const Trained& model = trained();
  EARMARK_CHECK(table.size() == std::size_t{code_bytes()} * kCodeValues, "a value a code byte");
  const std::size_t dims = fingerprint::kEmbeddingDims / code_bytes();
  const float* values = model.codes_by_dimension.data();
  for (std::size_t m = 0; m < code_bytes(); ++m) {
    std::array<float, kCodeValues> sums{};
    for (std::size_t d = 0; d < dims; ++d, values += kCodeValues) {
      for (std::size_t c = 0; c < kCodeValues; ++c) sums[c] += unit_row[m * dims + d] * values[c];
    }
    std::copy(sums.begin(), sums.end(), table.begin() + static_cast<std::ptrdiff_t>(m * kCodeValues));
  }
}

void Quantiser::decode(std::uint32_t list, std::span<const std::byte> code, std::span<float> row) {
  const auto& model = fingerprint::builtin_model();
  const float* const centroid =
      model.coarse_centroids.data() + std::size_t{list} * fingerprint::kEmbeddingDims;
  const std::size_t width = fingerprint::kEmbeddingDims / code.size();
  for (std::size_t part = 0; part < code.size(); ++part) {
    const auto value = std::to_integer<std::size_t>(code[part]);
    const float* const residual = model.code_centroids.data() + (part * kCodeValues + value) * width;
    for (std::size_t i = part * width, j = 0; j < width; ++i, ++j) row[i] = centroid[i] + residual[j];
  }
}

bool is_zero(const fingerprint::Embedding& embedding) {
  return std::all_of(embedding.begin(), embedding.end(), [](std::int8_t v) { return v == 0; });
}

std::vector<float> unit_rows(std::span<const fingerprint::Embedding> embeddings) {
  std::vector<float> rows(embeddings.size() * fingerprint::kEmbeddingDims);
  for (std::size_t i = 0; i < embeddings.size(); ++i) {
    fingerprint::to_unit(
        embeddings[i], std::span(rows).subspan(i * fingerprint::kEmbeddingDims, fingerprint::kEmbeddingDims));
  }
  return rows;
}

}  // namespace earmark::index
