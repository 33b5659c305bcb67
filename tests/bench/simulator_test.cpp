#include "bench/simulator.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "fingerprint/extractor.h"
#include "index/engine.h"
#include "tests/support/signals.h"

namespace earmark::bench {
namespace {

using fingerprint::Fingerprint;

std::vector<Fingerprint> real_recordings() {
  std::vector<Fingerprint> out;
  for (std::uint32_t i = 0; i < 12; ++i) {
    fingerprint::Extractor extractor;
    extractor.push(test::song(500 + i, 20.0 + i, fingerprint::kSampleRate));
    out.push_back(fingerprint::thin(extractor.finish()));
  }
  return out;
}

class SimulatorTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { real = real_recordings(); }
  static inline std::vector<Fingerprint> real;
};

TEST_F(SimulatorTest, DrawsTheSameForTheSameSeedAndNumber) {
  const Simulator one(real, 7);
  EXPECT_EQ(one.draw(3), Simulator(real, 7).draw(3));
  EXPECT_NE(one.draw(3), one.draw(4));
  EXPECT_NE(one.draw(3), Simulator(real, 8).draw(3));
}

TEST_F(SimulatorTest, DrawsWellFormedFingerprintsOfRealDensity) {
  const Simulator simulator(real, 1);
  double real_peaks = 0.0;
  double real_samples = 0.0;
  for (const auto& print : real) {
    real_peaks += static_cast<double>(print.peaks.size());
    real_samples += static_cast<double>(print.samples);
  }
  double peaks = 0.0;
  double samples = 0.0;
  for (std::uint64_t i = 0; i < 40; ++i) {
    const Fingerprint drawn = simulator.draw(i);
    peaks += static_cast<double>(drawn.peaks.size());
    samples += static_cast<double>(drawn.samples);
    EXPECT_EQ(drawn.density, fingerprint::Density::kReference);
    EXPECT_TRUE(std::is_sorted(drawn.peaks.begin(), drawn.peaks.end(), [](const auto& a, const auto& b) {
      return a.frame != b.frame ? a.frame < b.frame : a.bin16 < b.bin16;
    }));
    ASSERT_FALSE(drawn.peaks.empty());
    EXPECT_LE(drawn.peaks.back().frame, drawn.samples / fingerprint::kFrameHop);
    const double seconds = static_cast<double>(drawn.samples) / fingerprint::kSampleRate;
    EXPECT_NEAR(static_cast<double>(drawn.embeddings.size()), seconds / 0.512, 4.0);
  }
  EXPECT_NEAR(peaks / samples, real_peaks / real_samples, 0.15 * real_peaks / real_samples);
}

double strongest(const index::Engine& engine, const Fingerprint& query) {
  index::SearchOptions options;
  options.min_probability = 0.0;
  double score = 0.0;
  for (const auto& match : engine.search(query, options)) score = std::max(score, match.score);
  return score;
}

TEST_F(SimulatorTest, DrawsNothingThatResemblesARealRecordingAsItselfDoes) {
  const Simulator simulator(real, 1);
  index::Engine simulated;
  for (int i = 0; i < 40; ++i) simulated.add(i + 1, simulator.draw(static_cast<std::uint64_t>(i)));

  for (std::size_t i = 0; i < 4; ++i) {
    index::Engine own;
    own.add(1, real[i]);
    EXPECT_LT(strongest(simulated, real[i]), 0.25 * strongest(own, real[i]));
  }
}

TEST_F(SimulatorTest, MakesHashesCoincideAboutAsOftenAsRealOnesDo) {
  std::vector<Fingerprint> drawn;
  for (std::uint64_t i = 0; i < 40; ++i) drawn.push_back(Simulator(real, 1).draw(i));

  const double ratio = coincidence(real, drawn);

  EXPECT_GT(ratio, 0.4);
  EXPECT_LT(ratio, 2.5);
}

}  // namespace
}  // namespace earmark::bench
