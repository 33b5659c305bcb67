#include "index/neighbourhood.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>

#include "core/parallel.h"

namespace earmark::index {
namespace {

constexpr std::size_t kNeighbours = 12;
constexpr std::size_t kFewEmbeddings = 20;  // of a query: the right one may be far down each list
constexpr std::size_t kNeighboursOfFew = 60;
constexpr std::size_t kBatch = 512;  // embeddings per call of the vector index
constexpr double kOnLine = 20.0;     // frames; half a hop of the reference, and some for the line's own error
constexpr std::int64_t kEmbedded = 64;  // frames that an embedding is made of
constexpr std::array<int, 6> kBeside = {-1100, -640, -260, 260, 640, 1100};  // frames; 4 to 18 s off the line

struct Mean {
  double sum = 0.0;
  int n = 0;

  void add(std::optional<float> value) {
    if (!value) return;
    sum += static_cast<double>(*value);
    ++n;
  }
  [[nodiscard]] double value() const { return n == 0 ? 0.0 : sum / n; }
};

/// Has the query's embedding i a near neighbour where the line expects it?
bool has_near(const Neighbourhood& neighbourhood, std::int64_t i, const Timeline::Span& recording,
              const Line& line) {
  const double expected =
      static_cast<double>(recording.first) + line.reference_at(static_cast<double>(i * neighbourhood.hop));
  const auto near = std::span(neighbourhood.neighbours)
                        .subspan(static_cast<std::size_t>(i) * neighbourhood.k, neighbourhood.k);
  return std::any_of(near.begin(), near.end(), [&](const Neighbour& n) {
    return n.place != kNoPlace && n.similarity > 0.0F &&
           std::abs(static_cast<double>(n.place) - expected) <= kOnLine;
  });
}

}  // namespace

Neighbourhood find_neighbours(const VectorIndex& vectors, const fingerprint::Fingerprint& query,
                              std::size_t threads) {
  Neighbourhood out;
  const std::size_t n = query.embeddings.size();
  out.k = n <= kFewEmbeddings ? kNeighboursOfFew : kNeighbours;
  out.hop = query.embedding_hop();
  out.rows = VectorIndex::unit_rows(query.embeddings);
  out.vectors = &vectors;
  out.neighbours.resize(n * out.k);
  parallel_for((n + kBatch - 1) / kBatch, threads, [&](std::size_t batch) {
    const std::size_t first = batch * kBatch;
    const auto part = std::span(query.embeddings).subspan(first, std::min(kBatch, n - first));
    const auto found = vectors.search(part, out.k);
    std::copy(found.begin(), found.end(),
              out.neighbours.begin() + static_cast<std::ptrdiff_t>(first * out.k));
  });
  return out;
}

std::optional<float> cosine_on(const Neighbourhood& neighbourhood, std::int64_t i,
                               const Timeline::Span& recording, const Line& line, int shift) {
  const double frame = line.reference_at(static_cast<double>(i * neighbourhood.hop)) + shift;
  if (frame < 0.0 || frame >= static_cast<double>(recording.frames)) return std::nullopt;
  const auto row =
      std::span(neighbourhood.rows)
          .subspan(static_cast<std::size_t>(i) * fingerprint::kEmbeddingDims, fingerprint::kEmbeddingDims);
  return neighbourhood.vectors->cosine_at(row, std::int64_t{recording.first} + std::llround(frame));
}

Resemblance resemblance(const Neighbourhood& neighbourhood, const Timeline::Span& recording, const Line& line,
                        FrameRange range) {
  Resemblance found;
  if (neighbourhood.size() == 0) return found;
  int near = 0;
  Mean on;
  Mean beside;
  for (std::int64_t i = std::max<std::int64_t>(0, (range.first + neighbourhood.hop - 1) / neighbourhood.hop);
       i < neighbourhood.size() && i * neighbourhood.hop + std::min(kEmbedded, range.size()) <= range.last;
       ++i) {
    ++found.embeddings;
    near += has_near(neighbourhood, i, recording, line) ? 1 : 0;
    on.add(cosine_on(neighbourhood, i, recording, line));
    for (const int shift : kBeside) beside.add(cosine_on(neighbourhood, i, recording, line, shift));
  }
  if (found.embeddings == 0) return found;
  found.share = static_cast<double>(near) / found.embeddings;
  found.similarity = on.value();
  found.beside = beside.value();
  return found;
}

}  // namespace earmark::index
