#include "index/neighbourhood.h"

#include <cmath>
#include <memory>

#include <gtest/gtest.h>

#include "fingerprint/model.h"
#include "index/store.h"

namespace earmark::index {
namespace {

constexpr int kReferenceHop = 32;

/// What music of the cell `i` of the model sounds like: cells differ, and codes tell their centres best.
fingerprint::Embedding typical(std::size_t i) {
  const auto& model = fingerprint::builtin_model();
  const std::size_t cell = i * 7 % model.coarse_lists;
  fingerprint::Embedding embedding;
  for (std::size_t d = 0; d < embedding.size(); ++d) {
    embedding[d] = static_cast<std::int8_t>(
        std::lround(127.0F * model.coarse_centroids[cell * fingerprint::kEmbeddingDims + d]));
  }
  return embedding;
}

/// A recording of 156 embeddings, each of its own kind, and a query that plays it from `from` on.
class ResemblanceTest : public testing::Test {
 protected:
  ResemblanceTest() {
    recording_.density = fingerprint::Density::kReference;
    recording_.samples = std::uint64_t{5000} * fingerprint::kFrameHop;
    for (std::uint32_t i = 0; i < 156; ++i) recording_.embeddings.push_back(typical(i));
    const std::vector<NewRecording> recordings = {{1, &recording_}};
    state_ = std::make_unique<const Engine::State>(
        std::vector<LiveSegment>{{.segment = Segment::build(recordings), .dead = nullptr}}, "");
    span_ = state_->recordings[0].span;
    query_.density = fingerprint::Density::kReference;
    for (std::size_t i = 0; i < 20; ++i) query_.embeddings.push_back(typical(50 + i));
    neighbourhood_ = find_neighbours(state_->vectors, query_, 1);
    line_.reference_anchor = 50 * kReferenceHop;
  }

  fingerprint::Fingerprint recording_;
  std::unique_ptr<const Engine::State> state_;
  Timeline::Span span_;
  fingerprint::Fingerprint query_;
  Neighbourhood neighbourhood_;
  Line line_;
};

TEST_F(ResemblanceTest, IsTheCosineWhereTheLineExpectsIt) {
  const Resemblance found = resemblance(neighbourhood_, span_, line_, {0, 20 * 32 + 64});
  EXPECT_EQ(found.embeddings, 20);
  EXPECT_GT(found.similarity, 0.8);
  EXPECT_GT(found.share, 0.9);
  EXPECT_LT(found.beside, 0.4);
  EXPECT_NEAR(found.closeness(), found.similarity - std::max(0.0, found.beside), 1e-9);
}

TEST_F(ResemblanceTest, LooksAtTheRangeOnly) {
  EXPECT_EQ(resemblance(neighbourhood_, span_, line_, {32, 32 * 4 + 64}).embeddings,
            4);  // 1, 2, 3 and 4
}

TEST_F(ResemblanceTest, IsLowOnAnotherLine) {
  line_.reference_anchor = 10 * kReferenceHop;
  const Resemblance found = resemblance(neighbourhood_, span_, line_, {0, 20 * 32 + 64});
  EXPECT_LT(found.similarity, 0.4);
  EXPECT_LT(found.share, 0.2);
}

TEST_F(ResemblanceTest, IsNothingOutsideTheRecordingOrWithoutEmbeddings) {
  line_.reference_anchor = 6000;
  EXPECT_EQ(resemblance(neighbourhood_, span_, line_, {0, 800}).similarity, 0.0);
  const Resemblance none = resemblance({}, span_, line_, {0, 800});
  EXPECT_EQ(none.embeddings, 0);
  EXPECT_EQ(none.similarity, 0.0);
}

}  // namespace
}  // namespace earmark::index
