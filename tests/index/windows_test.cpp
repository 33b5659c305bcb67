#include "index/windows.h"

#include <gtest/gtest.h>

namespace earmark::index {
namespace {

TEST(Windows, CoverEveryFrameAndStayInside) {
  for (const std::int64_t frames : {48, 100, 311, 312, 313, 467, 1250, 1251, 5000}) {
    std::int64_t covered = 0;
    for (const FrameRange& window : windows_of(frames, kShortWindow, kShortWindow / 2)) {
      EXPECT_GE(window.first, 0);
      EXPECT_LE(window.first, covered) << frames;
      EXPECT_EQ(window.size(), std::min(frames, kShortWindow));
      covered = std::max(covered, window.last);
    }
    EXPECT_EQ(covered, frames);
  }
}

TEST(Windows, OfAShortQueryAreOneAndOfNearlyNothingNone) {
  EXPECT_EQ(search_windows(200).size(), 1U);
  EXPECT_TRUE(search_windows(47).empty());
  EXPECT_TRUE(search_windows(0).empty());
}

TEST(Windows, OfALongQueryAreOfTwoSizes) {
  const auto windows = search_windows(4000);
  EXPECT_TRUE(std::any_of(windows.begin(), windows.end(), [](auto w) { return w.size() == kLongWindow; }));
  EXPECT_TRUE(std::any_of(windows.begin(), windows.end(), [](auto w) { return w.size() == kShortWindow; }));
}

TEST(Windows, CentredIsCutAtTheEnds) {
  EXPECT_EQ(centred({100, 412}, 1250, 5000).first, 0);
  EXPECT_EQ(centred({4688, 5000}, 1250, 5000).last, 5000);
  EXPECT_EQ(centred({2000, 2312}, 1250, 5000).size(), 1250);
}

}  // namespace
}  // namespace earmark::index
