// Plain inputs, end to end through the sandbox.
#include "audio/decoder.h"

#include <cmath>
#include <fstream>
#include <numbers>

#include <sys/stat.h>

#include "core/file.h"
#include "tests/audio/media.h"
#include "tests/support/result_matchers.h"
#include "tests/support/signals.h"
#include "tests/support/temp_dir.h"

namespace earmark::audio {
namespace {

using test::level_at;
using test::TempDir;

TEST(Decoder, GivesAWaveFilesSamplesAtTheAnalysisRate) {
  const TempDir dir;
  test::write_wav((dir / "a.wav").c_str(), test::sine(440.0, 88200, 44100.0, 0.5F), 44100);

  ASSERT_OK_AND(const auto heard, test::decode_file(dir / "a.wav"));

  EXPECT_NEAR(static_cast<double>(heard.samples.size()), 16000.0, 8.0);
  EXPECT_EQ(heard.info.samples, heard.samples.size());
  EXPECT_EQ(heard.info.container, "wav");
  EXPECT_EQ(heard.info.source_rate_hz, 44100);
  EXPECT_EQ(heard.info.source_channels, 1);
  EXPECT_NEAR(level_at(heard.samples, 440.0), 0.5, 0.01);
  EXPECT_TRUE(heard.info.warnings.empty());
}

TEST(Decoder, SaysThatAMissingFileIsNotFound) {
  EXPECT_FAILS(open_file_source("/nonexistent/file.wav"), ErrorCode::kNotFound);
}

TEST(Decoder, RefusesWhatIsNoRegularFile) {
  const TempDir dir;
  ASSERT_EQ(::mkfifo((dir / "pipe").c_str(), 0600), 0);

  EXPECT_FAILS(open_file_source(dir / "pipe"), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(open_file_source(dir.path()), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(open_file_source("/dev/zero"), ErrorCode::kInvalidArgument);
}

TEST(Decoder, RefusesLimitsThatAllowNothing) {
  Decoder::Options options;
  options.limits.cpu_time = std::chrono::seconds(0);

  EXPECT_FAILS(Decoder::start(options), ErrorCode::kInvalidArgument);
}

TEST(Decoder, EncodesAFlacFileThatDecodesToTheSame) {
  ASSERT_OK_AND(const auto decoder, Decoder::start({}));
  const auto tone = test::sine(440.0, 80'000, 8000.0, 0.5F);

  ASSERT_OK_AND(const Bytes file, decoder->encode_flac(tone));
  ASSERT_OK_AND(const Bytes again, decoder->encode_flac(tone));

  EXPECT_EQ(file, again);
  EXPECT_EQ(as_text(file).substr(0, 4), "fLaC");
  EXPECT_LT(file.size(), tone.size() * 2);
  std::vector<float> heard;
  const auto source = memory_source(file, "clip.flac");
  ASSERT_OK_AND(const auto info, decoder->decode(*source, [&](std::span<const float> samples) {
    heard.insert(heard.end(), samples.begin(), samples.end());
    return Status();
  }));
  EXPECT_EQ(info.codec, "flac");
  ASSERT_EQ(heard.size(), tone.size());
  for (std::size_t i = 0; i < heard.size(); ++i) ASSERT_NEAR(heard[i], tone[i], 1.0F / 32000.0F) << i;
}

TEST(Decoder, EncodesOnlyClips) {
  ASSERT_OK_AND(const auto decoder, Decoder::start({}));
  EXPECT_FAILS(decoder->encode_flac({}), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(decoder->encode_flac(std::vector<float>(Decoder::kMostEncodedSamples + 1)),
               ErrorCode::kInvalidArgument);
  const std::vector<float> wild = {2.0F, -3.0F, std::nanf(""), 0.25F};
  EXPECT_TRUE(decoder->encode_flac(wild).has_value());
}

TEST(Decoder, PassesAnErrorOfTheSinkOn) {
  const TempDir dir;
  test::write_wav((dir / "a.wav").c_str(), test::sine(440.0, 800000, 8000.0), 8000);
  ASSERT_OK_AND(const auto source, open_file_source(dir / "a.wav"));

  const auto result = test::shared_decoder().decode(
      *source, [](std::span<const float>) -> Status { return fail(ErrorCode::kConflict, "enough"); });

  EXPECT_FAILS(result, ErrorCode::kConflict);
}

TEST(Sandbox, RefusesFilesSocketsAndProcesses) { ASSERT_OK(check_sandbox()); }

}  // namespace
}  // namespace earmark::audio
