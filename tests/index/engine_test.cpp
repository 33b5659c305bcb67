#include "index/engine.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/file.h"
#include "fingerprint/extractor.h"
#include "tests/support/result_matchers.h"
#include "tests/support/signals.h"
#include "tests/support/temp_dir.h"

namespace earmark::index {
namespace {

constexpr double kRate = fingerprint::kSampleRate;
constexpr int kSongs = 6;

fingerprint::Fingerprint extract(std::span<const float> samples) {
  fingerprint::Extractor extractor;
  extractor.push(samples);
  return extractor.finish();
}

std::vector<float> cut(const std::vector<float>& samples, double from_s, double to_s) {
  return {samples.begin() + static_cast<std::ptrdiff_t>(from_s * kRate),
          samples.begin() + static_cast<std::ptrdiff_t>(to_s * kRate)};
}

/// Linear interpolation at `speed`: crude, and enough for synthetic notes.
std::vector<float> play_at(const std::vector<float>& samples, double speed) {
  std::vector<float> out(static_cast<std::size_t>(static_cast<double>(samples.size() - 1) / speed));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double at = static_cast<double>(i) * speed;
    const auto low = static_cast<std::size_t>(at);
    const auto part = static_cast<float>(at - std::floor(at));
    out[i] = samples[low] * (1.0F - part) + samples[low + 1] * part;
  }
  return out;
}

/// Everything that is told of matches.
std::vector<std::string> told(const std::vector<Match>& matches) {
  std::vector<std::string> lines;
  for (const Match& m : matches) {
    lines.push_back(fmt::format("{} {}-{} {}-{} {} {} {} {} {} {} {} {} {}", m.recording, m.query_start_ms,
                                m.query_end_ms, m.reference_start_ms, m.reference_end_ms, m.speed,
                                m.pitch_cents, m.score, m.without_best_second, m.without_best_band,
                                m.similarity, m.share, m.probability, m.sharpness));
  }
  return lines;
}

/// Six songs of 40 s, keys 1 … 6.
class EngineTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    for (int i = 0; i < kSongs; ++i) {
      songs.push_back(test::song(static_cast<std::uint32_t>(100 + i), 40.0, kRate));
      prints.push_back(extract(songs.back()));
    }
  }
  static Engine full_engine() {
    Engine engine;
    for (int i = 0; i < kSongs; ++i) engine.add(i + 1, prints[static_cast<std::size_t>(i)]);
    return engine;
  }
  static inline std::vector<std::vector<float>> songs;
  static inline std::vector<fingerprint::Fingerprint> prints;
};

TEST_F(EngineTest, FindsAnExcerptToAFewFrames) {
  const Engine engine = full_engine();

  const auto matches = engine.search(extract(cut(songs[2], 11.3, 21.3)), {});

  ASSERT_EQ(matches.size(), 1U);
  EXPECT_EQ(matches[0].recording, 3);
  EXPECT_NEAR(matches[0].query_start_ms, 0, 500);
  EXPECT_NEAR(matches[0].query_end_ms, 10000, 500);
  EXPECT_NEAR(static_cast<double>(matches[0].reference_start_ms) - matches[0].query_start_ms, 11300, 50);
  EXPECT_DOUBLE_EQ(matches[0].speed, 1.0);
  EXPECT_GT(matches[0].probability, 0.99);
}

TEST_F(EngineTest, NamesTheLikeliestRecordingOfASecondWithoutClaimingIt) {
  const Engine engine = full_engine();
  const auto second = extract(cut(songs[4], 20.0, 21.0));
  SearchOptions anything;
  anything.min_probability = 0.0;

  const auto matches = engine.search(second, anything);

  ASSERT_FALSE(matches.empty());
  EXPECT_EQ(matches[0].recording, 5);
  EXPECT_NEAR(static_cast<double>(matches[0].reference_start_ms) - matches[0].query_start_ms, 20000, 50);
  for (const Match& other : matches) EXPECT_LE(other.probability, matches[0].probability);
}

TEST_F(EngineTest, FindsTwoUsesInOneQueryWithTheirBounds) {
  const Engine engine = full_engine();
  auto query = test::noise(9, static_cast<std::size_t>(60 * kRate), 0.02F);
  const auto add = [&](const std::vector<float>& part, double at_s) {
    for (std::size_t i = 0; i < part.size(); ++i)
      query[static_cast<std::size_t>(at_s * kRate) + i] += part[i];
  };
  add(cut(songs[0], 5, 17), 8.0);
  add(cut(songs[4], 20, 35), 40.0);

  const auto matches = engine.search(extract(query), {});

  ASSERT_EQ(matches.size(), 2U);
  EXPECT_EQ(matches[0].recording, 1);
  EXPECT_NEAR(matches[0].query_start_ms, 8000, 500);
  EXPECT_NEAR(matches[0].query_end_ms, 20000, 500);
  EXPECT_NEAR(matches[0].reference_start_ms, 5000, 500);
  EXPECT_EQ(matches[1].recording, 5);
  EXPECT_NEAR(matches[1].query_start_ms, 40000, 500);
  EXPECT_NEAR(matches[1].query_end_ms, 55000, 500);
  EXPECT_NEAR(matches[1].reference_end_ms, 35000, 500);
}

TEST_F(EngineTest, FindsAFasterUseAndItsSpeed) {
  const Engine engine = full_engine();

  const auto matches = engine.search(extract(play_at(cut(songs[1], 10, 30), 1.02)), {});

  ASSERT_GE(matches.size(), 1U);
  EXPECT_EQ(matches[0].recording, 2);
  EXPECT_NEAR(matches[0].speed, 1.02, 0.003);
  EXPECT_NEAR(matches[0].pitch_cents, 0.0, 0.1);
  EXPECT_NEAR(matches[0].reference_start_ms, 10000, 700);
}

TEST_F(EngineTest, FindsAMuchFasterOrSlowerUse) {
  const Engine engine = full_engine();
  for (const double speed : {0.82, 0.91, 1.07, 1.16}) {
    const auto matches = engine.search(extract(play_at(cut(songs[4], 12, 30), speed)), {});

    ASSERT_EQ(matches.size(), 1U) << speed;
    EXPECT_EQ(matches[0].recording, 5);
    EXPECT_NEAR(matches[0].speed, speed, 0.003);
    EXPECT_NEAR(matches[0].pitch_cents, 0.0, 0.1);
    EXPECT_NEAR(static_cast<double>(matches[0].reference_start_ms), 12000.0, 700.0);
  }
}

TEST_F(EngineTest, FindsNothingInOtherMusicNoiseOrSilence) {
  const Engine engine = full_engine();

  EXPECT_TRUE(engine.search(extract(test::song(999, 30.0, kRate)), {}).empty());
  EXPECT_TRUE(engine.search(extract(test::noise(1, static_cast<std::size_t>(30 * kRate))), {}).empty());
  EXPECT_TRUE(
      engine.search(extract(std::vector<float>(static_cast<std::size_t>(30 * kRate), 0.0F)), {}).empty());
  EXPECT_TRUE(engine.search(fingerprint::Fingerprint{}, {}).empty());
  EXPECT_TRUE(Engine().search(prints[0], {}).empty());
}

TEST_F(EngineTest, ForgetsAtOnce) {
  Engine engine = full_engine();
  const auto query = extract(cut(songs[2], 10, 20));

  EXPECT_TRUE(engine.remove(3));

  // As if it had never been there: nor does it stand in the way of others.
  Engine never;
  for (int i = 0; i < kSongs; ++i) {
    if (i != 2) never.add(i + 1, prints[static_cast<std::size_t>(i)]);
  }
  EXPECT_EQ(told(engine.search(query, {})), told(never.search(query, {})));
  EXPECT_FALSE(engine.contains(3));
  EXPECT_FALSE(engine.remove(3));
  EXPECT_EQ(engine.stats().recordings, kSongs - 1U);
  engine.add(3, prints[2]);
  EXPECT_EQ(engine.search(query, {}).front().recording, 3);
}

TEST_F(EngineTest, ReferenceDensityIsAsGoodAsQueryDensity) {
  Engine engine;
  engine.add(1, fingerprint::thin(prints[0]));

  const auto matches = engine.search(extract(cut(songs[0], 3, 13)), {});

  ASSERT_EQ(matches.size(), 1U);
  EXPECT_EQ(engine.stats().bytes, [&] {
    Engine other;
    other.add(1, prints[0]);
    return other.stats().bytes;
  }());
}

TEST_F(EngineTest, AnswersTheSameOnAnyNumberOfThreadsAndAfterLoading) {
  Engine engine = full_engine();
  engine.remove(6);
  auto query = songs[0];
  query.insert(query.end(), songs[3].begin(), songs[3].end());
  const auto print = extract(query);
  const auto same = [](const std::vector<Match>& a, const std::vector<Match>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Match& x, const Match& y) {
      return x.recording == y.recording && x.query_start_ms == y.query_start_ms &&
             x.query_end_ms == y.query_end_ms && x.reference_start_ms == y.reference_start_ms &&
             x.speed == y.speed && x.score == y.score;
    });
  };
  const auto one = engine.search(print, {.threads = 1});
  ASSERT_EQ(one.size(), 2U);

  EXPECT_TRUE(same(engine.search(print, {.threads = 4}), one));

  const test::TempDir folder;
  engine.apply({.removed = {}, .added = {}, .tag = "tag 7"});
  ASSERT_OK(engine.save(folder / "engine.idx"));
  EXPECT_TRUE(same(engine.search(print, {}), one));
  ASSERT_OK_AND(auto loaded, Engine::load(folder / "engine.idx"));
  EXPECT_EQ(loaded.tag(), "tag 7");
  EXPECT_TRUE(same(loaded.search(print, {}), one));
  loaded.add(6, prints[5]);
  EXPECT_EQ(loaded.search(extract(cut(songs[5], 5, 15)), {}).size(), 1U);
}

TEST_F(EngineTest, AnswersTheSameHoweverRecordingsAreSpreadOverSegments) {
  const test::TempDir folder;
  std::vector<NewRecording> all;
  for (int i = 0; i < kSongs; ++i) all.push_back({i + 1, &prints[static_cast<std::size_t>(i)]});
  Engine at_once;
  at_once.apply({.removed = {}, .added = all, .tag = ""});
  Engine one_file_each;
  for (const NewRecording& recording : all) {
    one_file_each.add(recording.key, *recording.fingerprint);
    ASSERT_OK(one_file_each.save(folder / "engine.idx", 0));
  }
  Engine with_gaps;
  for (const NewRecording& recording : all) {
    with_gaps.add(90 + recording.key, prints[5]);
    with_gaps.add(recording.key, *recording.fingerprint);
  }
  for (const NewRecording& recording : all) with_gaps.remove(90 + recording.key);
  EXPECT_EQ(at_once.stats().segments, 1U);
  EXPECT_EQ(one_file_each.stats().segments, 6U);

  std::size_t found = 0;
  for (std::size_t i = 0; i < songs.size(); ++i) {
    auto samples = cut(songs[i], 7, 22);
    const auto noise = test::noise(static_cast<std::uint32_t>(i), samples.size(), 0.3F);
    for (std::size_t s = 0; s < samples.size(); ++s) samples[s] += noise[s];
    const auto query = extract(samples);
    const SearchOptions options{.threads = 1 + i % 3, .min_probability = 0.0};
    const auto expected = told(at_once.search(query, options));
    EXPECT_EQ(told(one_file_each.search(query, options)), expected) << i;
    EXPECT_EQ(told(with_gaps.search(query, options)), expected) << i;
    found += expected.size();
  }
  EXPECT_GE(found, songs.size());
}

std::size_t segment_files(const std::filesystem::path& folder) {
  std::size_t n = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    n += entry.path().extension() == ".segment";
  return n;
}

TEST_F(EngineTest, SavesOnlyWhatIsNewUntilItPaysToMerge) {
  const test::TempDir folder;
  const auto file = folder / "engine.idx";
  Engine engine;
  for (int i = 0; i < 4; ++i) engine.add(i + 1, prints[static_cast<std::size_t>(i)]);
  ASSERT_OK(engine.save(file));
  const auto first = engine.stats();
  EXPECT_EQ(segment_files(folder.path()), 1U);
  EXPECT_EQ(first.unsaved_bytes, 0U);

  engine.add(5, prints[4]);
  ASSERT_OK(engine.save(file, 0));
  EXPECT_EQ(engine.stats().segments, 2U);
  EXPECT_EQ(segment_files(folder.path()), 2U);
  for (int i = 6; i < 14; ++i) {
    engine.add(i, prints[5]);
    ASSERT_OK(engine.save(file));
  }
  EXPECT_LE(engine.stats().segments, 4U);
  EXPECT_EQ(segment_files(folder.path()), engine.stats().segments) << "what was merged is deleted";
  ASSERT_OK_AND(const Engine loaded, Engine::load(file));
  EXPECT_EQ(loaded.stats().recordings, 13U);
  EXPECT_EQ(loaded.search(extract(cut(songs[2], 10, 20)), {}).size(), 1U);
}

TEST_F(EngineTest, RemembersWhatWasRemovedFromASavedSegment) {
  const test::TempDir folder;
  const auto file = folder / "engine.idx";
  Engine engine = full_engine();
  ASSERT_OK(engine.save(file));
  const auto bytes = engine.stats().bytes;
  engine.remove(3);
  ASSERT_OK(engine.save(file));
  ASSERT_OK_AND(Engine loaded, Engine::load(file));
  EXPECT_EQ(told(loaded.search(extract(cut(songs[2], 10, 20)), {})),
            told(engine.search(extract(cut(songs[2], 10, 20)), {})));
  EXPECT_FALSE(loaded.contains(3));
  EXPECT_EQ(loaded.stats().recordings, kSongs - 1U);

  loaded.remove(2);  // a third is gone: it pays to write it again
  ASSERT_OK(loaded.save(file));

  EXPECT_LT(loaded.stats().bytes, bytes * 4 / 5);
  EXPECT_EQ(loaded.search(extract(cut(songs[0], 10, 20)), {}).size(), 1U);
}

TEST_F(EngineTest, SearchesWhileOthersChangeAndSave) {
  const test::TempDir folder;
  Engine engine;
  engine.add(1, prints[0]);
  const auto query = extract(cut(songs[0], 10, 20));
  std::atomic<bool> stop{false};
  std::jthread writer([&] {
    for (int round = 0; round < 12; ++round) {
      for (int i = 2; i <= kSongs; ++i) engine.add(i, prints[static_cast<std::size_t>(i - 1)]);
      EXPECT_TRUE(engine.save(folder / "engine.idx").has_value());
      for (int i = 2; i <= kSongs; ++i) engine.remove(i);
    }
    stop = true;
  });
  int searches = 0;
  while (!stop || searches == 0) {
    const auto matches = engine.search(query, {});
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(matches[0].recording, 1);
    ++searches;
  }
}

TEST_F(EngineTest, ADamagedListIsRefused) {
  Engine engine = full_engine();
  const test::TempDir folder;
  const auto file = folder / "engine.idx";
  ASSERT_OK(engine.save(file));
  ASSERT_OK_AND(Bytes bytes, read_file(file, 1ULL << 30));

  EXPECT_FAILS(Engine::load(folder / "none.idx"), ErrorCode::kNotFound);
  bytes[bytes.size() / 3] ^= std::byte{4};
  ASSERT_OK(write_file_atomically(file, bytes));
  EXPECT_FAILS(Engine::load(file), ErrorCode::kCorrupt);
  ASSERT_OK(write_file_atomically(file, std::span(bytes).first(10)));
  EXPECT_FAILS(Engine::load(file), ErrorCode::kCorrupt);
}

TEST_F(EngineTest, AMissingSegmentIsCorrupt) {
  Engine engine = full_engine();
  const test::TempDir folder;
  ASSERT_OK(engine.save(folder / "engine.idx"));
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    if (entry.path().extension() == ".segment") std::filesystem::remove(entry.path());
  }
  EXPECT_FAILS(Engine::load(folder / "engine.idx"), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace earmark::index
