#include "index/explain.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "fingerprint/extractor.h"
#include "tests/support/signals.h"

namespace earmark::index {
namespace {

constexpr double kRate = fingerprint::kSampleRate;

fingerprint::Fingerprint extract(std::span<const float> samples) {
  fingerprint::Extractor extractor;
  extractor.push(samples);
  return extractor.finish();
}

std::vector<float> cut(const std::vector<float>& samples, double from_s, double to_s) {
  return {samples.begin() + static_cast<std::ptrdiff_t>(from_s * kRate),
          samples.begin() + static_cast<std::ptrdiff_t>(to_s * kRate)};
}

/// Four songs of 40 s, keys 1 … 4.
class ExplainTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    for (std::uint32_t i = 0; i < 4; ++i) {
      songs.push_back(test::song(300 + i, 40.0, kRate));
      engine.add(i + 1, extract(songs.back()));
    }
  }
  static void TearDownTestSuite() { engine = Engine(); }
  static Explanation explain(const fingerprint::Fingerprint& query, RecordingKey recording,
                             std::optional<std::uint32_t> at_ms = std::nullopt) {
    return engine.explain(query, {}, {recording, at_ms, 0.9});
  }
  static inline std::vector<std::vector<float>> songs;
  static inline Engine engine;
};

TEST_F(ExplainTest, OfAMatchSaysWhatSearchSays) {
  const auto query = extract(cut(songs[1], 8.0, 20.0));
  const auto matches = engine.search(query, {});
  ASSERT_EQ(matches.size(), 1U);

  const Explanation why = explain(query, 2);

  EXPECT_EQ(why.outcome, Outcome::kMatched);
  ASSERT_TRUE(why.has_line);
  EXPECT_EQ(why.match.query_start_ms, matches[0].query_start_ms);
  EXPECT_EQ(why.match.reference_end_ms, matches[0].reference_end_ms);
  EXPECT_EQ(why.match.score, matches[0].score);
  EXPECT_EQ(why.match.probability, matches[0].probability);
  EXPECT_EQ(why.landmarks.rank, 1U);
  EXPECT_TRUE(why.landmarks.was_tried());
  EXPECT_GT(why.landmarks.weight, 20.0);
  EXPECT_EQ(why.embeddings.rank, 1U);
  EXPECT_FALSE(why.altered);
  EXPECT_GT(why.agreement, why.mirrored);
  EXPECT_GT(why.agreement, 3 * why.expected);
}

TEST_F(ExplainTest, ShowsThePeaksThatAgreeAlongTheLine) {
  const Explanation why = explain(extract(cut(songs[1], 8.0, 20.0)), 2);

  const auto agreeing = [](const std::vector<PeakMark>& marks) {
    return std::count_if(marks.begin(), marks.end(), [](const PeakMark& mark) { return mark.weight >= 3; });
  };
  ASSERT_GT(why.query_marks.size(), 100U);
  EXPECT_GT(agreeing(why.query_marks) * 3, static_cast<std::ptrdiff_t>(why.query_marks.size()));
  EXPECT_GT(agreeing(why.reference_marks) * 2, static_cast<std::ptrdiff_t>(why.reference_marks.size()));
  EXPECT_NEAR(why.shown_reference_ms - why.shown_start_ms, 8000.0, 40.0);
  for (const auto& mark : why.query_marks) {
    EXPECT_GE(mark.ms, why.shown_start_ms - 16.0);
    EXPECT_LE(mark.ms, why.shown_end_ms + 16.0);
  }
  const auto most = std::max_element(why.by_shift.begin(), why.by_shift.end()) - why.by_shift.begin();
  EXPECT_NEAR(static_cast<double>(most), static_cast<double>(why.by_shift.size() / 2), 2.0);
}

TEST_F(ExplainTest, NamesTheRunnerUpAndTheMargin) {
  const Explanation why = explain(extract(cut(songs[1], 8.0, 20.0)), 2);

  ASSERT_TRUE(why.rival);
  EXPECT_NE(why.rival->recording, 2);
  EXPECT_LT(why.rival->z, why.z_alone / 2);
}

TEST_F(ExplainTest, OfARecordingThatIsNotThereSaysWhichStageLostIt) {
  const Explanation why = explain(extract(cut(songs[1], 8.0, 20.0)), 3);

  EXPECT_TRUE(why.outcome == Outcome::kNoCandidate || why.outcome == Outcome::kWeakProof);
  EXPECT_EQ(why.match.recording, 3);
  EXPECT_LT(why.match.probability, 0.5);
  if (why.has_line) {
    EXPECT_LT(why.match.score, why.seed_z);
  }
}

TEST_F(ExplainTest, OfADuplicateNamesTheRecordingThatExplainsItsPeaks) {
  Engine twins;
  twins.add(1, extract(songs[0]));
  twins.add(2, extract(songs[0]));
  const auto query = extract(cut(songs[0], 5.0, 20.0));
  const auto matches = twins.search(query, {});
  ASSERT_EQ(matches.size(), 1U);
  const RecordingKey other = 3 - matches[0].recording;

  const Explanation why = twins.explain(query, {}, {other, std::nullopt, 0.9});

  EXPECT_EQ(why.outcome, Outcome::kExplainedAway);
  EXPECT_EQ(why.explained_by, matches[0].recording);
  EXPECT_GT(why.probability_alone, 0.9);
  EXPECT_LT(why.match.probability, 0.5);
  ASSERT_TRUE(why.rival);
  EXPECT_NEAR(why.rival->z, why.z_alone, 0.05 * why.z_alone);
}

TEST_F(ExplainTest, AtATimeLooksOnlyThere) {
  auto samples = cut(songs[0], 2.0, 14.0);
  const auto second = cut(songs[1], 2.0, 14.0);
  samples.insert(samples.end(), second.begin(), second.end());
  const auto query = extract(samples);

  EXPECT_EQ(explain(query, 1, 6000).outcome, Outcome::kMatched);
  EXPECT_NE(explain(query, 1, 19000).outcome, Outcome::kMatched);
  EXPECT_EQ(explain(query, 2, 19000).outcome, Outcome::kMatched);
}

TEST_F(ExplainTest, SearchExplainedFindsTheSame) {
  auto samples = cut(songs[0], 2.0, 14.0);
  const auto second = cut(songs[3], 2.0, 14.0);
  samples.insert(samples.end(), second.begin(), second.end());
  const auto query = extract(samples);
  const auto matches = engine.search(query, {});

  const auto explained = engine.search_explained(query, {}, 0.9);

  ASSERT_EQ(explained.size(), matches.size());
  for (std::size_t i = 0; i < matches.size(); ++i) {
    EXPECT_EQ(explained[i].match.recording, matches[i].recording);
    EXPECT_EQ(explained[i].match.query_start_ms, matches[i].query_start_ms);
    EXPECT_EQ(explained[i].match.probability, matches[i].probability);
    EXPECT_EQ(explained[i].explanation.outcome, Outcome::kMatched);
  }
}

TEST_F(ExplainTest, OfAnEmptyQueryHasNoLine) {
  const Explanation why = explain({}, 1);
  EXPECT_EQ(why.outcome, Outcome::kNoCandidate);
  EXPECT_FALSE(why.has_line);
}

}  // namespace
}  // namespace earmark::index
