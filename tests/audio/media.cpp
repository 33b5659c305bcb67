#include "tests/audio/media.h"

#include <cmath>
#include <cstdlib>
#include <numbers>

#include <gtest/gtest.h>

#include "core/check.h"
#include "core/file.h"
#include "tests/support/temp_dir.h"

namespace earmark::test {

audio::Decoder& shared_decoder() {
  static const std::unique_ptr<audio::Decoder> decoder = [] {
    auto started = audio::Decoder::start({});
    EARMARK_CHECK(started.has_value(), started.error().message.c_str());
    return std::move(*started);
  }();
  return *decoder;
}

Result<Heard> decode(audio::Decoder& decoder, audio::ByteSource& source) {
  Heard heard;
  EARMARK_TRY(heard.info, decoder.decode(source, [&](std::span<const float> samples) {
    heard.samples.insert(heard.samples.end(), samples.begin(), samples.end());
    return Status();
  }));
  return heard;
}

Result<Heard> decode_file(const std::filesystem::path& path) {
  EARMARK_TRY(const auto source, audio::open_file_source(path));
  return decode(shared_decoder(), *source);
}

Result<Heard> decode_bytes(std::span<const std::byte> bytes) {
  const auto source = audio::memory_source(bytes, "memory");
  return decode(shared_decoder(), *source);
}

double level_at(std::span<const float> samples, double frequency_hz) {
  double re = 0.0;
  double im = 0.0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double angle =
        2.0 * std::numbers::pi * frequency_hz * static_cast<double>(i) / audio::kAnalysisRate;
    re += static_cast<double>(samples[i]) * std::cos(angle);
    im += static_cast<double>(samples[i]) * std::sin(angle);
  }
  return samples.empty() ? 0.0 : 2.0 * std::hypot(re, im) / static_cast<double>(samples.size());
}

double rms(std::span<const float> samples) {
  double sum = 0.0;
  for (const float sample : samples) sum += static_cast<double>(sample) * static_cast<double>(sample);
  return samples.empty() ? 0.0 : std::sqrt(sum / static_cast<double>(samples.size()));
}

bool ffmpeg(const std::string& arguments) {
  return std::system(("ffmpeg -y -nostdin -v error " + arguments).c_str()) == 0;
}

Result<std::unique_ptr<audio::Decoder>> decoder_with(audio::DecodeLimits limits, std::size_t workers) {
  return audio::Decoder::start({workers, limits});
}

audio::SampleSink ignore() {
  return [](std::span<const float>) { return Status(); };
}

Bytes mp3(int seconds) {
  const TempDir dir;
  EXPECT_TRUE(ffmpeg("-f lavfi -i sine=f=440:d=" + std::to_string(seconds) + " -b:a 128k " +
                     (dir / "a.mp3").string()));
  return slurp(dir / "a.mp3");
}

Bytes slurp(const std::filesystem::path& path) {
  auto bytes = read_file(path, 1ULL << 30);
  EARMARK_CHECK(bytes.has_value(), "a test file cannot be read");
  return std::move(*bytes);
}

}  // namespace earmark::test
