#include "index/reference_peaks.h"

#include <random>
#include <set>

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

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
      if (p.frame >= first && p.frame < last) expected.emplace_back(p.frame, p.bin16);
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

TEST(ReferencePeaks, SaveAndLoad) {
  const ReferencePeaks reference(random_peaks(3));
  ByteWriter out;
  reference.save(out);
  ByteReader in(out.view());
  ASSERT_OK_AND(const auto loaded, ReferencePeaks::load(in));
  EXPECT_EQ(loaded.size(), reference.size());
  ByteReader cut(out.view().first(out.size() / 2));
  EXPECT_FALSE(ReferencePeaks::load(cut).has_value());
}

}  // namespace
}  // namespace earmark::index
