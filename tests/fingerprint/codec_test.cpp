#include "fingerprint/codec.h"

#include <random>

#include <gtest/gtest.h>

#include "core/hash.h"
#include "tests/support/result_matchers.h"

namespace earmark::fingerprint {
namespace {

/// Any fingerprint that the format can hold, from a seed.
Fingerprint random_fingerprint(std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  Fingerprint fingerprint;
  fingerprint.model_version = below(10);
  fingerprint.density = below(2) == 0 ? Density::kQuery : Density::kReference;
  const std::uint32_t count = below(400);
  std::uint32_t frame = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t step = below(20) == 0 ? below(5000) : below(4);
    frame += step;
    Peak peak{frame, static_cast<std::uint16_t>(below(4000)), static_cast<std::uint8_t>(below(128))};
    if (step == 0 && i > 0 && peak.bin16 <= fingerprint.peaks.back().bin16) ++peak.frame, ++frame;
    fingerprint.peaks.push_back(peak);
  }
  fingerprint.samples = (std::uint64_t{frame} + 1 + below(1000)) * kFrameHop;
  fingerprint.embeddings.resize(below(50));
  for (auto& embedding : fingerprint.embeddings) {
    for (auto& value : embedding) value = static_cast<std::int8_t>(below(256));
  }
  for (auto& value : fingerprint.item) value = static_cast<std::int8_t>(below(256));
  return fingerprint;
}

TEST(Emfp, RoundTrips) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    const Fingerprint fingerprint = random_fingerprint(seed);
    ASSERT_OK_AND(const auto again, decode(encode(fingerprint)));
    EXPECT_EQ(again, fingerprint) << seed;
  }
}

TEST(Emfp, EveryFlippedBitAndEveryCutIsSeen) {
  const Bytes bytes = encode(random_fingerprint(11));
  for (std::size_t i = 0; i < bytes.size(); i += 37) {
    Bytes damaged = bytes;
    damaged[i] ^= std::byte{0x10};
    EXPECT_FALSE(decode(damaged).has_value()) << i;
    EXPECT_FALSE(decode(std::span(bytes).first(i)).has_value()) << i;
  }
}

TEST(Emfp, LyingContentUnderAValidChecksumIsRefusedWithoutHarm) {
  const Bytes good = encode(random_fingerprint(12));
  std::mt19937 random(1);
  int refused = 0;
  for (int round = 0; round < 2000; ++round) {
    Bytes bytes(good.begin(), good.end() - 32);
    for (int flips = 0; flips < 3; ++flips)
      bytes[4 + random() % (bytes.size() - 4)] = static_cast<std::byte>(random());
    const Sha256 digest = sha256(bytes);
    bytes.insert(bytes.end(), digest.begin(), digest.end());
    const auto decoded = decode(bytes);
    refused += decoded ? 0 : 1;
    if (!decoded) continue;
    for (const Peak& peak : decoded->peaks) {
      ASSERT_LT(peak.bin(), kPeakBins);
      ASSERT_LT(std::uint64_t{peak.frame} * kFrameHop, decoded->samples);
    }
  }
  EXPECT_GT(refused, 10);  // most flips hit embeddings, where every byte is legal
}

TEST(Emfp, AnotherVersionIsUnsupportedNotCorrupt) {
  Bytes bytes = encode(random_fingerprint(13));
  bytes.resize(bytes.size() - 32);
  bytes[4] = std::byte{99};
  const Sha256 digest = sha256(bytes);
  bytes.insert(bytes.end(), digest.begin(), digest.end());
  EXPECT_FAILS(decode(bytes), ErrorCode::kUnsupported);
}

TEST(Emfp, OtherFilesAreNotMistaken) {
  EXPECT_FALSE(looks_like_emfp({}));
  EXPECT_FALSE(looks_like_emfp(as_bytes("RIFF....WAVE")));
  EXPECT_FAILS(decode(as_bytes("EMFP")), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace earmark::fingerprint
