// How many channels become one.
#include <cmath>
#include <numbers>
#include <string>

#include <gtest/gtest.h>

#include "tests/audio/media.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::audio {
namespace {

/// Decodes what ffmpeg makes of these expressions, one a channel ("0.5*sin(2*PI*440*t)|0"), 10 s at 44.1 kHz.
Result<test::Heard> hear(const std::string& channels, const std::string& encoder = "-c:a pcm_s16le -f wav") {
  const test::TempDir dir;
  const auto path = (dir / "a").string();
  if (!test::ffmpeg("-f lavfi -i \"aevalsrc='" + channels + "':d=10:s=44100\" " + encoder + " " + path)) {
    return fail(ErrorCode::kIo, "ffmpeg failed");
  }
  return test::decode_file(path);
}

TEST(Stereo, IsMixedToItsMean) {
  ASSERT_OK_AND(const auto heard, hear("0.5*sin(2*PI*440*t)|0.25*sin(2*PI*700*t)"));

  EXPECT_NEAR(test::level_at(heard.samples, 440.0), 0.25, 0.005);
  EXPECT_NEAR(test::level_at(heard.samples, 700.0), 0.125, 0.005);
  EXPECT_FALSE(heard.info.side_channel_used);
}

TEST(Stereo, OfWhichOneChannelIsSilentIsNoCancellation) {
  ASSERT_OK_AND(const auto heard, hear("0.5*sin(2*PI*440*t)|0"));

  EXPECT_NEAR(test::level_at(heard.samples, 440.0), 0.25, 0.005);
  EXPECT_FALSE(heard.info.side_channel_used);
}

TEST(Stereo, InOppositePhaseIsHeardInFull) {
  for (const char* encoder : {"-c:a pcm_s16le -f wav", "-b:a 128k -f mp3", "-c:a libvorbis -f ogg"}) {
    ASSERT_OK_AND(const auto heard, hear("0.5*sin(2*PI*440*t)|-0.5*sin(2*PI*440*t)", encoder));

    EXPECT_TRUE(heard.info.side_channel_used) << encoder;
    // From the first moment on, not only after a while.
    EXPECT_NEAR(test::level_at(std::span(heard.samples).subspan(800, 1600), 440.0), 0.5, 0.05) << encoder;
    EXPECT_NEAR(test::level_at(heard.samples, 440.0), 0.5, 0.03) << encoder;
  }
}

TEST(Stereo, ThatTurnsToOppositePhaseAndBackIsHeardThroughout) {
  ASSERT_OK_AND(const auto heard, hear("0.5*sin(2*PI*400*t)|if(between(t,3,7),-0.5,0.5)*sin(2*PI*400*t)"));

  EXPECT_TRUE(heard.info.side_channel_used);
  // The windows of a quarter of a second in which it turns may be lost, no more.
  for (std::size_t at = 0; at + 2000 <= heard.samples.size(); at += 2000) {
    const double second = static_cast<double>(at) / kAnalysisRate;
    if (std::abs(second - 3.0) < 0.3 || std::abs(second - 7.0) < 0.3) continue;
    EXPECT_NEAR(test::rms(std::span(heard.samples).subspan(at, 2000)), 0.5 / std::numbers::sqrt2, 0.01)
        << second;
  }
  // And without a click: a click is a step that the tone itself never takes.
  const double steepest = 0.5 * 2.0 * std::numbers::pi * 400.0 / kAnalysisRate;
  for (std::size_t i = 1; i < heard.samples.size(); ++i) {
    ASSERT_LT(std::abs(heard.samples[i] - heard.samples[i - 1]), 2.2 * steepest) << i;
  }
}

TEST(Surround, KeepsEveryChannelButTheSubwoofer) {
  // 5.1: front left, right, centre, low frequencies, surround left, right.
  ASSERT_OK_AND(const auto heard,
                hear("0.4*sin(2*PI*300*t)|0.4*sin(2*PI*500*t)|0.4*sin(2*PI*700*t)|0.4*sin(2*PI*900*t)|"
                     "0.4*sin(2*PI*1100*t)|0.4*sin(2*PI*1300*t):c=5.1",
                     "-c:a flac -f flac"));

  EXPECT_EQ(heard.info.source_channels, 6);
  const double sum = 0.5 + 0.5 + std::numbers::sqrt2 / 2 + 2 * std::numbers::sqrt2 / 4;
  EXPECT_NEAR(test::level_at(heard.samples, 300.0), 0.4 * 0.5 / sum, 0.003);
  EXPECT_NEAR(test::level_at(heard.samples, 500.0), 0.4 * 0.5 / sum, 0.003);
  EXPECT_NEAR(test::level_at(heard.samples, 700.0), 0.4 * std::numbers::sqrt2 / 2 / sum, 0.003);
  EXPECT_NEAR(test::level_at(heard.samples, 900.0), 0.0, 0.001);
  EXPECT_NEAR(test::level_at(heard.samples, 1100.0), 0.4 * std::numbers::sqrt2 / 4 / sum, 0.003);
}

TEST(Surround, ThatCancelsGivesItsStrongestChannel) {
  ASSERT_OK_AND(const auto heard,
                hear("0.4*sin(2*PI*500*t)|-0.4*sin(2*PI*500*t)|0|0|0|0:c=5.1", "-c:a flac -f flac"));

  EXPECT_TRUE(heard.info.side_channel_used);
  EXPECT_NEAR(test::level_at(heard.samples, 500.0), 0.4, 0.01);
}

TEST(Silence, StaysSilence) {
  ASSERT_OK_AND(const auto heard, hear("0|0"));

  EXPECT_EQ(heard.samples.size(), 80000U);
  EXPECT_EQ(test::rms(heard.samples), 0.0);
  EXPECT_FALSE(heard.info.side_channel_used);
}

}  // namespace
}  // namespace earmark::audio
