#include "monetization/tariff.h"

#include "tests/support/result_matchers.h"

namespace earmark::monetization {
namespace {

Tariff tariff(const std::vector<std::string>& settings) {
  auto parsed = parse_tariff("house", settings);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed.value_or(Tariff());
}

TEST(Tariff, ReadsWhatItWrites) {
  const auto all = tariff({"work=20%", "fee.processing=2.9%", "fee.platform=15%", "floor=40%", "cap=33.3333%",
                           "min_length=5s", "overlap=each", "weight.melody=50%", "weight.sting=25%",
                           "audience.DE=7", "audience.AT=3"});
  EXPECT_EQ(settings_of(all), settings_of(tariff(settings_of(all))));
  EXPECT_EQ(all.fees.at(0).name, "platform");
  EXPECT_EQ(all.cap, 333'333);
  EXPECT_EQ(all.min_length_ms, 5000);
  EXPECT_EQ(all.audience.at("DE"), 7);
  EXPECT_EQ(settings_of(tariff({})), settings_of(Tariff()));
}

TEST(Tariff, WeightsOfMatchAndUseMultiply) {
  const auto both = tariff({"weight.melody=50%", "weight.sting=25%"});
  EXPECT_EQ(both.weight_of(registry::MatchType::kMelody, UseKind::kSting), 125'000);
  EXPECT_EQ(both.weight_of(registry::MatchType::kRecording, UseKind::kWhole), registry::kWhole);
}

TEST(Tariff, NamesWhatMakesNoSense) {
  for (const char* setting :
       {"floor", "floor=half", "floor=101%", "colour=5%", "weight.song=5%", "fee.=5%", "fee.A b=5%",
        "overlap=none", "min_length=long", "audience.XX=4", "audience.DE=-1"}) {
    const auto parsed = parse_tariff("house", std::vector<std::string>{setting});
    SCOPED_TRACE(setting);
    EXPECT_FAILS(parsed, ErrorCode::kInvalidArgument);
  }
  EXPECT_FAILS(parse_tariff("", {}), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(parse_tariff("house", std::vector<std::string>{"fee.a=60%", "fee.b=41%"}),
               ErrorCode::kInvalidArgument);
  EXPECT_FAILS(parse_tariff("house", std::vector<std::string>{"fee.a=6%", "fee.a=4%"}),
               ErrorCode::kInvalidArgument);
}

TEST(UseKind, IsToldFromLengths) {
  EXPECT_EQ(kind_of(4999, 180'000), UseKind::kSting);
  EXPECT_EQ(kind_of(5000, 180'000), UseKind::kExcerpt);
  EXPECT_EQ(kind_of(162'000, 180'000), UseKind::kWhole);
  EXPECT_EQ(kind_of(3000, 3000), UseKind::kWhole) << "a jingle that is played whole";
}

}  // namespace
}  // namespace earmark::monetization
