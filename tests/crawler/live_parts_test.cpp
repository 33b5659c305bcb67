// The parts that listening is made of, one by one: no network, no clock.
#include <cstring>
#include <deque>
#include <optional>
#include <thread>

#include <gtest/gtest.h>

#include "crawler/byte_pipe.h"
#include "crawler/icy.h"
#include "crawler/live_window.h"
#include "crawler/use_tracker.h"
#include "index/engine.h"
#include "tests/support/result_matchers.h"
#include "tests/support/signals.h"

namespace earmark::crawler {
namespace {

using std::chrono::milliseconds;

struct Heard {
  std::string audio;
  std::vector<std::string> titles;
};

Heard read_icy(std::uint64_t interval, std::string_view stream, std::size_t piece) {
  Heard heard;
  IcyReader reader(
      interval,
      [&](std::span<const std::byte> bytes) {
        heard.audio += as_text(bytes);
        return Status();
      },
      [&](std::string title) { heard.titles.push_back(std::move(title)); });
  for (std::size_t at = 0; at < stream.size(); at += piece)
    EXPECT_TRUE(reader.push(as_bytes(stream.substr(at, piece))));
  return heard;
}

std::string icy_block(std::string text) {
  const std::size_t units = (text.size() + 15) / 16;
  text.resize(16 * units, '\0');
  return std::string(1, static_cast<char>(units)) + text;
}

TEST(IcyReader, PartsTitlesFromAudioHoweverItIsCut) {
  const std::string stream = "abcd" + icy_block("StreamTitle='It's - \xC3\xA9t\xC3\xA9';StreamUrl='';") +
                             "efgh" + icy_block("") + "ij";

  for (const std::size_t piece : {1U, 3U, 7U, 1000U}) {
    const Heard heard = read_icy(4, stream, piece);
    EXPECT_EQ(heard.audio, "abcdefghij") << piece;
    EXPECT_EQ(heard.titles, std::vector<std::string>{"It's - \xC3\xA9t\xC3\xA9"}) << piece;
  }
}

TEST(IcyReader, TakesAStreamWithoutTitlesAsItIs) { EXPECT_EQ(read_icy(0, "abc", 2).audio, "abc"); }

TEST(IcyTitle, IsReadInWhateverEncodingAndForm) {
  EXPECT_EQ(icy_title("StreamTitle='Caf\xE9';"), "Caf\xC3\xA9");
  EXPECT_EQ(icy_title("StreamTitle='cut off"), "cut off");
  EXPECT_EQ(icy_title("StreamTitle='';"), "");
  EXPECT_EQ(icy_title("StreamUrl='x';"), std::nullopt);
  EXPECT_EQ(icy_title(""), std::nullopt);
}

TEST(BytePipe, GivesInOrderWhatCameAndThenTheEnd) {
  BytePipe pipe("stream");
  std::string expected;
  for (int i = 0; i < 300'000; ++i) expected += static_cast<char>('a' + i % 26);
  std::jthread writer([&](const std::stop_token& stop) {
    for (std::size_t at = 0; at < expected.size(); at += 7001)
      ASSERT_OK(pipe.push(as_bytes(std::string_view(expected).substr(at, 7001)), stop));
    pipe.close();
  });

  std::string read;
  Bytes piece(10'000);
  while (true) {
    ASSERT_OK_AND(const auto n, pipe.read_at(read.size(), piece));
    if (n == 0) break;
    read += as_text(std::span(piece).first(n));
  }

  EXPECT_EQ(read, expected);
}

TEST(BytePipe, LetsAReaderGoBackALittleAndNoFurther) {
  BytePipe pipe("stream");
  const Bytes block(BytePipe::kKeptBytes, std::byte{1});
  Bytes out(block.size());
  ASSERT_OK(pipe.push(block, {}));
  ASSERT_OK(pipe.read_at(0, out));
  ASSERT_OK(pipe.read_at(0, out));  // probing reads the beginning again
  for (std::uint64_t at = block.size(); at < 4 * block.size(); at += block.size()) {
    ASSERT_OK(pipe.push(block, {}));
    ASSERT_OK(pipe.read_at(at, out));
  }

  const auto far_back = pipe.read_at(0, out);

  ASSERT_FALSE(far_back);
  EXPECT_EQ(far_back.error().code, ErrorCode::kUnsupported);
}

TEST(BytePipe, HoldsAWriterUpAndLetsItGoWhenStoppedOrAbandoned) {
  BytePipe pipe("stream");
  ASSERT_OK(pipe.push(Bytes(BytePipe::kMostWaiting), {}));
  std::stop_source source;
  std::jthread stopper([&] { source.request_stop(); });

  const Status stopped = pipe.push(Bytes(1), source.get_token());
  pipe.abandon();
  const Status refused = pipe.push(Bytes(1), {});

  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kUnavailable);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
}

class Tracker : public testing::Test {
 protected:
  /// A match of recording `key`, `at` ms after the beginning, at `reference` ms of it, `length` ms long.
  UseTracker::Heard heard(std::int64_t at, std::int64_t reference, std::int64_t length,
                          std::int64_t session = 1, std::int64_t key = 7) {
    found_.push_back({});
    index::Match& match = found_.back().match;
    match.recording = key;
    match.reference_start_ms = static_cast<std::uint32_t>(reference);
    match.reference_end_ms = static_cast<std::uint32_t>(reference + length);
    match.probability = 0.99;
    match.score = 10;
    return {found_.back(), session, time(at), time(at + length)};
  }
  static Timestamp time(std::int64_t ms) { return Timestamp(milliseconds(1'700'000'000'000 + ms)); }
  void take(const UseTracker::Heard& heard) {
    if (auto* use = tracker_.find(heard)) return UseTracker::extend(*use, heard);
    tracker_.begin(heard, 1, heard.end);
  }

  std::deque<catalogue::MatchedUse> found_;
  UseTracker tracker_;
};

TEST_F(Tracker, JoinsWindowsOfOneUse) {
  take(heard(10'000, 2000, 6000));
  take(heard(10'000, 2000, 10'000));
  take(heard(12'000, 4000, 16'000));
  take(heard(40'000, 32'100, 8000));  // a voice hid twelve seconds of it

  ASSERT_EQ(tracker_.open().size(), 1U);
  const auto& use = tracker_.open().front();
  EXPECT_EQ(use.started_at, time(10'000));
  EXPECT_EQ(use.ended_at, time(48'000));
  EXPECT_EQ(use.reference_start_ms, 2000);
  EXPECT_EQ(use.reference_end_ms, 40'100);
  EXPECT_EQ(use.windows, 4);
}

TEST_F(Tracker, TellsARepeatAnotherRecordingAndALaterAiringApart) {
  take(heard(0, 0, 10'000));
  take(heard(10'500, 0, 10'000));         // from the start again
  take(heard(5000, 5000, 10'000, 1, 8));  // another one over it
  take(heard(60'000, 60'000, 10'000));    // on the line, but nobody heard it for half a minute and more

  EXPECT_EQ(tracker_.open().size(), 4U);
}

TEST_F(Tracker, GoesOnAcrossAReconnectThoughTheClockJumps) {
  take(heard(0, 0, 30'000, 1));
  take(heard(33'000, 38'000, 10'000, 2));  // five seconds of what the server sent ahead

  ASSERT_EQ(tracker_.open().size(), 1U);
  EXPECT_EQ(tracker_.open().front().ended_at, time(43'000));

  take(heard(44'000, 39'000, 10'000, 2));  // within one connection the clock does not jump
  EXPECT_EQ(tracker_.open().size(), 2U);
}

TEST_F(Tracker, MovesWithAConnectionWhoseBeginningIsFoundToBeEarlier) {
  take(heard(0, 0, 30'000, 1));
  take(heard(33'000, 33'000, 10'000, 2));
  take(heard(40'000, 0, 10'000, 2, 8));

  tracker_.move_back(2, time(28'000), milliseconds(5000));

  const auto& across = tracker_.open().at(0);
  EXPECT_EQ(across.started_at, time(0)) << "heard before that connection";
  EXPECT_EQ(across.ended_at, time(38'000));
  EXPECT_EQ(tracker_.open().at(1).started_at, time(35'000));
  take(heard(38'000, 43'000, 10'000, 2));
  EXPECT_EQ(tracker_.open().size(), 2U) << "on the line still";
}

TEST_F(Tracker, TakesOutWhatHasEnded) {
  take(heard(0, 0, 10'000));
  take(heard(20'000, 0, 10'000, 1, 8));

  const auto ended = tracker_.take_ended(time(15'000));

  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended.front().recording_key, 7);
  EXPECT_EQ(tracker_.open().size(), 1U);
}

fingerprint::Fingerprint print_of(std::span<const float> samples) {
  fingerprint::Extractor extractor;
  extractor.push(samples);
  return extractor.finish();
}

TEST(LiveWindow, FindsASongWithinTheStepsThatItsBeginningTakes) {
  const auto song = test::song(1, 40, fingerprint::kSampleRate);
  index::Engine engine;
  engine.add(1, print_of(song));
  std::vector<float> stream = test::song(2, 20, fingerprint::kSampleRate);
  stream.insert(stream.end(), song.begin(), song.end());

  LiveWindow window;
  std::optional<double> found_s;
  for (std::size_t at = 0; at < stream.size(); at += 1000) {
    window.push(std::span(stream).subspan(at, std::min<std::size_t>(1000, stream.size() - at)));
    while (window.is_due()) {
      const auto due = window.next();
      EXPECT_LE(due.fingerprint.duration_ms(), 16'384U);
      EXPECT_FALSE(due.is_silent);
      for (const auto& match : engine.search(due.fingerprint, {})) {
        if (!found_s) {
          found_s = static_cast<double>(window.samples()) / fingerprint::kSampleRate;
          EXPECT_NEAR(static_cast<double>(due.start_ms + match.query_start_ms), 20'000.0, 1500.0);
          EXPECT_NEAR(static_cast<double>(match.reference_start_ms), 0.0, 1500.0);
        }
      }
    }
  }

  ASSERT_TRUE(found_s);
  EXPECT_LE(*found_s, 20.0 + 5.0 + 10.0) << "a report within 10 s of 5 s of evidence";
}

TEST(LiveWindow, KnowsSilence) {
  LiveWindow window;
  window.push(std::vector<float>(10 * fingerprint::kSampleRate, 0.0F));

  ASSERT_TRUE(window.is_due());
  const auto due = window.next();
  EXPECT_TRUE(due.is_silent);
  EXPECT_TRUE(due.fingerprint.peaks.empty());
}

TEST(LiveWindow, KeepsItsOwnSound) {
  const auto song = test::song(3, 30, fingerprint::kSampleRate);
  LiveWindow window;
  std::int64_t start_ms = 0;
  for (std::size_t at = 0; at < song.size(); at += 800) {
    window.push(std::span(song).subspan(at, 800));
    while (window.is_due()) start_ms = window.next().start_ms;
  }

  const Bytes wav = window.sound(start_ms);

  constexpr std::size_t kHeader = 44;
  ASSERT_EQ(wav.size(),
            kHeader + 2 * static_cast<std::size_t>(LiveWindow::kWindowBlocks * LiveWindow::kBlockSamples));
  EXPECT_TRUE(as_text(wav).starts_with("RIFF"));
  std::int16_t first = 0;
  std::memcpy(&first, wav.data() + kHeader, sizeof(first));
  const auto at = static_cast<std::size_t>(start_ms * fingerprint::kSampleRate / 1000);
  EXPECT_NEAR(first / 32767.0, static_cast<double>(song[at]), 1e-4);
}

}  // namespace
}  // namespace earmark::crawler
