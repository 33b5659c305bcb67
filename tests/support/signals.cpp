#include "tests/support/signals.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numbers>
#include <random>

#include "core/bytes.h"

namespace earmark::test {

std::vector<float> sine(double frequency_hz, std::size_t n, double rate, float amplitude) {
  std::vector<float> out(n);
  for (std::size_t i = 0; i < n; ++i) {
    out[i] = amplitude * static_cast<float>(
                             std::sin(2.0 * std::numbers::pi * frequency_hz * static_cast<double>(i) / rate));
  }
  return out;
}

std::vector<float> noise(std::uint32_t seed, std::size_t n, float amplitude) {
  std::mt19937 random(seed);
  std::vector<float> out(n);
  for (float& sample : out) {
    sample = amplitude * (static_cast<float>(random()) / 2147483648.0F - 1.0F);
  }
  return out;
}

std::vector<float> song(std::uint32_t seed, double seconds, double rate) {
  std::mt19937 random(seed);
  const auto uniform = [&] { return static_cast<double>(random()) / 4294967296.0; };
  std::vector<float> out(static_cast<std::size_t>(seconds * rate));
  constexpr int kVoices = 4;
  for (int voice = 0; voice < kVoices; ++voice) {
    double at = 0.0;
    while (at < seconds) {
      const double length = 0.12 + 0.5 * uniform();
      const double pitch = 110.0 * std::exp2(std::floor(36.0 * uniform()) / 12.0) * (1.0 + 0.004 * uniform());
      const auto begin = static_cast<std::size_t>(at * rate);
      const auto end = std::min(out.size(), static_cast<std::size_t>((at + length * 1.5) * rate));
      for (std::size_t i = begin; i < end; ++i) {
        const double t = static_cast<double>(i - begin) / rate;
        const double envelope = 0.1 * std::exp(-4.0 * t / length);
        for (int harmonic = 1; harmonic <= 5; ++harmonic) {
          out[i] += static_cast<float>(envelope / harmonic *
                                       std::sin(2.0 * std::numbers::pi * pitch * harmonic * t));
        }
      }
      at += length;
    }
  }
  return out;
}

void write_wav(const char* path, const std::vector<float>& samples, int rate) {
  ByteWriter out;
  const auto data_bytes = static_cast<std::uint32_t>(samples.size() * 2);
  out.put_bytes(as_bytes("RIFF"));
  out.put<std::uint32_t>(36 + data_bytes);
  out.put_bytes(as_bytes("WAVEfmt "));
  out.put<std::uint32_t>(16);
  out.put<std::uint16_t>(1);
  out.put<std::uint16_t>(1);
  out.put<std::uint32_t>(static_cast<std::uint32_t>(rate));
  out.put<std::uint32_t>(static_cast<std::uint32_t>(rate) * 2);
  out.put<std::uint16_t>(2);
  out.put<std::uint16_t>(16);
  out.put_bytes(as_bytes("data"));
  out.put<std::uint32_t>(data_bytes);
  for (const float sample : samples) {
    out.put<std::int16_t>(static_cast<std::int16_t>(std::lround(std::clamp(sample, -1.0F, 1.0F) * 32767.0F)));
  }
  std::ofstream file(path, std::ios::binary);
  file.write(as_text(out.view()).data(), static_cast<std::streamsize>(out.size()));
}

}  // namespace earmark::test
