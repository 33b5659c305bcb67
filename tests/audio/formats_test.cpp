// Every usual format, written by the ffmpeg program: its length, its tone and its loudness come out right.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include <gtest/gtest.h>

#include "tests/audio/media.h"
#include "tests/support/result_matchers.h"
#include "tests/support/signals.h"
#include "tests/support/temp_dir.h"

namespace earmark::audio {
namespace {

struct Format {
  const char* name;     ///< of the file, which must not matter to the decoder
  const char* encoder;  ///< options of ffmpeg
  const char* codec;    ///< what AudioInfo must say
  double tolerance_s;   ///< of 5 s
};

// Padding of at most a frame or two: what the format cannot say, nobody can take away.
constexpr Format kFormats[] = {
    {"a.mp3", "-af 'pan=stereo|c0=c0|c1=c0' -b:a 128k", "mp3", 0.01},
    {"vbr.mp3", "-q:a 4", "mp3", 0.01},
    {"vbr_without_header.mp3", "-q:a 4 -write_xing 0", "mp3", 0.1},
    {"a.mp2", "-c:a mp2", "mp2", 0.05},
    {"moov_at_end.m4a", "-af 'pan=stereo|c0=c0|c1=c0' -c:a aac", "aac", 0.05},
    {"moov_in_front.m4a", "-c:a aac -movflags +faststart", "aac", 0.05},
    {"fragmented.mp4", "-c:a aac -movflags frag_keyframe+empty_moov", "aac", 0.05},
    {"a.aac", "-c:a aac", "aac", 0.06},
    {"alac.m4a", "-c:a alac", "alac", 0.01},
    {"a.ogg", "-af 'pan=stereo|c0=c0|c1=c0' -c:a libvorbis", "vorbis", 0.01},
    {"a.opus", "-af 'pan=stereo|c0=c0|c1=c0' -c:a libopus", "opus", 0.01},
    {"a.spx", "-ar 16000 -c:a libspeex", "speex", 0.05},
    {"a.flac", "-c:a flac", "flac", 0.01},
    {"flac.ogg", "-c:a flac", "flac", 0.01},
    {"a.wv", "-c:a wavpack", "wavpack", 0.01},
    {"a.tta", "-c:a tta", "tta", 0.01},
    {"s16.wav", "-c:a pcm_s16le", "pcm_s16le", 0.01},
    {"u8.wav", "-c:a pcm_u8", "pcm_u8", 0.01},
    {"s24.wav", "-c:a pcm_s24le -af 'pan=stereo|c0=c0|c1=c0'", "pcm_s24le", 0.01},
    {"f64.wav", "-c:a pcm_f64le", "pcm_f64le", 0.01},
    {"alaw.wav", "-ar 8000 -c:a pcm_alaw", "pcm_alaw", 0.01},
    {"gsm.wav", "-ar 8000 -ac 1 -c:a libgsm_ms", "gsm_ms", 0.05},
    {"adpcm.wav", "-c:a adpcm_ms", "adpcm_ms", 0.05},
    {"a.w64", "-c:a pcm_s16le", "pcm_s16le", 0.01},
    {"a.rf64.wav", "-rf64 always -c:a pcm_s16le", "pcm_s16le", 0.01},
    {"a.aiff", "-c:a pcm_s16be", "pcm_s16be", 0.01},
    {"a.au", "-c:a pcm_mulaw", "pcm_mulaw", 0.01},
    {"a.caf", "-c:a pcm_s16be", "pcm_s16be", 0.01},
    {"a.wma", "-c:a wmav2", "wmav2", 0.1},
    {"a.ac3", "-af 'pan=stereo|c0=c0|c1=c0' -c:a ac3", "ac3", 0.05},
    {"a.eac3", "-c:a eac3", "eac3", 0.05},
    {"a.mka", "-c:a libvorbis", "vorbis", 0.02},
    {"a.webm", "-c:a libopus", "opus", 0.02},
    {"a.ts", "-c:a aac", "aac", 0.06},
    {"rate_96000.wav", "-ar 96000", "pcm_s16le", 0.01},
    {"rate_11025.wav", "-ar 11025", "pcm_s16le", 0.01},
    {"rate_44101.wav", "-ar 44101", "pcm_s16le", 0.01},
    {"rate_4000.wav", "-ar 4000", "pcm_s16le", 0.01},
};

class EveryFormat : public testing::TestWithParam<Format> {};

TEST_P(EveryFormat, KeepsLengthToneAndLevel) {
  const Format& format = GetParam();
  const test::TempDir dir;
  const auto coded = dir / format.name;
  ASSERT_TRUE(test::ffmpeg("-f lavfi -i \"aevalsrc='0.25*sin(2*PI*1000*t)':d=5:s=44100\" " +
                           std::string(format.encoder) + " " + coded.string()));
  std::filesystem::rename(coded, dir / "nameless");

  ASSERT_OK_AND(const auto heard, test::decode_file(dir / "nameless"));

  EXPECT_EQ(heard.info.codec, format.codec);
  EXPECT_NEAR(static_cast<double>(heard.samples.size()) / kAnalysisRate, 5.0, format.tolerance_s);
  const auto middle = std::span(heard.samples).subspan(kAnalysisRate, 3UL * kAnalysisRate);
  EXPECT_NEAR(test::level_at(middle, 1000.0), 0.25, 0.015);
  EXPECT_NEAR(test::rms(middle), 0.25 / std::numbers::sqrt2, 0.012);
  EXPECT_TRUE(heard.info.warnings.empty()) << heard.info.warnings.front();
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryFormat, testing::ValuesIn(kFormats), [](const auto& parameter) {
  std::string name(parameter.param.name);
  std::ranges::replace(name, '.', '_');
  return name;
});

TEST(Video, GivesItsAudio) {
  const test::TempDir dir;
  for (const char* name : {"film.ogv", "film.mp4", "film.mkv", "film.avi"}) {
    ASSERT_TRUE(test::ffmpeg("-f lavfi -i testsrc=d=4:s=160x120 -f lavfi -i sine=f=600:d=4 -shortest " +
                             (dir / name).string()));

    ASSERT_OK_AND(const auto heard, test::decode_file(dir / name));

    EXPECT_NEAR(static_cast<double>(heard.samples.size()) / kAnalysisRate, 4.0, 0.1) << name;
    EXPECT_NEAR(test::level_at(heard.samples, 600.0), 0.125, 0.01) << name;
  }
}

TEST(Video, WithoutAudioIsUnsupported) {
  const test::TempDir dir;
  ASSERT_TRUE(test::ffmpeg("-f lavfi -i testsrc=d=1:s=160x120 " + (dir / "silent.mp4").string()));
  ASSERT_TRUE(test::ffmpeg("-f lavfi -i testsrc=d=1:s=160x120 -frames:v 1 " + (dir / "still.png").string()));

  EXPECT_FAILS(test::decode_file(dir / "silent.mp4"), ErrorCode::kUnsupported);
  EXPECT_FAILS(test::decode_file(dir / "still.png"), ErrorCode::kUnsupported);
}

TEST(AttachedPicture, IsPassedOver) {
  const test::TempDir dir;
  const auto picture = (dir / "cover.png").string();
  ASSERT_TRUE(test::ffmpeg("-f lavfi -i testsrc=d=1:s=600x600 -frames:v 1 " + picture));
  ASSERT_TRUE(test::ffmpeg("-f lavfi -i sine=f=600:d=4 -i " + picture + " -map 0 -map 1 -c:v copy -b:a 64k " +
                           (dir / "a.mp3").string()));

  ASSERT_OK_AND(const auto heard, test::decode_file(dir / "a.mp3"));

  EXPECT_NEAR(static_cast<double>(heard.samples.size()) / kAnalysisRate, 4.0, 0.02);
  EXPECT_EQ(heard.info.codec, "mp3");
}

TEST(Resampling, IsFlatTo3600HzAndLetsNothingAbove4200HzThrough) {
  const test::TempDir dir;
  for (const int rate : {16000, 22050, 44100, 48000}) {
    for (const int frequency : {60, 1000, 3600, 4200, 4400, 5000, 7500}) {
      const auto path = dir / "tone.wav";
      test::write_wav(path.c_str(), test::sine(frequency, static_cast<std::size_t>(rate) * 2, rate, 0.5F),
                      rate);

      ASSERT_OK_AND(const auto heard, test::decode_file(path));

      const auto middle = std::span(heard.samples).subspan(2000, 12000);
      const double decibels = 20.0 * std::log10(test::rms(middle) * std::numbers::sqrt2 / 0.5 + 1e-9);
      if (frequency <= 3600) {
        EXPECT_NEAR(decibels, 0.0, 0.1) << rate << " Hz, tone of " << frequency;
      } else {
        EXPECT_LT(decibels, -60.0) << rate << " Hz, tone of " << frequency;
      }
    }
  }
}

}  // namespace
}  // namespace earmark::audio
