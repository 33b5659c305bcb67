#pragma once
#include <cstdint>
#include <vector>

namespace earmark::test {

/// amplitude * sin(2π f t), n samples at `rate` Hz.
[[nodiscard]] std::vector<float> sine(double frequency_hz, std::size_t n, double rate,
                                      float amplitude = 0.5F);

/// White noise in [-amplitude, amplitude], the same for the same seed.
[[nodiscard]] std::vector<float> noise(std::uint32_t seed, std::size_t n, float amplitude = 0.5F);

/// Music-like: notes of random pitch with decaying harmonics, several at a time, the same for the same seed.
[[nodiscard]] std::vector<float> song(std::uint32_t seed, double seconds, double rate);

/// Writes mono 16-bit PCM WAV (for tests that need a file).
void write_wav(const char* path, const std::vector<float>& samples, int rate);

}  // namespace earmark::test
