#include "index/vector_index.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/IDSelector.h>
#include <omp.h>

#include "core/check.h"
#include "fingerprint/model.h"

namespace earmark::index {
namespace {

constexpr std::size_t kProbes = 24;  // of the model's lists
using FaissId = faiss::Index::idx_t;

bool is_zero(const fingerprint::Embedding& embedding) {
  return std::all_of(embedding.begin(), embedding.end(), [](std::int8_t v) { return v == 0; });
}

/// Where in the inverted file the embedding of a place lies.
struct Where {
  std::uint32_t place = 0;
  std::uint32_t list = 0;
  std::uint32_t offset = 0;
};

}  // namespace

struct VectorIndex::State {
  faiss::IndexFlatIP coarse{fingerprint::kEmbeddingDims};
  std::unique_ptr<faiss::IndexIVFPQ> ivf;

  State() {
    const auto& model = fingerprint::builtin_model();
    coarse.add(model.coarse_lists, model.coarse_centroids.data());
    ivf = std::make_unique<faiss::IndexIVFPQ>(&coarse, fingerprint::kEmbeddingDims, model.coarse_lists,
                                              model.code_bytes, 8, faiss::METRIC_INNER_PRODUCT);
    ivf->pq.centroids = model.code_centroids;
    ivf->is_trained = true;
    ivf->nprobe = kProbes;
    ivf->precompute_table();
  }

  /// Notes where everything lies from list `i` offset `known[i]` on.
  void note(std::span<const std::size_t> known) {
    const auto& lists = *ivf->invlists;
    const std::size_t before = by_place.size();
    for (std::size_t list = 0; list < lists.nlist; ++list) {
      const faiss::InvertedLists::ScopedIds ids(&lists, list);
      for (std::size_t i = known[list]; i < lists.list_size(list); ++i)
        by_place.push_back({static_cast<std::uint32_t>(ids[i]), static_cast<std::uint32_t>(list),
                            static_cast<std::uint32_t>(i)});
    }
    const auto middle = by_place.begin() + static_cast<std::ptrdiff_t>(before);
    const auto earlier = [](const Where& a, const Where& b) { return a.place < b.place; };
    std::sort(middle, by_place.end(), earlier);
    std::inplace_merge(by_place.begin(), middle, by_place.end(), earlier);
  }

  [[nodiscard]] std::vector<std::size_t> list_sizes() const {
    std::vector<std::size_t> sizes(ivf->nlist);
    for (std::size_t list = 0; list < sizes.size(); ++list) sizes[list] = ivf->invlists->list_size(list);
    return sizes;
  }

  void note_all() {
    by_place.clear();
    note(std::vector<std::size_t>(ivf->nlist, 0));
  }

  std::vector<Where> by_place;  ///< ascending
};

VectorIndex::VectorIndex() : state_(std::make_unique<State>()) {}
VectorIndex::~VectorIndex() = default;
VectorIndex::VectorIndex(VectorIndex&&) noexcept = default;
VectorIndex& VectorIndex::operator=(VectorIndex&&) noexcept = default;

void VectorIndex::add(std::span<const fingerprint::Embedding> embeddings,
                      std::span<const std::uint32_t> places) {
  EARMARK_CHECK(embeddings.size() == places.size(), "VectorIndex::add: one place an embedding");
  std::vector<fingerprint::Embedding> audible;
  std::vector<FaissId> ids;
  for (std::size_t i = 0; i < embeddings.size(); ++i) {
    if (is_zero(embeddings[i])) continue;
    audible.push_back(embeddings[i]);
    ids.push_back(places[i]);
  }
  if (ids.empty()) return;
  omp_set_num_threads(1);
  const auto known = state_->list_sizes();
  state_->ivf->add_with_ids(static_cast<FaissId>(ids.size()), unit_rows(audible).data(), ids.data());
  state_->note(known);
}

void VectorIndex::remove(std::uint32_t first, std::uint32_t last) {
  omp_set_num_threads(1);
  state_->ivf->remove_ids(faiss::IDSelectorRange(first, last));
  state_->note_all();
}

std::vector<Neighbour> VectorIndex::search(std::span<const fingerprint::Embedding> queries,
                                           std::size_t k) const {
  std::vector<Neighbour> neighbours(queries.size() * k, Neighbour{kNoPlace, 0.0F});
  if (queries.empty() || size() == 0) return neighbours;
  omp_set_num_threads(1);  // callers bring their own threads; FAISS's pool would fight them
  std::vector<float> similarities(queries.size() * k);
  std::vector<FaissId> ids(queries.size() * k);
  state_->ivf->search(static_cast<FaissId>(queries.size()), unit_rows(queries).data(),
                      static_cast<FaissId>(k), similarities.data(), ids.data());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0 || is_zero(queries[i / k])) continue;
    neighbours[i] = {static_cast<std::uint32_t>(ids[i]), similarities[i]};
  }
  return neighbours;
}

std::vector<float> VectorIndex::unit_rows(std::span<const fingerprint::Embedding> embeddings) {
  std::vector<float> rows(embeddings.size() * fingerprint::kEmbeddingDims);
  for (std::size_t i = 0; i < embeddings.size(); ++i) {
    fingerprint::to_unit(
        embeddings[i], std::span(rows).subspan(i * fingerprint::kEmbeddingDims, fingerprint::kEmbeddingDims));
  }
  return rows;
}

std::optional<float> VectorIndex::cosine_at(std::span<const float> query, std::int64_t place) const {
  const auto& known = state_->by_place;
  auto at = std::lower_bound(known.begin(), known.end(), place,
                             [](const Where& w, std::int64_t p) { return std::int64_t{w.place} < p; });
  if (at != known.begin() && (at == known.end() || at->place - place > place - std::prev(at)->place)) --at;
  if (at == known.end() || std::abs(std::int64_t{at->place} - place) > kReach) return std::nullopt;
  const auto& model = fingerprint::builtin_model();
  const float* centroid = model.coarse_centroids.data() + std::size_t{at->list} * fingerprint::kEmbeddingDims;
  faiss::InvertedLists::ScopedCodes codes(state_->ivf->invlists, at->list, at->offset);
  const std::size_t width = fingerprint::kEmbeddingDims / model.code_bytes;
  float dot = 0.0F;
  float square = 0.0F;
  for (std::size_t part = 0; part < model.code_bytes; ++part) {
    const float* residual = model.code_centroids.data() + (part * 256 + codes.get()[part]) * width;
    for (std::size_t i = 0; i < width; ++i) {
      const float value = centroid[part * width + i] + residual[i];
      dot += query[part * width + i] * value;
      square += value * value;
    }
  }
  return square > 0.0F ? std::optional(dot / std::sqrt(square)) : std::nullopt;
}

std::size_t VectorIndex::size() const { return static_cast<std::size_t>(state_->ivf->ntotal); }

std::uint64_t VectorIndex::bytes() const {
  return size() * (state_->ivf->code_size + sizeof(FaissId) + sizeof(Where));
}

void VectorIndex::save(ByteWriter& out) const {
  const auto& lists = *state_->ivf->invlists;
  out.put<std::uint32_t>(static_cast<std::uint32_t>(lists.nlist));
  out.put<std::uint32_t>(static_cast<std::uint32_t>(lists.code_size));
  for (std::size_t list = 0; list < lists.nlist; ++list) {
    const std::size_t n = lists.list_size(list);
    out.put<std::uint32_t>(static_cast<std::uint32_t>(n));
    if (n == 0) continue;
    const faiss::InvertedLists::ScopedIds ids(&lists, list);
    faiss::InvertedLists::ScopedCodes codes(&lists, list);
    for (std::size_t i = 0; i < n; ++i) out.put<std::uint32_t>(static_cast<std::uint32_t>(ids[i]));
    out.put_array(std::span<const std::uint8_t>(codes.get(), n * lists.code_size));
  }
}

Result<VectorIndex> VectorIndex::load(ByteReader& in) {
  VectorIndex out;
  auto& ivf = *out.state_->ivf;
  EARMARK_TRY(const auto list_count, in.get<std::uint32_t>());
  EARMARK_TRY(const auto code_size, in.get<std::uint32_t>());
  if (list_count != ivf.nlist || code_size != ivf.code_size) {
    return fail(ErrorCode::kUnsupported, "index: made with another embedding model");
  }
  for (std::size_t list = 0; list < list_count; ++list) {
    EARMARK_TRY(const auto n, in.get<std::uint32_t>());
    EARMARK_TRY(const auto places, in.get_array<std::uint32_t>(n));
    EARMARK_TRY(const auto codes, in.get_array<std::uint8_t>(std::size_t{n} * code_size));
    if (n == 0) continue;
    const std::vector<FaissId> ids(places.begin(), places.end());
    ivf.invlists->add_entries(list, n, ids.data(), codes.data());
    ivf.ntotal += n;
  }
  out.state_->note_all();
  return out;
}

}  // namespace earmark::index
