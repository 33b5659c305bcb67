#include "index/reference_peaks.h"

#include <random>
#include <set>

#include <gtest/gtest.h>

#include "tests/index/fixture.h"

namespace earmark::index {
namespace {

std::vector<fingerprint::Peak> random_peaks(std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<fingerprint::Peak> peaks;
  std::uint32_t frame = 0;
  for (int i = 0; i < 2000; ++i) {
    frame += static_cast<std::uint32_t>(random() % 3 == 0 ? random() % 200 : random() % 3);
    peaks.push_back({frame, static_cast<std::uint16_t>(random() % 4000), 0});
  }
  return peaks;
}

TEST(ReferencePeaks, VisitExactlyTheStretch) {
  const auto peaks = random_peaks(1);
  const ReferencePeaks reference(peaks);
  const std::int64_t end = peaks.back().frame;
  for (std::int64_t first = -100; first < end + 100; first += 313) {
    const std::int64_t last = first + 500;
    std::vector<std::pair<std::int64_t, int>> expected;
    for (const auto& p : peaks) {
      if (p.frame >= first && p.frame < last) expected.emplace_back(p.frame, p.bin16 / kPeakStep * kPeakStep);
    }
    std::vector<std::pair<std::int64_t, int>> seen;
    reference.visit(first, last,
                    [&](std::int32_t frame, std::int32_t bin16) { seen.emplace_back(frame, bin16); });
    EXPECT_EQ(seen, expected) << first;
  }
}

TEST(LocalPeaks, LieBetweenTwoFrequencies) {
  const auto peaks = random_peaks(2);
  const ReferencePeaks reference(peaks);
  LocalPeaks local;
  local.gather(reference, 100, 3000);
  for (std::int32_t bin16 = 0; bin16 < 4096; bin16 += 61) {
    const std::int32_t low = std::max(0, bin16 - 20) / LocalPeaks::kStep * LocalPeaks::kStep;
    const std::int32_t high = (bin16 + 20) / LocalPeaks::kStep * LocalPeaks::kStep + LocalPeaks::kStep - 1;
    std::multiset<std::int32_t> expected;
    for (const auto& p : peaks) {
      if (p.frame >= 100 && p.frame < 3000 && p.bin16 >= low && p.bin16 <= high) expected.emplace(p.frame);
    }
    const auto seen = local.between(bin16 - 20, bin16 + 20);
    EXPECT_EQ(std::multiset<std::int32_t>(seen.begin(), seen.end()), expected) << bin16;
  }
  EXPECT_EQ(local.between(-300, 3).size(), local.between(0, 3).size());
}

TEST(ReferencePeaks, TakeTwelveBitsEach) {
  const auto recording = test::random_recording(3, 600);
  const double bits = 8.0 * static_cast<double>(ReferencePeaks::encode(recording.peaks).size());
  EXPECT_LT(bits / static_cast<double>(recording.peaks.size()), 12.8);
}

TEST(ReferencePeaks, AreEmptyWhereTheBytesMakeNoSense) {
  const auto peaks = random_peaks(3);
  const Bytes good = ReferencePeaks::encode(peaks);
  std::mt19937 random(4);
  for (int round = 0; round < 200; ++round) {
    Bytes bad = good;
    bad.resize(random() % good.size());
    for (int i = 0; i < 8 && !bad.empty(); ++i)
      bad[random() % std::min<std::size_t>(bad.size(), 100)] = static_cast<std::byte>(random());
    const Image image(std::move(bad));
    const ReferencePeaks view(CheckedBytes(image, 0, image.bytes().size()));
    view.visit(0, 1 << 30, [](std::int32_t, std::int32_t) { ADD_FAILURE() << "a peak out of nothing"; });
  }
  const Image image(good);
  std::size_t n = 0;
  ReferencePeaks(CheckedBytes(image, 0, good.size())).visit(0, 1 << 30, [&](std::int32_t, std::int32_t) {
    ++n;
  });
  EXPECT_EQ(n, peaks.size());
}

}  // namespace
}  // namespace earmark::index
