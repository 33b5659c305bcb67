#include "index/calibration.h"

#include <gtest/gtest.h>

namespace earmark::index {
namespace {

constexpr std::uint64_t kSearched = 2'900'000;  // frames; 12.9 h

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
    const double p = probability_of(evidence(z, 0.8 * z, 0.8 * z, 0.1), Warp{}, kSearched);
    EXPECT_GE(p, previous);
    EXPECT_GE(p, 0.0);
    EXPECT_LE(p, 1.0);
    previous = p;
  }
  EXPECT_LT(probability_of(evidence(0, 0, 0, 0), Warp{}, kSearched), 0.003);
  EXPECT_GT(previous, 0.999);
}

TEST(Probability, OneStrongMomentIsNoProof) {
  EXPECT_LT(probability_of(evidence(25.0, 1.5, 8.0, 0.1), Warp{}, kSearched), 0.5);
  EXPECT_GT(probability_of(evidence(25.0, 20.0, 20.0, 0.1), Warp{}, kSearched), 0.99);
}

TEST(Probability, EmbeddingsOnTheLineSpeakForIt) {
  Evidence some = evidence(9.0, 6.0, 7.0, 0.05);
  const double without = probability_of(some, Warp{}, kSearched);
  some.resemblance = {.embeddings = 16, .share = 0.5, .similarity = 0.4, .beside = 0.05};
  EXPECT_LT(without, 0.6);
  EXPECT_GT(probability_of(some, Warp{}, kSearched), 0.9);
}

TEST(Probability, EmbeddingsThatResembleTheWholeRecordingSpeakForNothing) {
  Evidence some = evidence(9.0, 6.0, 7.0, 0.05);
  const double without = probability_of(some, Warp{}, kSearched);
  some.resemblance = {.embeddings = 16, .share = 0.5, .similarity = 0.5, .beside = 0.35};
  EXPECT_EQ(probability_of(some, Warp{}, kSearched), without);
}

TEST(Probability, AsksMoreOfAShortStretchThatEmbeddingsDoNotConfirm) {
  Evidence some = evidence(9.0, 7.0, 8.0, 0.05);
  const double long_enough = probability_of(some, Warp{}, kSearched);
  some.frames = 150;
  EXPECT_LT(probability_of(some, Warp{}, kSearched), long_enough - 0.1);
  some.resemblance = {.embeddings = 10, .share = 0.5, .similarity = 0.5, .beside = 0.0};
  const double confirmed = probability_of(some, Warp{}, kSearched);
  some.frames = 625;
  EXPECT_NEAR(probability_of(some, Warp{}, kSearched), confirmed, 1e-3);
}

TEST(Probability, FallsWithWhatThereIsToSearch) {
  const Evidence some = evidence(9.0, 7.0, 7.0, 0.1);
  const double p = probability_of(some, Warp{}, kSearched);
  const double among_ten_times_more = probability_of(some, Warp{}, 10 * kSearched);
  EXPECT_NEAR(p / (1 - p), 10 * among_ten_times_more / (1 - among_ten_times_more), 0.02);
  EXPECT_EQ(probability_of(some, Warp{}, kSearched / 10), p);
}

TEST(Probability, FewEmbeddingsMustBeCloserThanMany) {
  Evidence some = evidence(9.0, 6.0, 7.0, 0.05);
  some.resemblance = {.embeddings = 4, .share = 0.5, .similarity = 0.35, .beside = 0.0};
  const double few = probability_of(some, Warp{}, kSearched);
  some.resemblance.embeddings = 32;
  EXPECT_GT(probability_of(some, Warp{}, kSearched), few);
}

TEST(Probability, AsksMoreOfAnAlteredUse) {
  const Evidence some = evidence(9.0, 7.0, 7.0, 0.1);
  const double as_it_was = probability_of(some, Warp{}, kSearched);
  EXPECT_LT(probability_of(some, Warp{1.1, 1.0 / 1.1}, kSearched), as_it_was);
  EXPECT_LT(probability_of(some, Warp{1.0, 1.06}, kSearched), as_it_was);
  EXPECT_EQ(probability_of(some, Warp{1.02, 1.0 / 1.02}, kSearched), as_it_was);
}

TEST(Probability, ClosenessAloneIsNoProof) {
  Evidence some = evidence(3.0, 2.0, 2.5, 0.05);
  some.resemblance = {.embeddings = 16, .share = 0.5, .similarity = 0.6, .beside = 0.0};
  EXPECT_LT(probability_of(some, Warp{}, kSearched), 0.1);
  some.proof.z = 6.0;
  EXPECT_GT(probability_of(some, Warp{}, kSearched), 0.9);
}

TEST(Probability, OrdersWhatIsTooBriefToBeSureOf) {
  Evidence brief = evidence(8.0, 0.0, 6.0, 0.05);
  brief.frames = 60;
  const double few_peaks = probability_of(brief, Warp{}, kSearched);
  brief.proof.agreement *= 3;
  const double many_peaks = probability_of(brief, Warp{}, kSearched);
  brief.resemblance = {.embeddings = 1, .share = 0.0, .similarity = 0.4, .beside = 0.0};
  const double confirmed = probability_of(brief, Warp{}, kSearched);
  EXPECT_GT(many_peaks, few_peaks);
  EXPECT_GT(confirmed, many_peaks);
  EXPECT_LT(confirmed, 0.5);
}

}  // namespace
}  // namespace earmark::index
