#include "audience/media.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace earmark::audience {
namespace {

/// MPEG-1 layer III, 44.1 kHz, without sound in it: 1152 samples a frame.
void put_frame(Bytes& out, bool is_fast) {
  const std::size_t bytes = is_fast ? 144 * 320'000 / 44'100 : 144 * 64'000 / 44'100;
  const std::size_t at = out.size();
  out.resize(at + bytes);
  out[at] = std::byte{0xff};
  out[at + 1] = std::byte{0xfb};
  out[at + 2] = is_fast ? std::byte{0xe0} : std::byte{0x50};
}

Bytes tagged_file(std::size_t slow_frames, std::size_t fast_frames) {
  Bytes file(10 + 300);
  const char tag[] = {'I', 'D', '3', 4, 0, 0, 0, 0, 2, 44};
  for (std::size_t i = 0; i < sizeof tag; ++i) file[i] = std::byte(tag[i]);
  for (std::size_t i = 0; i < slow_frames; ++i) put_frame(file, false);
  for (std::size_t i = 0; i < fast_frames; ++i) put_frame(file, true);
  return file;
}

TEST(MediaMap, FollowsTheRateOfTheFrames) {
  // A second is 38.28 frames: 2297 slow ones are 60.0 s, then as long at five times the rate.
  const Bytes file = tagged_file(2297, 2297);
  const MediaMap map = map_media(file);
  EXPECT_EQ(map.bytes, file.size());
  EXPECT_EQ(map.content_from, 310U);
  EXPECT_NEAR(static_cast<double>(map.duration_ms), 120'006, 5);
  EXPECT_EQ(map.byte_at(0), 310U);
  EXPECT_NEAR(static_cast<double>(map.minute_end()), 310 + 2297 * 208, 2000);
  EXPECT_NEAR(static_cast<double>(map.byte_at(90'000)), 310 + 2297 * 208 + 1148 * 1044, 3000);
  EXPECT_EQ(map.byte_at(1'000'000), file.size());
}

TEST(MediaMap, OfLessThanAMinuteHasNoMinute) {
  EXPECT_EQ(map_media(tagged_file(100, 0)).minute_end(), 0U);
  EXPECT_EQ(map_media({}).minute_end(), 0U);
}

TEST(MediaMap, OfWhatIsNoMp3IsItsLength) {
  Bytes file(5000);
  const char wav[] = {'R', 'I', 'F', 'F'};
  for (std::size_t i = 0; i < 4; ++i) file[i] = std::byte(wav[i]);
  const MediaMap map = map_media(file);
  EXPECT_EQ(map.bytes, 5000U);
  EXPECT_EQ(map.duration_ms, 0U);
  EXPECT_EQ(map.byte_at(1000), 0U);
}

TEST(MediaMap, SurvivesDamage) {
  Bytes file = tagged_file(200, 0);
  for (std::size_t i = 400; i < file.size(); i += 997) file[i] = std::byte{0xff};
  EXPECT_GT(map_media(file).duration_ms, 3000U);
  for (std::size_t size = 0; size < 700; ++size) static_cast<void>(map_media(std::span(file).first(size)));
}

TEST(MediaMap, ByTheMeanRateIsStraight) {
  const MediaMap map = even_map(1000, 100'000);
  EXPECT_EQ(map.byte_at(50'000), 500U);
  EXPECT_EQ(map.minute_end(), 600U);
}

TEST(MediaMap, SecondsComeBack) {
  const MediaMap map = map_media(tagged_file(500, 500));
  ASSERT_OK_AND(const auto back, decode_seconds(encode_seconds(map)));
  EXPECT_EQ(back, map.second_at);
}

}  // namespace
}  // namespace earmark::audience
