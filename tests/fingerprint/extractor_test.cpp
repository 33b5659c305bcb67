#include "fingerprint/extractor.h"

#include <algorithm>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "fingerprint/codec.h"
#include "fingerprint/peaks.h"
#include "tests/support/signals.h"

namespace earmark::fingerprint {
namespace {

Fingerprint extract(std::span<const float> samples, std::size_t piece) {
  Extractor extractor;
  for (std::size_t at = 0; at < samples.size(); at += piece) {
    extractor.push(samples.subspan(at, std::min(piece, samples.size() - at)));
  }
  return extractor.finish();
}

TEST(Extractor, GivesTheSameBytesHoweverTheSamplesAreCut) {
  const auto samples = test::song(1, 12.0, kSampleRate);
  const Bytes whole = encode(extract(samples, samples.size()));

  for (const std::size_t piece : {std::size_t{1}, std::size_t{160}, std::size_t{1000}, std::size_t{65536}}) {
    EXPECT_EQ(encode(extract(samples, piece)), whole) << piece;
  }
}

TEST(Extractor, SettledPiecesTogetherAreTheWhole) {
  const auto samples = test::song(1, 12.3, kSampleRate);
  const Fingerprint whole = extract(samples, samples.size());

  Extractor extractor;
  std::vector<Peak> peaks;
  std::vector<Embedding> embeddings;
  for (std::size_t at = 0; at < samples.size(); at += 3000) {
    extractor.push(std::span(samples).subspan(at, std::min<std::size_t>(3000, samples.size() - at)));
    auto settled = extractor.take_settled();
    EXPECT_EQ(settled.frames % kBlockFrames, 0);
    for (const Peak& peak : settled.peaks) EXPECT_LT(peak.frame, settled.frames);
    peaks.insert(peaks.end(), settled.peaks.begin(), settled.peaks.end());
    embeddings.insert(embeddings.end(), settled.embeddings.begin(), settled.embeddings.end());
  }
  const Fingerprint rest = extractor.finish();
  peaks.insert(peaks.end(), rest.peaks.begin(), rest.peaks.end());
  embeddings.insert(embeddings.end(), rest.embeddings.begin(), rest.embeddings.end());

  EXPECT_LT(rest.peaks.size(), whole.peaks.size() / 4) << "most of it had settled";
  EXPECT_EQ(peaks, whole.peaks);
  EXPECT_EQ(embeddings, whole.embeddings);
}

TEST(Extractor, FindsPeaksAndEmbeddingsInMusic) {
  const auto samples = test::song(2, 10.0, kSampleRate);

  const Fingerprint fingerprint = extract(samples, 4096);

  EXPECT_EQ(fingerprint.samples, samples.size());
  EXPECT_EQ(fingerprint.duration_ms(), 10000U);
  EXPECT_GT(fingerprint.peaks.size(), 200U);
  EXPECT_EQ(fingerprint.embeddings.size(),
            35U);  // a patch spans 34 rows of 32 ms: (10 s - 1.12 s) / 0.256 s, and the first
  EXPECT_NE(fingerprint.item, Embedding{});
  EXPECT_TRUE(
      std::is_sorted(fingerprint.peaks.begin(), fingerprint.peaks.end(), [](const Peak& a, const Peak& b) {
        return a.frame != b.frame ? a.frame < b.frame : a.bin16 < b.bin16;
      }));
}

TEST(Extractor, IsSilentAboutSilenceAndShortness) {
  EXPECT_TRUE(extract({}, 1).peaks.empty());
  EXPECT_TRUE(extract(std::vector<float>(1, 0.5F), 1).peaks.empty());
  EXPECT_TRUE(extract(std::vector<float>(511, 0.5F), 64).peaks.empty());
  const Fingerprint silence = extract(std::vector<float>(40000, 0.0F), 4096);
  EXPECT_TRUE(silence.peaks.empty());
  EXPECT_EQ(silence.item, Embedding{});
}

TEST(Extractor, MakesOneEmbeddingOfALittleLessThanAPatch) {
  const auto song = test::song(4, 3.0, kSampleRate);
  const auto cut = [&](double seconds) {
    return std::vector<float>(song.begin(),
                              song.begin() + static_cast<std::ptrdiff_t>(seconds * kSampleRate));
  };
  const Fingerprint whole = extract(cut(1.2), 4096);
  const Fingerprint brief = extract(cut(1.0), 4096);
  ASSERT_EQ(whole.embeddings.size(), 1U);
  ASSERT_EQ(brief.embeddings.size(), 1U);
  double dot = 0.0;
  double squares = 0.0;
  for (std::size_t i = 0; i < kEmbeddingDims; ++i) {
    dot += static_cast<double>(whole.embeddings[0][i]) * brief.embeddings[0][i];
    squares += static_cast<double>(whole.embeddings[0][i]) * whole.embeddings[0][i];
  }
  EXPECT_GT(dot / squares, 0.5);
  EXPECT_TRUE(extract(cut(0.8), 4096).embeddings.empty());
}

TEST(Extractor, SurvivesWhatIsNoNumber) {
  auto samples = test::song(3, 3.0, kSampleRate);
  samples[1000] = std::numeric_limits<float>::quiet_NaN();
  samples[2000] = std::numeric_limits<float>::infinity();
  samples[3000] = 1e30F;

  const Fingerprint fingerprint = extract(samples, 4096);

  EXPECT_GT(fingerprint.peaks.size(), 20U);
}

TEST(Thin, KeepsTheStrongestPeaksAndEverySecondEmbedding) {
  auto samples = test::noise(4, std::size_t{20} * kSampleRate, 0.3F);  // noise has more peaks than are kept
  const Fingerprint full = extract(samples, 4096);

  const Fingerprint reference = thin(full);

  EXPECT_EQ(reference.density, Density::kReference);
  EXPECT_EQ(reference.embeddings.size(), (full.embeddings.size() + 1) / 2);
  EXPECT_EQ(reference.embeddings[1], full.embeddings[2]);
  EXPECT_LT(reference.peaks.size(), full.peaks.size());
  for (const Peak& peak : reference.peaks) EXPECT_LT(peak.rank, kReferencePeaksPerBlock);
  EXPECT_EQ(thin(reference), reference);
}

}  // namespace
}  // namespace earmark::fingerprint
