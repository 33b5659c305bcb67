#include "audience/request.h"

#include <gtest/gtest.h>

#include "audience/batch.h"
#include "tests/support/result_matchers.h"

namespace earmark::audience {
namespace {

LogLine get(int status, std::uint64_t sent, std::string_view range = "") {
  LogLine line;
  line.method = "GET";
  line.status = status;
  line.bytes_sent = sent;
  line.agent = "App/1";
  line.range = range;
  return line;
}

TEST(Transfer, DropsWhatCannotCount) {
  LogLine head = get(200, 5);
  head.method = "HEAD";
  EXPECT_EQ(transfer_of(head).drop, Drop::kMethod);
  EXPECT_EQ(transfer_of(get(304, 0)).drop, Drop::kStatus);
  EXPECT_EQ(transfer_of(get(302, 0)).drop, Drop::kStatus);
  EXPECT_EQ(transfer_of(get(206, 2, "bytes=0-1")).drop, Drop::kProbe);
  EXPECT_EQ(transfer_of(get(200, 9999, "bytes=0-1")).drop, Drop::kProbe) << "answered with all of it";
  EXPECT_EQ(transfer_of(get(206, 2)).drop, Drop::kProbe) << "a log without ranges";
  LogLine silent = get(200, 5);
  silent.agent = "-";
  EXPECT_EQ(transfer_of(silent).drop, Drop::kNoAgent);
}

TEST(Transfer, KnowsWhichBytesWereSent) {
  const auto whole = transfer_of(get(200, 500));
  EXPECT_EQ(whole.flags, Request::kWhole);
  EXPECT_EQ(whole.bytes, 500U);
  const auto part = transfer_of(get(206, 400, "bytes=100-299"));
  EXPECT_EQ(part.start, 100U);
  EXPECT_EQ(part.bytes, 200U) << "headers that were logged as sent are not content";
  const auto open = transfer_of(get(206, 400, "bytes=100-"));
  EXPECT_EQ(open.start, 100U);
  EXPECT_EQ(open.bytes, 400U);
  for (const char* range : {"bytes=-500", "bytes=0-9,20-29", "seconds=1-2", ""}) {
    const auto unplaced = transfer_of(get(206, 400, range));
    EXPECT_EQ(unplaced.flags, Request::kUnplaced) << range;
    EXPECT_EQ(unplaced.bytes, 400U);
  }
  EXPECT_EQ(transfer_of(get(0, 400)).flags, Request::kUnplaced) << "Akamai's 000";
  LogLine answered = get(206, 300, "bytes=-300");
  answered.content_range = "bytes 700-999/1000";
  EXPECT_EQ(transfer_of(answered).start, 700U);
  EXPECT_EQ(transfer_of(answered).size, 1000U);
}

TEST(Path, IsThatOfTheTarget) {
  EXPECT_EQ(path_of("/a%20b.mp3?token=1"), "/a b.mp3");
  EXPECT_EQ(path_of("https://cdn.example/x/a.mp3#t=1"), "/x/a.mp3");
  EXPECT_EQ(path_of("https://cdn.example"), "/");
  EXPECT_EQ(path_of("/100%"), "/100%");
  EXPECT_TRUE(is_audio_path("/a.MP3"));
  EXPECT_FALSE(is_audio_path("/a.png"));
  EXPECT_FALSE(is_audio_path("/"));
}

TEST(Batch, ComesBack) {
  Batch batch;
  batch.agents = {"App/1", ""};
  batch.requests = {{1, 0, 3, 1'700'000'000, Request::kWhole, 0, 5},
                    {~0ULL, 1, 2, 1'600'000'000, 0, 1ULL << 40U, 7}};
  const Bytes bytes = encode_batch(batch);
  ASSERT_OK_AND(const auto back, decode_batch(bytes));
  EXPECT_EQ(back.agents, batch.agents);
  EXPECT_EQ(back.requests, batch.requests);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FAILS(decode_batch(std::span(bytes).first(size)), ErrorCode::kCorrupt);
  Bytes flipped = bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    flipped[i] ^= std::byte{0xff};
    static_cast<void>(decode_batch(flipped));  // may fail, may not crash
    flipped[i] = bytes[i];
  }
}

}  // namespace
}  // namespace earmark::audience
