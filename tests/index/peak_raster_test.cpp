#include "index/peak_raster.h"

#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "tests/index/fixture.h"

namespace earmark::index {
namespace {

TEST(PeakRaster, TellsTheFramesWithAPeakWithinHalfABin) {
  const auto recording = test::random_recording(1, 40);
  const ReferencePeaks reference(recording.peaks);
  PeakRaster raster;
  raster.gather(reference, {-150, 1400});
  std::mt19937 random(2);
  for (int round = 0; round < 500; ++round) {
    const auto from = static_cast<std::int64_t>(random() % 1200) - 140;
    const auto bin16 = static_cast<std::int32_t>(random() % 4000);
    std::set<std::int64_t> expected;
    for (const auto& peak : recording.peaks) {
      const int apart = peak.bin16 / kPeakStep - bin16 / kPeakStep;
      if (peak.frame >= from && peak.frame < from + 128 && std::abs(apart) <= kSameBin16 / kPeakStep)
        expected.insert(peak.frame);
    }
    const auto frames = raster.frames_from<2>(from, bin16);
    std::set<std::int64_t> seen;
    for (std::int64_t i = 0; i < 128; ++i) {
      if ((frames[static_cast<std::size_t>(i / 64)] >> (i % 64) & 1) != 0) seen.insert(from + i);
    }
    EXPECT_EQ(seen, expected) << from << " " << bin16;
  }
}

TEST(PeakRaster, IsEmptyOutsideWhatWasGathered) {
  const auto recording = test::random_recording(1, 40);
  PeakRaster raster;
  raster.gather(ReferencePeaks(recording.peaks), {100, 300});
  for (const std::int64_t from : {-5000, 0, 99, 1000, 1 << 30})
    EXPECT_EQ(raster.frames_from<1>(from, 1000)[0], 0U) << from;
  for (const std::int32_t bin16 : {-1000, -1, 1 << 20})
    EXPECT_EQ(raster.frames_from<1>(120, bin16)[0], 0U) << bin16;
}

std::vector<std::uint64_t> random_words(std::size_t n) {
  std::mt19937_64 random(3);
  std::vector<std::uint64_t> words(n);
  for (auto& word : words) word = random();
  return words;
}

class CountKernels : public testing::Test {
 protected:
  static void expect_right(CountKernel kernel) {
    for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{100}, kMostCounted}) {
      for (const std::size_t stride : {std::size_t{1}, std::size_t{5}}) {
        const auto words = random_words(n * stride + 1);
        std::array<int, 64> counts;
        counts.fill(7);
        kernel(words.data(), n, stride, counts.data());
        for (std::size_t bit = 0; bit < 64; ++bit) {
          int expected = 7;
          for (std::size_t i = 0; i < n; ++i) expected += static_cast<int>(words[i * stride] >> bit & 1);
          EXPECT_EQ(counts[bit], expected) << n << " " << stride << " " << bit;
        }
      }
    }
  }
};

TEST_F(CountKernels, ThePortableOneCounts) { expect_right(count_bits_portable); }

TEST_F(CountKernels, TheOneForAvx2Counts) {
  if (!can_count_avx2()) GTEST_SKIP() << "this CPU has no AVX2";
  expect_right(count_bits_avx2);
}

TEST_F(CountKernels, TheOneForAvx512Counts) {
  if (!can_count_avx512()) GTEST_SKIP() << "this CPU has no AVX-512 BW";
  expect_right(count_bits_avx512);
}

TEST(FrameCounter, CountsMoreThanFitAtOnce) {
  FrameCounter<2> counter;
  for (int i = 0; i < 1000; ++i) counter.add({std::uint64_t{1} << (i % 2), std::uint64_t{1} << 63});
  EXPECT_EQ(counter.counts()[0], 500);
  EXPECT_EQ(counter.counts()[1], 500);
  EXPECT_EQ(counter.counts()[2], 0);
  EXPECT_EQ(counter.counts()[127], 1000);
}

}  // namespace
}  // namespace earmark::index
