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

TEST(ShiftOf, IsFromRecordingToRecording) {
  index::Shared stretch;
  stretch.start_ms = 1600;
  stretch.other_start_ms = 6000;
  EXPECT_EQ(shift_of(stretch), 275);
  stretch.other_start_ms = 0;
  EXPECT_EQ(shift_of(stretch), -100);
}

TEST(MayBeWhole, AsksForAGoodPartOfTheRecording) {
  const auto whole = reference(1);
  index::Shared stretch;
  stretch.end_ms = static_cast<std::uint32_t>(whole.duration_ms()) / 2;
  EXPECT_TRUE(may_be_whole(stretch, whole));
  stretch.end_ms = 2000;
  EXPECT_FALSE(may_be_whole(stretch, whole));
}

}  // namespace
}  // namespace earmark::catalogue
