#include "index/vector_index.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFPQ.h>
#include <gtest/gtest.h>

#include "fingerprint/model.h"
#include "index/code_scan.h"
#include "index/quantiser.h"
#include "index/store.h"
#include "tests/index/fixture.h"

namespace earmark::index {
namespace {

TEST(CodeScan, TheFastVersionSumsLikeThePortableOne) {
  if (!can_scan_vbmi()) GTEST_SKIP() << "this CPU has no AVX-512 VBMI";
  std::mt19937 random(1);
  constexpr std::size_t kBytes = 32;
  std::vector<std::uint8_t> table(kBytes * kCodeValues);
  for (auto& value : table) value = static_cast<std::uint8_t>(random());
  for (std::size_t width = 1; width <= kCodeBlock; ++width) {
    Bytes block(width * kBytes);
    for (auto& byte : block) byte = static_cast<std::byte>(random());
    std::array<std::uint16_t, kCodeBlock> slow{};
    std::array<std::uint16_t, kCodeBlock> fast{};
    const auto end = slow.begin() + static_cast<std::ptrdiff_t>(width);
    EXPECT_TRUE(scan_portable(table.data(), block.data(), width, kBytes, 0, slow.data()));
    EXPECT_TRUE(scan_vbmi(table.data(), block.data(), width, kBytes, 0, fast.data()));
    EXPECT_TRUE(std::equal(slow.begin(), end, fast.begin())) << width;
    const std::uint16_t most = *std::max_element(slow.begin(), end);
    const auto more = static_cast<std::uint16_t>(most + 1);
    EXPECT_TRUE(scan_portable(table.data(), block.data(), width, kBytes, most, slow.data()));
    EXPECT_TRUE(scan_vbmi(table.data(), block.data(), width, kBytes, most, fast.data()));
    EXPECT_FALSE(scan_portable(table.data(), block.data(), width, kBytes, more, slow.data()));
    EXPECT_FALSE(scan_vbmi(table.data(), block.data(), width, kBytes, more, fast.data()));
  }
}

/// FAISS's own search over the same vectors.
std::vector<std::pair<std::int64_t, float>> faiss_search(const std::vector<fingerprint::Embedding>& stored,
                                                         const std::vector<fingerprint::Embedding>& queries,
                                                         std::size_t k) {
  const auto& model = fingerprint::builtin_model();
  faiss::IndexFlatIP coarse(fingerprint::kEmbeddingDims);
  coarse.add(model.coarse_lists, model.coarse_centroids.data());
  faiss::IndexIVFPQ ivf(&coarse, fingerprint::kEmbeddingDims, model.coarse_lists, model.code_bytes, 8,
                        faiss::METRIC_INNER_PRODUCT);
  ivf.pq.centroids = model.code_centroids;
  ivf.is_trained = true;
  ivf.nprobe = 24;
  ivf.add(static_cast<std::int64_t>(stored.size()), unit_rows(stored).data());
  std::vector<float> similarities(queries.size() * k);
  std::vector<std::int64_t> ids(queries.size() * k);
  ivf.search(static_cast<std::int64_t>(queries.size()), unit_rows(queries).data(),
             static_cast<std::int64_t>(k), similarities.data(), ids.data());
  std::vector<std::pair<std::int64_t, float>> out;
  for (std::size_t i = 0; i < ids.size(); ++i) out.emplace_back(ids[i], similarities[i]);
  return out;
}

struct Stored {
  std::vector<fingerprint::Fingerprint> prints;
  std::vector<fingerprint::Embedding> embeddings;  ///< of all, in order
  std::vector<LiveSegment> segments;
};

/// Recordings in segments of two.
Stored store_recordings(std::uint32_t count) {
  Stored out;
  for (std::uint32_t i = 0; i < count; ++i) out.prints.push_back(test::random_recording(i, 60));
  for (std::size_t i = 0; i + 1 < out.prints.size(); i += 2) {
    const std::vector<NewRecording> pair = {{static_cast<RecordingKey>(i + 1), &out.prints[i]},
                                            {static_cast<RecordingKey>(i + 2), &out.prints[i + 1]}};
    out.segments.push_back({.segment = Segment::build(pair), .dead = nullptr});
  }
  for (const auto& print : out.prints)
    out.embeddings.insert(out.embeddings.end(), print.embeddings.begin(), print.embeddings.end());
  return out;
}

/// The number that FAISS gives the embedding at a place.
std::int64_t id_at(const Engine::State& state, const Stored& stored, std::uint32_t place) {
  const auto span = state.timeline.find(place);
  if (!span) return -1;
  std::int64_t id = (place - span->first) / kPlaceStep;
  for (std::uint32_t slot = 0; slot < span->slot; ++slot)
    id += static_cast<std::int64_t>(stored.prints[slot].embeddings.size());
  return id;
}

TEST(VectorIndex, FindsWhatFaissFinds) {
  constexpr std::size_t kNearest = 12;
  const Stored stored = store_recordings(12);
  const Engine::State state(stored.segments, "");
  std::mt19937 random(3);
  std::vector<fingerprint::Embedding> queries;
  for (std::size_t i = 0; i < stored.embeddings.size(); i += 5) {
    auto query = stored.embeddings[i];
    for (auto& value : query) value = static_cast<std::int8_t>(value + static_cast<int>(random() % 11) - 5);
    queries.push_back(query);
  }

  const auto own = state.vectors.search(queries, kNearest);
  const auto oracle = faiss_search(stored.embeddings, queries, kNearest);

  std::size_t same = 0;
  std::size_t of_oracle = 0;
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (oracle[i].first < 0) {
      EXPECT_EQ(own[i].place, kNoPlace);
      continue;
    }
    ++of_oracle;
    ASSERT_NE(own[i].place, kNoPlace);
    EXPECT_NEAR(own[i].similarity, oracle[i].second, 2e-3) << i;
    same += id_at(state, stored, own[i].place) == oracle[i].first ? 1U : 0U;
  }
  EXPECT_GT(of_oracle, 1000U);
  EXPECT_GE(same, of_oracle * 98 / 100) << "others than FAISS's, beyond ties";
}

TEST(VectorIndex, AnswersTheSameHoweverTheSegmentsAreCut) {
  Stored stored = store_recordings(8);
  const Engine::State cut(stored.segments, "");
  std::vector<Segment::Part> parts;
  for (const auto& live : stored.segments) parts.push_back({live.segment.get(), {}});
  const Engine::State whole({{.segment = Segment::merge(parts), .dead = nullptr}}, "");

  const auto one = cut.vectors.search(stored.embeddings, 5);
  const auto other = whole.vectors.search(stored.embeddings, 5);

  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].similarity, other[i].similarity);
    EXPECT_EQ(id_at(cut, stored, one[i].place), id_at(whole, stored, other[i].place));
  }
}

TEST(VectorIndex, TellsTheCosineAtAPlace) {
  Stored stored = store_recordings(4);
  stored.segments[1].dead = std::make_shared<const std::vector<char>>(std::vector<char>{1, 0});
  stored.segments[1].dead_count = 1;
  const Engine::State state(stored.segments, "");
  double own = 0.0;
  double other = 0.0;
  std::size_t n = 0;
  for (const std::uint32_t slot : {0U, 1U, 3U}) {
    const auto& embeddings = stored.prints[slot].embeddings;
    const auto rows = VectorIndex::unit_rows(embeddings);
    const std::int64_t first = state.recordings[slot].span.first;
    for (std::size_t i = 0; i < embeddings.size(); ++i, ++n) {
      const auto row = std::span(rows).subspan(i * fingerprint::kEmbeddingDims, fingerprint::kEmbeddingDims);
      const auto place = first + static_cast<std::int64_t>(i * kPlaceStep);
      own += static_cast<double>(state.vectors.cosine_at(row, place).value());
      EXPECT_EQ(state.vectors.cosine_at(row, place + 15), state.vectors.cosine_at(row, place));
      const auto away = first + static_cast<std::int64_t>((i + 20) % embeddings.size() * kPlaceStep);
      other += static_cast<double>(state.vectors.cosine_at(row, away).value());
    }
    const auto last = first + static_cast<std::int64_t>((embeddings.size() - 1) * kPlaceStep);
    EXPECT_TRUE(state.vectors.cosine_at(rows, last + VectorIndex::kReach).has_value());
    EXPECT_FALSE(state.vectors.cosine_at(rows, last + VectorIndex::kReach + 1).has_value());
    EXPECT_FALSE(state.vectors.cosine_at(rows, first - VectorIndex::kReach - 1).has_value());
  }
  const auto rows = VectorIndex::unit_rows(stored.prints[2].embeddings);
  EXPECT_FALSE(state.vectors.cosine_at(rows, state.recordings[2].span.first).has_value());
  EXPECT_GT(own / static_cast<double>(n), 0.3);  // noise is what the codes tell least of
  EXPECT_LT(std::abs(other / static_cast<double>(n)), 0.1);
}

TEST(VectorIndex, RemovedRecordingsAreNotFound) {
  Stored stored = store_recordings(4);
  stored.segments[0].dead = std::make_shared<const std::vector<char>>(std::vector<char>{1, 0});
  stored.segments[0].dead_count = 1;
  const Engine::State state(stored.segments, "");

  const auto found = state.vectors.search(stored.prints[0].embeddings, 5);

  for (const auto& neighbour : found)
    EXPECT_TRUE(neighbour.place == kNoPlace || state.timeline.find(neighbour.place)) << neighbour.place;
}

TEST(VectorIndex, SilenceIsNeitherStoredNorFound) {
  fingerprint::Fingerprint silent = test::random_recording(1, 10);
  const std::size_t silent_ones = 3;
  for (std::size_t i = 0; i < silent_ones; ++i) silent.embeddings[i] = {};
  const std::vector<NewRecording> recordings = {{1, &silent}};
  const Engine::State state({{.segment = Segment::build(recordings), .dead = nullptr}}, "");

  EXPECT_EQ(state.vectors.size(), silent.embeddings.size() - silent_ones);
  EXPECT_EQ(state.vectors.search(std::vector<fingerprint::Embedding>(2), 2).front().place, kNoPlace);
}

}  // namespace
}  // namespace earmark::index
