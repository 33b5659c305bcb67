#include "fingerprint/peaks.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/signals.h"

namespace earmark::fingerprint {
namespace {

using Rows = std::vector<std::vector<float>>;

Rows random_rows(std::uint32_t seed, std::size_t count) {
  const auto values = test::noise(seed, count * kPeakBins, 8.0F);
  Rows rows(count);
  for (std::size_t r = 0; r < count; ++r) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(r * kPeakBins);
    rows[r].assign(begin, begin + kPeakBins);
  }
  return rows;
}

std::vector<Peak> pick(const Rows& rows) {
  PeakPicker picker;
  for (const auto& row : rows) picker.push(row);
  return picker.finish();
}

/// The definition, without a ring and without running maxima.
std::vector<std::pair<std::uint32_t, int>> brute_force(const Rows& rows) {
  std::vector<std::pair<std::uint32_t, int>> peaks;
  const auto count = static_cast<int>(rows.size());
  for (int r = 0; r < count; ++r) {
    for (int b = 8; b <= 239; ++b) {
      const float value = rows[static_cast<std::size_t>(r)][static_cast<std::size_t>(b)];
      bool is_peak = value >= -9.6F;
      for (int i = std::max(0, r - 4); i <= std::min(count - 1, r + 4); ++i) {
        for (int j = b - 5; j <= b + 5; ++j) {
          is_peak = is_peak && rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] <= value;
        }
      }
      if (is_peak) peaks.emplace_back(r, b);
    }
  }
  return peaks;
}

TEST(PeakPicker, FindsTheLocalMaximaToTheLastRow) {
  for (const std::size_t rows_count : {1U, 3U, 9U, 20U, 40U}) {
    const Rows rows = random_rows(static_cast<std::uint32_t>(rows_count), rows_count);

    std::vector<std::pair<std::uint32_t, int>> found;
    for (const Peak& peak : pick(rows)) found.emplace_back(peak.frame, peak.bin());

    // The interpolated frequency may round to the next bin: compare to one bin.
    const auto expected = brute_force(rows);
    ASSERT_EQ(found.size(), expected.size()) << rows_count;
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].first, expected[i].first);
      EXPECT_NEAR(found[i].second, expected[i].second, 1);
    }
  }
}

TEST(PeakPicker, KeepsTheStrongestOfABlockInOrder) {
  Rows rows(kBlockFrames, std::vector<float>(kPeakBins, -20.0F));
  rows[10][100] = 3.0F;
  rows[30][50] = 5.0F;
  rows[50][200] = 4.0F;

  const auto peaks = pick(rows);

  ASSERT_EQ(peaks.size(), 3U);
  EXPECT_EQ(peaks[0], (Peak{10, 100 * kBinFraction, 2}));
  EXPECT_EQ(peaks[1], (Peak{30, 50 * kBinFraction, 0}));
  EXPECT_EQ(peaks[2], (Peak{50, 200 * kBinFraction, 1}));
}

TEST(PeakPicker, KeepsNoMoreThanABlockMayHave) {
  const auto peaks = pick(random_rows(5, 4 * kBlockFrames));

  std::vector<int> blocks(4);
  for (const Peak& peak : peaks) ++blocks[peak.frame / kBlockFrames];
  EXPECT_EQ(blocks, std::vector<int>(4, kQueryPeaksPerBlock));
}

TEST(PeakPicker, ATieBetweenNeighboursIsOnePeak) {
  // Two equal bins meet half-way between them: as two peaks they would be one twice, which no file may hold.
  Rows rows(20, std::vector<float>(kPeakBins, -5.0F));
  for (std::size_t b = 0; b < kPeakBins; ++b) rows[10][b] = -5.0F - 0.01F * static_cast<float>(b);
  rows[10][100] = 2.0F;
  rows[10][101] = 2.0F;

  const auto peaks = pick(rows);

  EXPECT_EQ(std::count_if(peaks.begin(), peaks.end(), [](const Peak& p) { return p.frame == 10; }), 1);
  EXPECT_TRUE(std::is_sorted(peaks.begin(), peaks.end(), [](const Peak& a, const Peak& b) {
    return a.frame != b.frame ? a.frame < b.frame : a.bin16 <= b.bin16;
  }));
}

TEST(PeakPicker, HearsNothingInSilence) {
  EXPECT_TRUE(pick(Rows(300, std::vector<float>(kPeakBins, -20.7F))).empty());
  EXPECT_TRUE(pick({}).empty());
}

}  // namespace
}  // namespace earmark::fingerprint
