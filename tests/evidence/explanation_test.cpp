// An explanation in words, in JSON and as a picture.
#include <algorithm>

#include <gtest/gtest.h>

#include "evidence/explain_json.h"
#include "evidence/explain_svg.h"
#include "evidence/explain_text.h"
#include "tests/catalogue/fixture.h"

namespace earmark::evidence {
namespace {

using catalogue::Explained;
using index::Outcome;

bool has(const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; }

/// Song 2 with six seconds of song 1 in it.
catalogue::Analysed borrowing() {
  auto samples = catalogue::music(2);
  const auto lent = catalogue::music(1);
  std::copy_n(lent.begin() + 5 * fingerprint::kSampleRate, 6 * fingerprint::kSampleRate,
              samples.begin() + 8 * fingerprint::kSampleRate);
  return catalogue::analysed("folder/borrowing.flac", samples);
}

/// Three songs registered, one of which borrows from the first, and a query that plays the first.
class ExplanationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND(catalogue_, catalogue::open(folder_ / "store"));
    one_ = add(*catalogue_, catalogue::song(1));
    two_ = add(*catalogue_, catalogue::song(3));
    three_ = add(*catalogue_, borrowing());
  }
  Explained explain(const std::string& id) {
    auto explained = catalogue_->explain(catalogue::medley({1}), id, {});
    EXPECT_TRUE(explained) << explained.error().message;
    return explained.value_or(Explained());
  }
  test::TempDir folder_;
  std::unique_ptr<catalogue::Catalogue> catalogue_;
  std::string one_, two_, three_;
};

TEST_F(ExplanationTest, OfAMatchSaysWhereAndHowSurely) {
  const Explained found = explain(one_);
  EXPECT_EQ(found.why.outcome, Outcome::kMatched);
  EXPECT_EQ(found.recording.title, "song 1");
  ASSERT_TRUE(found.rival);
  EXPECT_EQ(found.rival->id, three_);
  EXPECT_GT(found.why.z_alone, found.why.rival->z);
  EXPECT_TRUE(has(reason(found), "the query plays 0:0")) << reason(found);
  EXPECT_TRUE(has(reason(found), "as it was")) << reason(found);
}

TEST_F(ExplanationTest, OfWhatIsNotFoundNamesTheStage) {
  const Explained lost = explain(two_);
  EXPECT_NE(lost.why.outcome, Outcome::kMatched);
  EXPECT_TRUE(has(reason(lost), "no candidate line") || has(reason(lost), "proof too weak")) << reason(lost);
}

TEST_F(ExplanationTest, IsRefusedForWhatIsNeverMatched) {
  EXPECT_FAILS(catalogue_->explain(catalogue::medley({1}), "rec_none", {}), ErrorCode::kNotFound);
  ASSERT_OK(catalogue_->forget(two_));
  EXPECT_FAILS(catalogue_->explain(catalogue::medley({1}), two_, {}), ErrorCode::kConflict);
}

TEST_F(ExplanationTest, ComesBackFromItsJson) {
  for (const auto& id : {one_, two_}) {
    const Explained explained = explain(id);
    const Json json = to_json(explained);
    ASSERT_OK_AND(const auto text, parse_json(to_line(json)));
    ASSERT_OK_AND(const auto again, explained_from(text));
    EXPECT_EQ(to_json(again), json);
    EXPECT_EQ(draw(again), draw(*explained_from(json)));
  }
  EXPECT_FAILS(explained_from(Json{{"query", 1}}), ErrorCode::kCorrupt);
  EXPECT_FAILS(explained_from(Json::array()), ErrorCode::kCorrupt);
}

TEST_F(ExplanationTest, IsDrawnWithBothSides) {
  const std::string svg = draw(explain(one_));
  for (const char* part : {"Found", "song 1", "medley.mp3", "Peaks of the query", "Peaks of the recording",
                           "z = ", "Runner-up", "borrowing", "Landmark candidate"})
    EXPECT_TRUE(has(svg, part)) << part;
  EXPECT_EQ(svg, draw(explain(one_)));
  EXPECT_TRUE(has(draw(explain(two_)), "Not found"));
}

TEST_F(ExplanationTest, OfHostileNamesIsStillXml) {
  Explained explained = explain(one_);
  explained.recording.title = "<script>\x01\xff & \"x\"";
  explained.query = "https://example.org/a.mp3?<b>&c";
  const std::string svg = draw(explained);
  EXPECT_FALSE(has(svg, "<script>"));
  EXPECT_FALSE(has(svg, "<b>"));
  EXPECT_FALSE(has(svg, "\x01"));
}

TEST(Reason, IsOneSentenceForEveryOutcome) {
  for (const Outcome outcome : {Outcome::kMatched, Outcome::kForReview, Outcome::kNoCandidate,
                                Outcome::kWeakProof, Outcome::kTooShort, Outcome::kTooUnsure,
                                Outcome::kExplainedAway, Outcome::kBackwards, Outcome::kOtherPassage}) {
    Explained explained;
    explained.why.outcome = outcome;
    EXPECT_FALSE(reason(explained).empty()) << to_string(outcome);
    EXPECT_FALSE(has(reason(explained), "\n"));
  }
}

TEST(Playback, NamesSpeedAndPitch) {
  index::Match match;
  EXPECT_EQ(playback(match), "as it was");
  match.speed = 1.04;
  EXPECT_EQ(playback(match), "4.0 % fast");
  match.speed = 0.98;
  match.pitch_cents = 100.0;
  EXPECT_EQ(playback(match), "2.0 % slow, 100 cents up");
}

TEST(ClockTime, HasHoursOnlyWhereThereAreSome) {
  EXPECT_EQ(clock_time(62'345.4), "1:02.345");
  EXPECT_EQ(clock_time(3'661'000.0, 0), "1:01:01");
  EXPECT_EQ(clock_time(59'999.9), "1:00.000");
  EXPECT_EQ(clock_time(-5.0), "0:00.000");
}

}  // namespace
}  // namespace earmark::evidence
