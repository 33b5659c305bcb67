#include "index/timeline.h"

#include <gtest/gtest.h>

namespace earmark::index {
namespace {

TEST(Timeline, FindsTheRecordingAtAPlace) {
  Timeline timeline;
  const auto a = timeline.append(1000, 7);
  const auto b = timeline.append(10, 8);
  ASSERT_TRUE(a && b);

  EXPECT_EQ(timeline.find(a->first)->slot, 7U);
  EXPECT_EQ(timeline.find(a->first + 999)->slot, 7U);
  EXPECT_EQ(timeline.find(a->first + 1000), nullptr);
  EXPECT_EQ(timeline.find(b->first + 9)->slot, 8U);
  EXPECT_EQ(timeline.find(-5), nullptr);
  EXPECT_EQ(timeline.find(1LL << 40), nullptr);
  EXPECT_GE(b->first, a->first + 1000 + Timeline::kGapFrames);
}

TEST(Timeline, ForgetsAndNeverReusesAPlace) {
  Timeline timeline;
  const auto a = timeline.append(1000, 0);
  timeline.remove(a->first);
  const auto b = timeline.append(1000, 1);

  EXPECT_EQ(timeline.find(a->first + 5), nullptr);
  EXPECT_GT(b->first, a->first + 1000);
  EXPECT_EQ(timeline.spans().size(), 1U);
}

TEST(Timeline, SaysWhenItIsFull) {
  Timeline timeline;
  EXPECT_TRUE(timeline.append(2'000'000'000, 0));
  EXPECT_FALSE(timeline.append(2'000'000'000, 1));
}

}  // namespace
}  // namespace earmark::index
