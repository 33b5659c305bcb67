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
