#include "index/vector_index.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace earmark::index {
namespace {

fingerprint::Embedding random_embedding(std::mt19937& random) {
  fingerprint::Embedding embedding;
  for (auto& value : embedding) value = static_cast<std::int8_t>(static_cast<int>(random() % 41) - 20);
  return embedding;
}

TEST(VectorIndex, FindsWhatWasAddedUntilItIsRemoved) {
  std::mt19937 random(1);
  std::vector<fingerprint::Embedding> embeddings;
  std::vector<std::uint32_t> places;
  for (std::uint32_t i = 0; i < 500; ++i) {
    embeddings.push_back(random_embedding(random));
    places.push_back(i * 32);
  }
  VectorIndex index;
  index.add(embeddings, places);

  int found = 0;
  const auto neighbours = index.search(embeddings, 5);
  for (std::size_t i = 0; i < embeddings.size(); ++i) found += neighbours[i * 5].place == places[i] ? 1 : 0;
  index.remove(0, 250 * 32);
  const auto fewer = index.search(embeddings, 1);

  EXPECT_GT(found, 450);  // the codes are coarse, a few are mistaken for others
  EXPECT_EQ(index.size(), 250U);
  for (const auto& neighbour : fewer) EXPECT_TRUE(neighbour.place == kNoPlace || neighbour.place >= 250 * 32);
}

TEST(VectorIndex, TellsTheCosineAtAPlace) {
  std::mt19937 random(3);
  std::vector<fingerprint::Embedding> embeddings;
  std::vector<std::uint32_t> places;
  for (std::uint32_t i = 0; i < 60; ++i) {
    embeddings.push_back(random_embedding(random));
    places.push_back(1000 + i * 32);
  }
  VectorIndex index;
  index.add(std::span(embeddings).first(20), std::span(places).first(20));
  index.add(std::span(embeddings).subspan(20), std::span(places).subspan(20));
  index.remove(1000, 1000 + 10 * 32);

  const auto rows = VectorIndex::unit_rows(embeddings);
  const auto row = [&](std::size_t i) {
    return std::span(rows).subspan(i * fingerprint::kEmbeddingDims, fingerprint::kEmbeddingDims);
  };
  double own = 0.0;
  double other = 0.0;
  for (std::size_t i = 10; i < 60; ++i) {
    own += static_cast<double>(index.cosine_at(row(i), places[i] + 5).value());
    other += static_cast<double>(index.cosine_at(row(i), places[10 + (i + 20) % 50]).value());
  }
  EXPECT_GT(own / 50, 0.3);  // noise is what the codes tell least of
  EXPECT_LT(std::abs(other / 50), 0.1);
  EXPECT_FALSE(index.cosine_at(row(0), places[0]).has_value());
  EXPECT_FALSE(index.cosine_at(row(59), places[59] + VectorIndex::kReach + 1).has_value());
}

TEST(VectorIndex, SilenceIsNeitherStoredNorFound) {
  VectorIndex index;
  const std::vector<fingerprint::Embedding> silence(3);
  index.add(silence, std::vector<std::uint32_t>{0, 32, 64});
  EXPECT_EQ(index.size(), 0U);
  EXPECT_EQ(index.search(silence, 2).front().place, kNoPlace);
}

TEST(VectorIndex, SaveAndLoad) {
  std::mt19937 random(2);
  const std::vector<fingerprint::Embedding> embeddings = {random_embedding(random), random_embedding(random)};
  VectorIndex index;
  index.add(embeddings, std::vector<std::uint32_t>{100, 200});
  ByteWriter out;
  index.save(out);

  ByteReader in(out.view());
  ASSERT_OK_AND(const auto loaded, VectorIndex::load(in));

  EXPECT_EQ(loaded.search(embeddings, 1)[1].place, 200U);
  ByteReader cut(out.view().first(out.size() - 8));
  EXPECT_FALSE(VectorIndex::load(cut).has_value());
}

}  // namespace
}  // namespace earmark::index
