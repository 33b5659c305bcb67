#include "catalogue/near_identity.h"

#include <algorithm>

#include "fingerprint/extractor.h"
#include "tests/catalogue/fixture.h"

namespace earmark::catalogue {
namespace {

using fingerprint::Fingerprint;

Fingerprint reference(std::uint32_t number) { return fingerprint::thin(song(number).fingerprint); }

Fingerprint moved(Fingerprint fingerprint, std::uint32_t frames) {
  for (auto& peak : fingerprint.peaks) peak.frame += frames;
  return fingerprint;
}

TEST(Likeness, IsOneForItselfAndSmallForAnother) {
  EXPECT_EQ(likeness(reference(1), reference(1), 0), 1.0);
  EXPECT_LT(likeness(reference(1), reference(2), 0), 0.2);
  EXPECT_EQ(likeness(reference(1), {}, 0), 0.0);
  EXPECT_EQ(likeness({}, reference(1), 0), 0.0);
}

TEST(Likeness, IsFoundAboutWhereTheMatchPutsIt) {
  const auto one = reference(1);
  const auto later = moved(one, 125);
  for (const int error : {-4, -1, 0, 3, 4}) {
    EXPECT_EQ(likeness(one, later, 125 + error), 1.0) << error;
    EXPECT_EQ(likeness(later, one, -125 + error), 1.0) << error;
  }
  EXPECT_LT(likeness(one, later, 100), 0.3);
}

TEST(Likeness, AsksForBothEnds) {
  const auto whole = reference(1);
  auto part = whole;
  part.peaks.resize(part.peaks.size() * 9 / 10);
  EXPECT_EQ(likeness(part, whole, 0), 0.0);
  EXPECT_EQ(likeness(whole, part, 0), 0.0);
  EXPECT_EQ(likeness(whole, whole, 625), 0.0);
}

TEST(MakeProbes, TakesPiecesThatStandWhereTheySay) {
  const auto whole = analysed("long", music(1, 60)).fingerprint;
  const auto probes = make_probes(whole);
  ASSERT_EQ(probes.size(), 2U);
  for (const Probe& probe : probes) {
    EXPECT_NEAR(static_cast<double>(probe.piece.duration_ms()), 8000.0, 1.0);
    ASSERT_FALSE(probe.piece.peaks.empty());
    ASSERT_FALSE(probe.piece.embeddings.empty());
    const auto hop = static_cast<std::uint32_t>(whole.embedding_hop());
    EXPECT_EQ(probe.first_frame % hop, 0U);
    EXPECT_EQ(probe.piece.embeddings.front(), whole.embeddings.at(probe.first_frame / hop));
    auto first = probe.piece.peaks.front();
    first.frame += probe.first_frame;
    EXPECT_NE(std::find(whole.peaks.begin(), whole.peaks.end(), first), whole.peaks.end());
  }
  EXPECT_GT(probes[1].first_frame, probes[0].first_frame + 1000);
}

TEST(MakeProbes, TakesAllOfAShortRecording) {
  const auto brief = song(1).fingerprint;
  const auto probes = make_probes(brief);
  ASSERT_EQ(probes.size(), 1U);
  EXPECT_EQ(probes[0].piece, brief);
  EXPECT_TRUE(make_probes({}).empty());
}

TEST(ShiftOf, IsFromRecordingToRecording) {
  Probe probe;
  probe.first_frame = 250;
  index::Match match;
  match.query_start_ms = 1600;
  match.reference_start_ms = 6000;
  EXPECT_EQ(shift_of(probe, match), 275 - 250);
}

}  // namespace
}  // namespace earmark::catalogue
