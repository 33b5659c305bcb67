#include "fingerprint/model.h"

#include <array>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "fingerprint/patches.h"
#include "tests/support/result_matchers.h"
#include "tests/support/signals.h"

namespace earmark::fingerprint {
namespace {

TEST(Model, TheOneCompiledInCanBeReadAndWritten) {
  const EmbeddingModel& model = builtin_model();

  const Bytes bytes = encode_model(model);
  ASSERT_OK_AND(const auto again, decode_model(bytes));

  EXPECT_GE(model.version, 1U);
  EXPECT_FALSE(model.recipe.empty());
  EXPECT_EQ(again.projection, model.projection);
  EXPECT_EQ(again.code_centroids, model.code_centroids);
}

TEST(Model, DamageIsSeen) {
  Bytes bytes = encode_model(builtin_model());
  bytes[bytes.size() / 2] ^= std::byte{1};
  EXPECT_FAILS(decode_model(bytes), ErrorCode::kCorrupt);
  EXPECT_FAILS(decode_model({}), ErrorCode::kCorrupt);
  bytes.resize(40);
  EXPECT_FAILS(decode_model(bytes), ErrorCode::kCorrupt);
}

TEST(Embed, IsAUnitDirectionInInt8) {
  const auto features = test::noise(5, kPatchFeatures, 1.0F);

  const Embedding embedding = embed(builtin_model(), features);

  double squares = 0.0;
  for (const std::int8_t v : embedding) squares += static_cast<double>(v) * v;
  EXPECT_NEAR(std::sqrt(squares), 127.0, 4.0);
  std::array<float, kEmbeddingDims> unit;
  to_unit(embedding, unit);
  float length = 0.0F;
  for (const float v : unit) length += v * v;
  EXPECT_NEAR(length, 1.0F, 1e-5F);
}

TEST(Embed, NothingToHearIsZero) {
  const std::vector<float> nothing(kPatchFeatures, 0.0F);
  EXPECT_EQ(embed(builtin_model(), nothing), Embedding{});
}

}  // namespace
}  // namespace earmark::fingerprint
