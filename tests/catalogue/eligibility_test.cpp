#include "catalogue/eligibility.h"

#include <gtest/gtest.h>

#include "fingerprint/extractor.h"
#include "tests/catalogue/fixture.h"

namespace earmark::catalogue {
namespace {

TEST(TitleFrom, IsTheNameOfTheFile) {
  EXPECT_EQ(title_from("path/to/A Song.flac"), "A Song");
  EXPECT_EQ(title_from("https://host/a/A%20Song.mp3?x=1.2#y"), "A Song");
  EXPECT_EQ(title_from("100%.mp3"), "100%");
  EXPECT_EQ(title_from("https://host/100%.mp3"), "100%");
  EXPECT_EQ(title_from("song"), "song");
  EXPECT_EQ(title_from(""), "");
}

TEST(IdentityOf, IsOfTheSoundAndNotOfTheModel) {
  const auto one = fingerprint::thin(song(1).fingerprint);
  auto other_model = one;
  other_model.model_version += 1;
  other_model.embeddings.clear();
  EXPECT_EQ(identity_of(one, {}), identity_of(other_model, {}));
  EXPECT_EQ(identity_of(one, {}), identity_of(one, sha256(as_bytes("other file"))));
  EXPECT_NE(identity_of(one, {}), identity_of(fingerprint::thin(song(2).fingerprint), {}));
  auto longer = one;
  longer.samples += 1;
  EXPECT_NE(identity_of(one, {}), identity_of(longer, {}));
}

TEST(PeakAgreement, IsOneForItselfAndSmallForAnother) {
  const auto one = fingerprint::thin(song(1).fingerprint);
  const auto two = fingerprint::thin(song(2).fingerprint);
  const index::Match match;
  EXPECT_EQ(peak_agreement(match, one, one), 1.0);
  EXPECT_LT(peak_agreement(match, one, two), 0.2);
  EXPECT_EQ(peak_agreement(match, one, {}), 0.0);
  EXPECT_EQ(peak_agreement(match, {}, one), 0.0);
}

TEST(PeakAgreement, IsFoundWhereTheMatchPutsIt) {
  const auto one = fingerprint::thin(song(1).fingerprint);
  auto later = one;
  for (auto& peak : later.peaks) peak.frame += 125;
  index::Match match;
  match.query_start_ms = 0;
  match.reference_start_ms = 2000;
  EXPECT_EQ(peak_agreement(match, one, later), 1.0);
  EXPECT_LT(peak_agreement({}, one, later), 0.3);
}

TEST(CoversBoth, AsksForBothEndsAndTheSameSpeed) {
  const auto one = fingerprint::thin(song(1).fingerprint);
  index::Match whole;
  whole.query_end_ms = whole.reference_end_ms = static_cast<std::uint32_t>(kSongSeconds * 1000);
  EXPECT_TRUE(covers_both(whole, one, one));
  auto faster = whole;
  faster.speed = 1.01;
  EXPECT_FALSE(covers_both(faster, one, one));
  auto higher = whole;
  higher.pitch_cents = 100;
  EXPECT_FALSE(covers_both(higher, one, one));
  auto part = whole;
  part.reference_start_ms = 2000;
  EXPECT_FALSE(covers_both(part, one, one));
  EXPECT_FALSE(covers_both(whole, one, {}));
}

}  // namespace
}  // namespace earmark::catalogue
