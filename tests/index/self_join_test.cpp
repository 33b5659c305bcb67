#include "index/self_join.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "fingerprint/extractor.h"
#include "tests/support/signals.h"

namespace earmark::index {
namespace {

constexpr double kRate = fingerprint::kSampleRate;

fingerprint::Fingerprint extract(std::span<const float> samples) {
  fingerprint::Extractor extractor;
  extractor.push(samples);
  return extractor.finish();
}

/// Notes of one scale alone are too much alike: the texture is what tells the songs apart.
std::vector<float> song(std::uint32_t number, double seconds) {
  auto samples = test::song(number, seconds, kRate);
  const auto texture = test::noise(5000 + number, samples.size(), 0.2F);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] += texture[i];
  return samples;
}

/// `to` with seconds `from` … `from` + `length` of `what` in the place of its own from `at` on.
std::vector<float> with(std::vector<float> to, const std::vector<float>& what, double from, double length,
                        double at) {
  const auto n = static_cast<std::ptrdiff_t>(length * kRate);
  std::copy_n(what.begin() + static_cast<std::ptrdiff_t>(from * kRate), n,
              to.begin() + static_cast<std::ptrdiff_t>(at * kRate));
  return to;
}

TEST(FindShared, GivesTheStretchInCommonWithItsTimesOnBothSides) {
  const auto one = song(401, 60.0);
  const auto other = with(song(402, 60.0), one, 10.0, 12.0, 31.0);
  Engine engine;
  engine.add(7, extract(one));

  const auto shared = engine.find_shared(extract(other), 2);

  ASSERT_EQ(shared.size(), 1U);
  EXPECT_EQ(shared[0].other, 7);
  EXPECT_NEAR(shared[0].start_ms, 31'000, 600);
  EXPECT_NEAR(shared[0].end_ms, 43'000, 600);
  EXPECT_NEAR(shared[0].other_start_ms, 10'000, 600);
  EXPECT_NEAR(shared[0].other_end_ms, 22'000, 600);
  EXPECT_GT(shared[0].probability, 0.99);
}

TEST(FindShared, GivesAJingleInEveryRecordingThatHasIt) {
  const auto jingle = song(410, 4.0);
  Engine engine;
  for (std::uint32_t i = 0; i < 3; ++i)
    engine.add(i + 1, extract(with(song(411 + i, 40.0), jingle, 0.0, 4.0, 5.0 + i)));

  const auto shared = engine.find_shared(extract(with(song(420, 40.0), jingle, 0.0, 4.0, 20.0)), 2);

  ASSERT_EQ(shared.size(), 3U);
  for (const Shared& stretch : shared) {
    EXPECT_NEAR(stretch.start_ms, 20'000, 700);
    EXPECT_NEAR(stretch.other_start_ms, 5000 + 1000.0 * static_cast<double>(stretch.other - 1), 700);
  }
}

TEST(FindShared, FindsNothingBetweenStrangers) {
  Engine engine;
  for (std::uint32_t i = 0; i < 6; ++i) engine.add(i + 1, extract(song(430 + i, 40.0)));
  EXPECT_TRUE(engine.find_shared(extract(song(440, 40.0)), 2).empty());
  EXPECT_TRUE(engine.find_shared({}, 2).empty());
}

TEST(FindShared, DoesNotDependOnTheNumberOfThreads) {
  const auto one = song(401, 60.0);
  const auto other = extract(with(song(402, 60.0), one, 10.0, 12.0, 31.0));
  Engine engine;
  engine.add(7, extract(one));
  const auto a = engine.find_shared(other, 1);
  const auto b = engine.find_shared(other, 3);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].start_ms, b[i].start_ms);
    EXPECT_EQ(a[i].score, b[i].score);
  }
}

TEST(FindRepeats, GivesAPassageThatComesAgain) {
  const auto whole = song(450, 60.0);

  const auto repeats = Engine::find_repeats(extract(with(whole, whole, 5.0, 10.0, 40.0)), 2);

  ASSERT_EQ(repeats.size(), 1U);
  EXPECT_EQ(repeats[0].other, 0);
  EXPECT_NEAR(repeats[0].start_ms, 40'000, 600);
  EXPECT_NEAR(repeats[0].end_ms, 50'000, 600);
  EXPECT_NEAR(repeats[0].other_start_ms, 5'000, 600);
}

TEST(FindRepeats, FindsNoneWhereNothingComesAgain) {
  EXPECT_TRUE(Engine::find_repeats(extract(song(451, 40.0)), 2).empty());
}

}  // namespace
}  // namespace earmark::index
