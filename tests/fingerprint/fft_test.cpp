#include "fingerprint/fft.h"

#include <vector>

#include <gtest/gtest.h>

#include "fingerprint/framer.h"
#include "tests/support/signals.h"

namespace earmark::fingerprint {
namespace {

TEST(RealFft, PutsASineIntoItsBin) {
  RealFft fft(512);
  const auto window = hann_window(512);
  const auto samples = test::sine(100 * 8000.0 / 512, 512, 8000.0, 1.0F);
  std::vector<float> power(fft.bins());

  fft.power(samples, window, power);

  // Hann's coherent gain is a half: amplitude 1 becomes 512 / 4 in its bin.
  EXPECT_NEAR(power[100], 128.0F * 128.0F, 1.0F);
  EXPECT_LT(power[104], 1e-3F);
}

TEST(RealFft, KeepsEnergy) {
  RealFft fft(1024);
  const std::vector<float> flat(1024, 1.0F);
  const auto samples = test::noise(7, 1024);
  std::vector<float> power(fft.bins());

  fft.power(samples, flat, power);

  double time = 0.0;
  for (const float s : samples) time += static_cast<double>(s) * static_cast<double>(s);
  double frequency = static_cast<double>(power.front()) + static_cast<double>(power.back());
  for (std::size_t b = 1; b + 1 < power.size(); ++b) frequency += 2.0 * static_cast<double>(power[b]);
  EXPECT_NEAR(frequency / 1024.0, time, 1e-3 * time);  // Parseval
}

TEST(Framer, CutsTheSameFramesFromAnyPieces) {
  const auto samples = test::noise(3, 5000);
  const auto frames_of = [&](std::size_t piece) {
    Framer framer(512, 128);
    std::vector<float> firsts;
    for (std::size_t at = 0; at < samples.size(); at += piece) {
      const auto part = std::span(samples).subspan(at, std::min(piece, samples.size() - at));
      framer.push(part, [&](std::span<const float> frame) { firsts.push_back(frame[0] + frame[511]); });
    }
    return firsts;
  };

  const auto whole = frames_of(samples.size());

  EXPECT_EQ(whole.size(), 1 + (5000 - 512) / 128);
  for (const std::size_t piece : {1U, 7U, 127U, 128U, 129U, 4096U})
    EXPECT_EQ(frames_of(piece), whole) << piece;
}

}  // namespace
}  // namespace earmark::fingerprint
