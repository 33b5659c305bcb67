#include "index/timeline.h"

#include <gtest/gtest.h>

#include "index/store.h"
#include "tests/index/fixture.h"

namespace earmark::index {
namespace {

std::shared_ptr<const Segment> segment_of(RecordingKey key, const fingerprint::Fingerprint& one,
                                          const fingerprint::Fingerprint& two) {
  const std::vector<NewRecording> recordings = {{key, &one}, {key + 1, &two}};
  return Segment::build(recordings);
}

TEST(Timeline, FindsTheRecordingAtAPlaceInAnySegment) {
  const auto print = test::random_recording(1, 10);
  const auto longer = test::random_recording(2, 30);
  std::vector<LiveSegment> segments = {{.segment = segment_of(10, print, longer), .dead = nullptr},
                                       {.segment = segment_of(20, longer, print), .dead = nullptr}};
  segments[1].dead = std::make_shared<const std::vector<char>>(std::vector<char>{1, 0});
  segments[1].dead_count = 1;
  const Engine::State state(segments, "tag");

  std::vector<RecordingKey> keys;
  for (std::uint32_t slot = 0; slot < 4; ++slot) {
    const Recording recording = state.recordings[slot];
    keys.push_back(recording.key);
    const auto first = state.timeline.find(recording.span.first);
    const auto last = state.timeline.find(std::int64_t{recording.span.first} + recording.span.frames - 1);
    if (slot == 2) {
      EXPECT_FALSE(first) << "it was removed";
      continue;
    }
    ASSERT_TRUE(first && last);
    EXPECT_EQ(first->slot, slot);
    EXPECT_EQ(last->slot, slot);
    EXPECT_EQ(first->first, recording.span.first);
    EXPECT_FALSE(state.timeline.find(std::int64_t{recording.span.first} + recording.span.frames));
  }
  EXPECT_EQ(keys, (std::vector<RecordingKey>{10, 11, 20, 21}));
  std::uint64_t frames = 0;
  for (const std::uint32_t slot : {0U, 1U, 3U}) frames += state.recordings[slot].span.frames;
  EXPECT_EQ(state.timeline.frames(), frames);
  EXPECT_FALSE(state.timeline.find(-5));
  EXPECT_FALSE(state.timeline.find(1LL << 40));
}

TEST(Timeline, OfNothingFindsNothing) {
  const Engine::State state({}, "");
  EXPECT_FALSE(state.timeline.find(0));
  EXPECT_FALSE(state.timeline.find(1000));
}

}  // namespace
}  // namespace earmark::index
