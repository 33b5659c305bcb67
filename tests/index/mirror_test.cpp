#include "index/mirror.h"

#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace earmark::index {
namespace {

using Peaks = std::vector<fingerprint::Peak>;

constexpr std::uint32_t kFrames = 2000;

/// Two peaks a frame at random frequencies: no repeats, no symmetry.
Peaks random_recording(std::uint32_t seed) {
  std::mt19937 random(seed);
  Peaks peaks;
  for (std::uint32_t frame = 0; frame < kFrames; ++frame) {
    for (unsigned i = 0; i < 2; ++i)
      peaks.push_back({frame, static_cast<std::uint16_t>(128U + 900U * i + random() % 900U), 0});
  }
  return peaks;
}

Peaks cut(const Peaks& recording, std::uint32_t first, std::uint32_t last) {
  Peaks out;
  for (auto peak : recording) {
    if (peak.frame < first || peak.frame >= last) continue;
    peak.frame -= first;
    out.push_back(peak);
  }
  return out;
}

Peaks reversed(Peaks peaks) {
  const std::uint32_t end = peaks.back().frame;
  for (auto& peak : peaks) peak.frame = end - peak.frame;
  std::reverse(peaks.begin(), peaks.end());
  return peaks;
}

double mirrored(const Peaks& query, const Peaks& recording, const Line& line) {
  LocalPeaks local;
  local.gather(ReferencePeaks(recording), 0, kFrames);
  return mirrored_agreement(query, {}, local, line);
}

TEST(Mirror, FindsAPassagePlayedBackwardsWhereverTheLineLies) {
  const Peaks recording = random_recording(1);
  const Peaks query = reversed(cut(recording, 400, 700));
  for (const double anchor : {400.0, 0.0, 1500.0}) {
    Line line;
    line.reference_anchor = anchor;
    // Every peak meets itself (4 points), and no other reading comes near.
    EXPECT_GE(mirrored(query, recording, line), 4.0 * static_cast<double>(query.size())) << anchor;
  }
}

TEST(Mirror, DoesNotMistakeAPassagePlayedForwards) {
  const Peaks recording = random_recording(2);
  const Peaks query = cut(recording, 400, 700);
  Line line;
  line.reference_anchor = 400;
  EXPECT_LT(mirrored(query, recording, line), 1.0 * static_cast<double>(query.size()));
}

TEST(Mirror, FollowsTheLinesSpeed) {
  const Peaks recording = random_recording(3);
  Peaks query = reversed(cut(recording, 400, 700));
  for (auto& peak : query) peak.frame *= 2;  // played at half the tempo, at the same pitch
  Line line;
  line.reference_anchor = 400;
  line.warp.time = 0.5;
  EXPECT_GE(mirrored(query, recording, line), 3.0 * static_cast<double>(query.size()));
}

TEST(Mirror, LeavesOutWhatIsSkippedAndSurvivesNothing) {
  const Peaks recording = random_recording(4);
  const Peaks query = reversed(cut(recording, 400, 700));
  LocalPeaks local;
  local.gather(ReferencePeaks(recording), 0, kFrames);
  const std::vector<char> all(query.size(), 1);
  EXPECT_EQ(mirrored_agreement(query, all, local, Line{}), 0.0);
  EXPECT_EQ(mirrored_agreement({}, {}, local, Line{}), 0.0);
  local.gather(ReferencePeaks(recording), 0, 0);
  EXPECT_EQ(mirrored_agreement(query, {}, local, Line{}), 0.0);
}

}  // namespace
}  // namespace earmark::index
