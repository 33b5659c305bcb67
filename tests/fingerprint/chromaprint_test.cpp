#include "fingerprint/chromaprint.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "fingerprint/types.h"
#include "tests/support/result_matchers.h"
#include "tests/support/signals.h"

namespace earmark::fingerprint {
namespace {

using Items = std::vector<std::uint32_t>;

constexpr const char* kSixItems = "AQAABkcOJUmSJEmSJEmSJEmCJM2kREsUJQCTLBIVDhkD";

// Source: what libchromaprint 1.5.1 writes for these items.
TEST(ParseChromaprint, ReadsWhatTheLibraryWrites) {
  EXPECT_EQ(parse_chromaprint("AQAAAQE").value(), Items{1});
  EXPECT_EQ(parse_chromaprint("AQAAAkEA").value(), (Items{1, 0}));
  EXPECT_EQ(parse_chromaprint(kSixItems).value(),
            (Items{0x80000000U, 1, 0xffffffffU, 0x12345678U, 0x12345678U, 0}));
}

TEST(ParseChromaprint, RefusesWhatIsNone) {
  const std::string text = kSixItems;
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_FAILS(parse_chromaprint(text.substr(0, length)), ErrorCode::kInvalidArgument);
  }
  for (const char* bad : {"", "AQ", "AQAAAA", "AgAAAQE", "AQ//////", "not base64!", "AQ________"}) {
    EXPECT_FAILS(parse_chromaprint(bad), ErrorCode::kInvalidArgument);
  }
  EXPECT_FAILS(parse_chromaprint(std::string(1 << 20, 'A')), ErrorCode::kInvalidArgument);
}

TEST(ParseChromaprint, SurvivesDamage) {
  std::mt19937 random(5);
  for (int round = 0; round < 20'000; ++round) {
    std::string damaged = kSixItems;
    for (int i = 0; i < 3; ++i) damaged[random() % damaged.size()] = "AQx_-9bZ"[random() % 8];
    const auto items = parse_chromaprint(damaged);
    if (items) {
      EXPECT_LE(items->size(), 65'536U);
    }
  }
}

TEST(ChromaprintOf, IsTheSameForTheSameSamples) {
  std::vector<std::int16_t> samples;
  for (const float sample : test::song(3, 20.0, kSampleRate))
    samples.push_back(static_cast<std::int16_t>(std::lround(sample * 30'000.0F)));

  const auto first = chromaprint_of(samples);

  if (!first && first.error().code == ErrorCode::kUnavailable) GTEST_SKIP() << first.error().message;
  ASSERT_OK(first);
  EXPECT_GT(first->size(), 120U);
  EXPECT_EQ(*chromaprint_of(samples), *first);
  EXPECT_TRUE(chromaprint_of({})->empty());
  EXPECT_TRUE(chromaprint_of(std::span(samples).first(1000))->empty());
}

}  // namespace
}  // namespace earmark::fingerprint
