#include "index/calibration.h"

#include <gtest/gtest.h>

namespace earmark::index {
namespace {

Evidence evidence(double z, double without_second, double without_band, double share) {
  Evidence e;
  e.proof.z = z;
  e.frames = 625;
  e.proof.peaks = 1000;
  e.proof.agreement = share * 4000;
  e.without_best_second = without_second;
  e.without_best_band = without_band;
  return e;
}

TEST(Probability, RisesWithTheEvidence) {
  double previous = -1.0;
  for (double z = 0.0; z < 40.0; z += 0.5) {
    const double p = probability_of(evidence(z, 0.8 * z, 0.8 * z, 0.1), Warp{});
    EXPECT_GE(p, previous);
    EXPECT_GE(p, 0.0);
    EXPECT_LE(p, 1.0);
    previous = p;
  }
  EXPECT_LT(probability_of(evidence(0, 0, 0, 0), Warp{}), 0.003);
  EXPECT_GT(previous, 0.999);
}

TEST(Probability, OneStrongMomentIsNoProof) {
  EXPECT_LT(probability_of(evidence(25.0, 1.5, 8.0, 0.1), Warp{}), 0.5);
  EXPECT_GT(probability_of(evidence(25.0, 20.0, 20.0, 0.1), Warp{}), 0.99);
}

TEST(Probability, EmbeddingsOnTheLineSpeakForIt) {
  Evidence some = evidence(9.0, 6.0, 7.0, 0.05);
  const double without = probability_of(some, Warp{});
  some.resemblance = {.embeddings = 16, .share = 0.5, .similarity = 0.4, .beside = 0.05};
  EXPECT_LT(without, 0.6);
  EXPECT_GT(probability_of(some, Warp{}), 0.9);
}

TEST(Probability, EmbeddingsThatResembleTheWholeRecordingSpeakForNothing) {
  Evidence some = evidence(9.0, 6.0, 7.0, 0.05);
  const double without = probability_of(some, Warp{});
  some.resemblance = {.embeddings = 16, .share = 0.5, .similarity = 0.5, .beside = 0.35};
  EXPECT_EQ(probability_of(some, Warp{}), without);
}

TEST(Probability, AsksMoreOfAShortStretchThatEmbeddingsDoNotConfirm) {
  Evidence some = evidence(11.0, 9.0, 10.0, 0.1);
  const double long_enough = probability_of(some, Warp{});
  some.frames = 150;
  EXPECT_LT(probability_of(some, Warp{}), long_enough - 0.1);
  some.resemblance.similarity = 0.3;
  const double confirmed = probability_of(some, Warp{});
  some.frames = 625;
  EXPECT_EQ(probability_of(some, Warp{}), confirmed);
}

TEST(Probability, AsksMoreOfAnAlteredUse) {
  const Evidence some = evidence(9.0, 7.0, 7.0, 0.1);
  const double as_it_was = probability_of(some, Warp{});
  EXPECT_LT(probability_of(some, Warp{1.1, 1.0 / 1.1}), as_it_was);
  EXPECT_LT(probability_of(some, Warp{1.0, 1.06}), as_it_was);
  EXPECT_EQ(probability_of(some, Warp{1.02, 1.0 / 1.02}), as_it_was);
}

}  // namespace
}  // namespace earmark::index
