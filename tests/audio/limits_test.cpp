// What one input may cost.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/audio/media.h"
#include "tests/audio/sources.h"
#include "tests/support/result_matchers.h"

namespace earmark::audio {
namespace {

using namespace std::chrono_literals;
using test::decoder_with;
using test::EndlessWave;
using test::Grudging;
using test::ignore;
using test::mp3;

TEST(MaxDuration, EndsAnEndlessInput) {
  DecodeLimits limits;
  limits.max_duration = 1h;
  ASSERT_OK_AND(const auto decoder, decoder_with(limits));
  EndlessWave source(1ULL << 45, 8000);
  std::uint64_t samples = 0;

  const auto result = decoder->decode(source, [&](std::span<const float> some) {
    samples += some.size();
    return Status();
  });

  EXPECT_FAILS(result, ErrorCode::kResourceExhausted);
  EXPECT_EQ(samples, 3600ULL * kAnalysisRate);
  EXPECT_EQ(result.error().message, "endless: is longer than the 3600 s allowed");
}

TEST(MaxDuration, AllowsExactlyItself) {
  DecodeLimits limits;
  limits.max_duration = 1h;
  ASSERT_OK_AND(const auto decoder, decoder_with(limits));
  EndlessWave source(3600ULL * 8000, 8000);

  ASSERT_OK_AND(const auto info, decoder->decode(source, ignore()));

  EXPECT_EQ(info.samples, 3600ULL * kAnalysisRate);
}

TEST(CpuTime, EndsWhatTakesTooLong) {
  DecodeLimits limits;
  limits.cpu_time = 1s;
  ASSERT_OK_AND(const auto decoder, decoder_with(limits));
  EndlessWave source(1ULL << 45, 192000);

  const auto result = decoder->decode(source, ignore());

  EXPECT_FAILS(result, ErrorCode::kResourceExhausted);
  EXPECT_NE(result.error().message.find("ran out of its 1 s of CPU time"), std::string::npos)
      << result.error().message;
}

TEST(StallTimeout, DoesNotCountTheTimeOfTheSink) {
  DecodeLimits limits;
  limits.stall_timeout = 1s;
  ASSERT_OK_AND(const auto decoder, decoder_with(limits));
  EndlessWave source(20ULL * 8000, 8000);

  const auto result = decoder->decode(source, [slow = true](std::span<const float>) mutable {
    if (slow) std::this_thread::sleep_for(1300ms);
    slow = false;
    return Status();
  });

  ASSERT_OK(result);
}

#ifndef EARMARK_SANITIZED
TEST(Memory, BeyondTheLimitIsAnErrorOfThatInputOnly) {
  DecodeLimits limits;
  limits.memory_bytes = 100ULL << 20;  // less than the libraries take up
  ASSERT_OK_AND(const auto decoder, decoder_with(limits));
  const Bytes bytes = mp3(5);
  const auto source = memory_source(bytes, "a.mp3");

  EXPECT_FAILS(decoder->decode(*source, ignore()), ErrorCode::kResourceExhausted);
}
#endif

TEST(Memory, OfBothProcessesStaysBoundedOverTwelveHours) {
  EndlessWave source(12ULL * 3600 * 8000, 8000);
  (void)test::shared_decoder();
  rusage before{};
  ::getrusage(RUSAGE_SELF, &before);

  ASSERT_OK_AND(const auto info, test::shared_decoder().decode(source, ignore()));

  rusage after{};
  ::getrusage(RUSAGE_SELF, &after);
  EXPECT_EQ(info.samples, 12ULL * 3600 * kAnalysisRate);
#ifndef EARMARK_SANITIZED
  EXPECT_LT(info.worker_peak_bytes, 40'000'000U);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 4000) << "kB";
#endif
}

TEST(Source, ThatFailsEndsTheDecodeWithItsOwnError) {
  const Bytes bytes = mp3(60);
  Grudging source(bytes, true, 400000);

  const auto result = test::shared_decoder().decode(source, ignore());

  EXPECT_FAILS(result, ErrorCode::kUnavailable);
  EXPECT_EQ(result.error().message, "grudging: connection lost");
}

TEST(Source, MayGiveItsBytesInAnyPiecesAndHideItsSize) {
  const Bytes bytes = mp3(30);
  ASSERT_OK_AND(const auto expected, test::decode_bytes(bytes));
  for (const bool size_known : {true, false}) {
    Grudging source(bytes, size_known);

    ASSERT_OK_AND(const auto heard, test::decode(test::shared_decoder(), source));

    // What an MP3's encoder added at its end is cut off only where the end is known.
    ASSERT_GE(heard.samples.size(), expected.samples.size());
    EXPECT_LT(heard.samples.size(), expected.samples.size() + (size_known ? 1U : kAnalysisRate / 10U));
    EXPECT_TRUE(std::equal(expected.samples.begin(), expected.samples.end() - 100, heard.samples.begin()))
        << size_known;
  }
}

TEST(Threads, GetTheSameSamplesHoweverManyDecodeAtOnce) {
  const Bytes bytes = mp3(20);
  ASSERT_OK_AND(const auto expected, test::decode_bytes(bytes));
  std::atomic<int> same = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 5; ++i) {
          const auto heard = test::decode_bytes(bytes);
          same += heard && heard->samples == expected.samples ? 1 : 0;
        }
      });
    }
  }

  EXPECT_EQ(same, 40);
}

}  // namespace
}  // namespace earmark::audio
