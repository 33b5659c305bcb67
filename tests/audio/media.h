#pragma once
// Media for the tests of audio/: made on the fly by the ffmpeg program, decoded by ours, measured.
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "audio/decoder.h"
#include "core/bytes.h"
#include "core/result.h"

namespace earmark::test {

struct Heard {
  audio::AudioInfo info;
  std::vector<float> samples;
};

/// One decoder for all tests of a program (2 workers, default limits). Aborts where it cannot start.
[[nodiscard]] audio::Decoder& shared_decoder();

[[nodiscard]] Result<Heard> decode(audio::Decoder& decoder, audio::ByteSource& source);
[[nodiscard]] Result<Heard> decode_file(const std::filesystem::path& path);
[[nodiscard]] Result<Heard> decode_bytes(std::span<const std::byte> bytes);

/// Amplitude of the sine of that frequency in samples at kAnalysisRate (Goertzel over the whole).
[[nodiscard]] double level_at(std::span<const float> samples, double frequency_hz);

/// Root of the mean square.
[[nodiscard]] double rms(std::span<const float> samples);

/// Runs `ffmpeg -y -v error ARGUMENTS` through the shell. True when it succeeded.
[[nodiscard]] bool ffmpeg(const std::string& arguments);

/// A decoder with these limits, and a sink that forgets.
[[nodiscard]] Result<std::unique_ptr<audio::Decoder>> decoder_with(audio::DecodeLimits limits,
                                                                   std::size_t workers = 1);
[[nodiscard]] audio::SampleSink ignore();

/// An MP3 of a 440 Hz tone, 128 kbit/s.
[[nodiscard]] Bytes mp3(int seconds);

/// The file's bytes; aborts where it cannot be read.
[[nodiscard]] Bytes slurp(const std::filesystem::path& path);

}  // namespace earmark::test
