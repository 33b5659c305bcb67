#include "index/landmarks.h"

#include <algorithm>
#include <random>
#include <set>

#include <gtest/gtest.h>

namespace earmark::index {
namespace {

std::vector<fingerprint::Peak> random_peaks(std::uint32_t seed, std::uint32_t frames) {
  std::mt19937 random(seed);
  std::vector<fingerprint::Peak> peaks;
  for (std::uint32_t frame = 0; frame < frames; ++frame) {
    if (random() % 2 == 0) continue;
    peaks.push_back({frame, static_cast<std::uint16_t>(128 + random() % 3600),
                     static_cast<std::uint8_t>(random() % 120)});
  }
  return peaks;
}

TEST(Landmarks, DoNotDependOnWhenTheMusicStarts) {
  const auto peaks = random_peaks(1, 500);
  auto later = peaks;
  for (auto& peak : later) peak.frame += 12345;

  const auto a = pair_peaks(warp_peaks(peaks, {}, 60), 5);
  const auto b = pair_peaks(warp_peaks(later, {}, 60), 5);

  ASSERT_EQ(a.size(), b.size());
  ASSERT_FALSE(a.empty());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].hash, b[i].hash);
    EXPECT_EQ(a[i].frame + 12345, b[i].frame);
    EXPECT_LT(a[i].hash, 1U << kHashBits);
  }
}

TEST(Landmarks, MoreOfTheQueryContainTheFewOfTheReference) {
  const auto peaks = random_peaks(2, 1000);
  const auto key = [](const Landmark& l) { return std::pair(l.hash, l.frame); };
  std::set<std::pair<std::uint32_t, std::int32_t>> query;
  for (const auto& l : pair_peaks(warp_peaks(peaks, {}, 60), 100)) query.insert(key(l));

  for (const auto& l : pair_peaks(warp_peaks(peaks, {}, 30), 5)) EXPECT_TRUE(query.contains(key(l)));
}

TEST(WarpPeaks, UndoesAChangeOfSpeed) {
  const std::vector<fingerprint::Peak> peaks = {{1000, 100 * 16, 0}};

  const auto moved = warp_peaks(peaks, {1.04, 1.0 / 1.04}, 10);

  ASSERT_EQ(moved.size(), 1U);
  EXPECT_EQ(moved[0].frame, 1040);
  EXPECT_EQ(moved[0].bin(), 96);
}

}  // namespace
}  // namespace earmark::index
