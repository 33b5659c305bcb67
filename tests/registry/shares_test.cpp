#include "registry/shares.h"

#include <random>

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace earmark::registry {
namespace {

constexpr Timestamp at_day(int day) { return Timestamp(std::chrono::days(day)); }

Share share(const std::string& party, Ppm ppm, const std::string& territories, int from = 0, int to = -1) {
  Share one;
  one.party = party;
  one.ppm = ppm;
  one.territories = Territories::parse(territories).value();
  one.valid_from = at_day(from);
  if (to >= 0) one.valid_to = at_day(to);
  return one;
}

TEST(Territories, AreReadAndPrinted) {
  const auto canonical = [](std::string_view text) { return Territories::parse(text).value().text(); };
  EXPECT_EQ(canonical(""), "WW");
  EXPECT_EQ(canonical("ww"), "WW");
  EXPECT_EQ(canonical("de,at  CH"), "AT CH DE");
  EXPECT_EQ(canonical("WW -us -CA"), "WW -CA -US");
  EXPECT_EQ(canonical("-US"), "WW -US");
  for (const char* bad : {"D", "DEU", "EU", "Germany", "WW DE", "DE -AT", "--DE", "\xff\xff"})
    EXPECT_FAILS(Territories::parse(bad), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(Territories::parse("WW -US")->contains("DE"));
  EXPECT_FALSE(Territories::parse("WW -US")->contains("US"));
  EXPECT_TRUE(Territories::parse("WW -US")->contains(kElsewhere));
  EXPECT_FALSE(Territories::parse("DE")->contains(kElsewhere));
}

TEST(Shares, AreReadExactly) {
  EXPECT_EQ(parse_share("50%"), 500'000);
  EXPECT_EQ(parse_share("33.3333 %"), 333'333);
  EXPECT_EQ(parse_share("0.5%"), 5'000);
  EXPECT_EQ(parse_share("100%"), kWhole);
  EXPECT_EQ(parse_share("250000"), 250'000);
  for (const char* bad : {"", "%", "101%", "33.33333%", "-5%", "1e3", "0.5", "50 percent", "1000001", "5.%5"})
    EXPECT_FAILS(parse_share(bad), ErrorCode::kInvalidArgument);
  EXPECT_EQ(show_share(333'333), "33.3333 %");
  EXPECT_EQ(show_share(kWhole), "100 %");
}

TEST(Shares, OfAllNumbersComeBackAsTheyWerePrinted) {
  for (Ppm ppm = 0; ppm <= kWhole; ppm += 997) EXPECT_EQ(parse_share(show_share(ppm)), ppm);
}

TEST(Shares, AreHeldWhereAndWhenTheySay) {
  const Share all[] = {share("Label", 600'000, "WW -US"), share("Sub", 400'000, "DE AT", 10, 20),
                       share("Label", 100'000, "DE")};

  EXPECT_EQ(holdings_in(all, "DE", at_day(15)), (std::vector<Holding>{{"Label", 700'000}, {"Sub", 400'000}}));
  EXPECT_EQ(holdings_in(all, "DE", at_day(20)), (std::vector<Holding>{{"Label", 700'000}}));
  EXPECT_TRUE(holdings_in(all, "US", at_day(15)).empty());
  EXPECT_EQ(holdings_in(all, kElsewhere, at_day(15)), (std::vector<Holding>{{"Label", 600'000}}));
}

TEST(Shares, ThatAreMoreThanTheWholeAreConflicts) {
  const Share all[] = {share("Label", 600'000, "WW"), share("Sub", 500'000, "DE", 10, 20),
                       share("Third", 500'000, "DE", 20, 30)};

  EXPECT_EQ(conflicts_of(all), (std::vector<ShareConflict>{{"DE", 1'100'000, at_day(10), at_day(30)}}));
  EXPECT_TRUE(conflicts_of({}).empty());
  const Share open_end[] = {share("A", kWhole, "WW"), share("B", 1, "WW", 5)};
  EXPECT_EQ(conflicts_of(open_end), (std::vector<ShareConflict>{{"*", kWhole + 1, at_day(5), std::nullopt}}));
}

/// Conflicts say exactly where and when the sum is more than the whole: compared with asking at every place
/// and day.
TEST(SharesProperty, ConflictsAreWhereTheSumIsTooLarge) {
  std::mt19937 random(11);
  const std::vector<std::string> territories = {"WW", "WW -DE", "DE", "DE AT", "US", "WW -US -AT"};
  for (int round = 0; round < 200; ++round) {
    std::vector<Share> all;
    for (std::size_t i = 0, n = random() % 6; i < n; ++i) {
      const int from = static_cast<int>(random() % 10);
      const int to = random() % 2 == 0 ? -1 : from + 1 + static_cast<int>(random() % 10);
      all.push_back(share(std::string(1, static_cast<char>('A' + random() % 3)),
                          static_cast<Ppm>(random() % 800'000), territories[random() % territories.size()],
                          from, to));
    }
    const auto conflicts = conflicts_of(all);
    for (const auto& where : territories_of(all)) {
      for (int day = 0; day < 25; ++day) {
        const bool too_much = total_of(holdings_in(all, where, at_day(day))) > kWhole;
        const bool is_named =
            std::any_of(conflicts.begin(), conflicts.end(), [&](const ShareConflict& conflict) {
              return conflict.territory == where && conflict.valid_from <= at_day(day) &&
                     (!conflict.valid_to || at_day(day) < *conflict.valid_to);
            });
        ASSERT_EQ(too_much, is_named) << where << " on day " << day << " in round " << round;
      }
    }
  }
}

}  // namespace
}  // namespace earmark::registry
