#include "fingerprint/patches.h"

#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/signals.h"

namespace earmark::fingerprint {
namespace {

std::vector<BandRow> random_patch(std::uint32_t seed) {
  const auto values = test::noise(seed, kPatchRows * kBands, 3.0F);
  std::vector<BandRow> rows(kPatchRows);
  for (std::size_t r = 0; r < kPatchRows; ++r) {
    for (std::size_t b = 0; b < kBands; ++b) rows[r][b] = values[r * kBands + b];
  }
  return rows;
}

TEST(NormalisePatch, HasMeanZeroAndDeviationOne) {
  std::vector<float> features(kPatchFeatures);

  ASSERT_TRUE(normalise_patch(random_patch(1), features));

  double sum = 0.0;
  double squares = 0.0;
  for (const float f : features) {
    sum += static_cast<double>(f);
    squares += static_cast<double>(f) * static_cast<double>(f);
  }
  EXPECT_NEAR(sum / kPatchFeatures, 0.0, 0.02);
  EXPECT_NEAR(squares / kPatchFeatures, 1.0, 1e-4);
}

TEST(NormalisePatch, DoesNotHearLoudnessOrAGentleEqualiser) {
  auto rows = random_patch(2);
  std::vector<float> plain(kPatchFeatures);
  ASSERT_TRUE(normalise_patch(rows, plain));
  for (auto& row : rows) {
    for (float& value : row) value += 2.5F;
  }
  std::vector<float> louder(kPatchFeatures);

  ASSERT_TRUE(normalise_patch(rows, louder));

  for (std::size_t i = 0; i < kPatchFeatures; ++i) EXPECT_NEAR(plain[i], louder[i], 1e-4F);
}

TEST(NormalisePatch, RefusesSilenceAndFlatness) {
  std::vector<float> features(kPatchFeatures, 42.0F);

  BandRow silent;
  silent.fill(-16.0F);
  EXPECT_FALSE(normalise_patch(std::vector<BandRow>(kPatchRows, silent), features));
  BandRow flat;
  flat.fill(1.0F);
  EXPECT_FALSE(normalise_patch(std::vector<BandRow>(kPatchRows, flat), features));

  EXPECT_EQ(features[0], 42.0F);
}

}  // namespace
}  // namespace earmark::fingerprint
