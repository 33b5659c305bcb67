#include "index/alignment.h"

#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

namespace earmark::index {
namespace {

std::vector<fingerprint::Peak> random_peaks(std::uint32_t frames, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<fingerprint::Peak> peaks;
  for (std::uint32_t frame = 0; frame < frames; ++frame) {
    const auto bin16 = static_cast<std::uint16_t>(128 + random() % 3600);
    peaks.push_back({frame, bin16, 0});
  }
  return peaks;
}

TEST(Alignment, FindsTheShiftAtWhichPeaksMeet) {
  const auto peaks = random_peaks(900, 2);
  const ReferencePeaks reference{peaks};
  PeakRaster raster;
  raster.gather(reference, {-40, 940});
  const auto query = std::span<const fingerprint::Peak>(peaks).subspan(200, 300);
  for (const int off : {-3, -1, 0, 2, 20}) {
    Line line;
    line.query_anchor = 350;
    line.reference_anchor = 350 + off;
    const Alignment found = align(query, raster, line, std::abs(off) + 1);
    EXPECT_EQ(found.shift, -off);
    EXPECT_GE(found.agreement, 4 * 300);
  }
}

TEST(Alignment, PrefersTheRightSpeed) {
  const auto peaks = random_peaks(900, 3);
  const ReferencePeaks reference{peaks};
  PeakRaster raster;
  raster.gather(reference, {-40, 940});
  Line line;
  line.query_anchor = line.reference_anchor = 450;
  const auto query = std::span<const fingerprint::Peak>(peaks).subspan(100, 700);
  const int right = align(query, raster, line, 3).agreement;
  line.warp = {1.02, 1.0 / 1.02};
  EXPECT_LT(align(query, raster, line, 3).agreement, right / 2);
}

TEST(Alignment, IsNothingWithoutPeaks) {
  PeakRaster raster;
  raster.gather(ReferencePeaks{}, {-100, 200});
  const auto query = random_peaks(50, 4);
  EXPECT_EQ(align(query, raster, Line{}, 3).agreement, 0);
}

}  // namespace
}  // namespace earmark::index
