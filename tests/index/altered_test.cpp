#include "index/altered.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace earmark::index {
namespace {

/// How far the nearest alteration lies from a warp, as the larger of the two relative differences.
double distance_to_nearest(const Warp& warp) {
  double nearest = 1.0;
  for (const Warp& tried : alterations()) {
    nearest = std::min(nearest, std::max(std::abs(tried.time / warp.time - 1.0),
                                         std::abs(tried.frequency / warp.frequency - 1.0)));
  }
  return nearest;
}

TEST(Alterations, LieDenselyOverTheRangesTheyPromise) {
  for (double ratio = 0.8; ratio <= 1.25; ratio += 0.001) {
    if (std::abs(ratio - 1.0) < 0.012) continue;
    EXPECT_LT(distance_to_nearest({ratio, 1.0 / ratio}), 0.0125) << "speed " << ratio;
    if (ratio <= 1.2) {
      EXPECT_LT(distance_to_nearest({ratio, 1.0}), 0.02) << "tempo " << ratio;
    }
    if (ratio >= std::exp2(-3.0 / 12.0) && ratio <= std::exp2(3.0 / 12.0)) {
      EXPECT_LT(distance_to_nearest({1.0, ratio}), 0.0125) << "pitch " << ratio;
    }
  }
}

TEST(Alterations, LeaveOutWhatIsFoundWithoutThem) {
  for (const Warp& warp : alterations())
    EXPECT_GT(std::max(std::abs(warp.time - 1.0), std::abs(warp.frequency - 1.0)), 0.01);
}

}  // namespace
}  // namespace earmark::index
