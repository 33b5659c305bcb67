#include "monetization/attribution.h"

#include "tests/monetization/fixture.h"

namespace earmark::monetization {
namespace {

using registry::Share;
using registry::Territories;

// The standard tariff takes 10 %; 20 s of an hour are 1/180 of the rest: 0.5 of 90.

TEST_F(BooksTest, SplitsWhatAnEpisodeEarned) {
  const auto id = earn(october("100.00 USD"));
  EXPECT_EQ(balance(std::string(kUnattributed)), 100'000'000);

  const auto done = attribute();

  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0].outcome, Attributed::Outcome::kNew);
  EXPECT_EQ(done[0].revenue_id, id);
  EXPECT_EQ(sheet(), (Sheet{{"USD external:ads", -100'000'000},
                            {"USD party:Label", 500'000},
                            {"USD platform:fee.platform", 10'000'000},
                            {"USD " + show(), 89'500'000}}));
  EXPECT_EQ(attribute().at(0).outcome, Attributed::Outcome::kUnchanged);
  expect_healthy();
}

TEST_F(BooksTest, KnowsTheSameRevenueTwice) {
  const auto first = earn(october("100.00 USD"));
  EXPECT_EQ(earn(october("100.00 USD")), first);
  auto other = october("100.00 USD");
  other.reference = "second invoice";
  EXPECT_NE(earn(other), first);
  EXPECT_EQ(balance("external:ads"), -200'000'000);
}

TEST_F(BooksTest, RefusesRevenueThatMakesNoSense) {
  auto revenue = october("1 USD");
  revenue.guid = "guid-9";
  EXPECT_FAILS(books_->earn(revenue), ErrorCode::kNotFound);
  revenue = october("1 USD");
  revenue.amount.micros = 0;
  EXPECT_FAILS(books_->earn(revenue), ErrorCode::kInvalidArgument);
  revenue = october("1 USD");
  revenue.until = revenue.from;
  EXPECT_FAILS(books_->earn(revenue), ErrorCode::kInvalidArgument);
  revenue = october("1 USD");
  revenue.source = "ads\n";
  EXPECT_FAILS(books_->earn(revenue), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(sheet().empty());
}

TEST_F(BooksTest, HoldsADisputedClaimInEscrowAndEndsAsItEnds) {
  earn(october("100.00 USD"));
  attribute();
  const Sheet standing = sheet();

  step("dispute", "uploader");
  const auto disputed = attribute();
  EXPECT_EQ(disputed.at(0).outcome, Attributed::Outcome::kChanged);
  EXPECT_NE(disputed.at(0).reason.find("stands to contested"), std::string::npos) << disputed.at(0).reason;
  EXPECT_EQ(balance("party:Label"), 0);
  EXPECT_EQ(balance(escrow()), 500'000);

  step("retract", "uploader");
  attribute();
  EXPECT_EQ(sheet(), standing) << "as if nobody had disputed it";

  step("dispute", "uploader");
  step("uphold", "claimant");
  attribute();
  EXPECT_EQ(balance(escrow()), 500'000) << "it can still be appealed";
  clock_.advance(std::chrono::days(31));
  ASSERT_OK(registry_->claims().tick());
  attribute();
  EXPECT_EQ(sheet(), standing) << "closed for the claimant";
  expect_healthy();
}

TEST_F(BooksTest, GivesTheShowWhatAReleasedClaimHeld) {
  earn(october("100.00 USD"));
  attribute();
  step("dispute", "uploader");
  attribute();
  step("release", "claimant");
  attribute();
  EXPECT_EQ(balance("party:Label"), 0);
  EXPECT_EQ(balance(escrow()), 0);
  EXPECT_EQ(balance(show()), 90'000'000);
  expect_healthy();
}

TEST_F(BooksTest, RefundsRestoreEveryBalance) {
  const auto kept = earn(october("60.00 USD"));
  attribute();
  const Sheet before = sheet();
  auto other = october("33.333333 USD");
  other.reference = "to be refunded";
  const auto refunded = earn(other);
  attribute();
  step("dispute", "uploader");
  attribute();
  refund(refunded, 11'111'111);
  attribute();
  EXPECT_EQ(balance("external:ads"), -82'222'222);
  refund(refunded);
  step("retract", "uploader");
  attribute();
  EXPECT_EQ(sheet(), before);
  EXPECT_FAILS(books_->refund({refunded, 1, "more"}), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(books_->refund({kept, 60'000'001, ""}), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(books_->refund({"rev_none", 1, ""}), ErrorCode::kNotFound);
  expect_healthy();
}

TEST_F(BooksTest, FollowsSharesByTerritoryAndTime) {
  const auto january = parse_rfc3339("2023-01-01T00:00:00Z").value();
  const auto november = parse_rfc3339("2023-11-01T00:00:00Z").value();
  share(song_.id, {{"Old", registry::kWhole, {}, january, november},
                   {"New", registry::kWhole, {}, november, std::nullopt}});
  earn(october("100.00 USD"));
  attribute();
  EXPECT_EQ(balance("party:Old"), 500'000);
  share(song_.id, {{"Germany", registry::kWhole, Territories::parse("DE").value(), january, std::nullopt},
                   {"Else", 400'000, Territories::parse("WW -DE").value(), january, std::nullopt}});
  listen("DE", 0, 3'600'000, 3);
  listen("FR", 0, 3'600'000, 1);
  attribute();
  EXPECT_EQ(balance("party:Old"), 0);
  EXPECT_EQ(balance("party:Germany"), 375'000);
  EXPECT_EQ(balance("party:Else"), 50'000);
  EXPECT_EQ(balance(account(AccountKind::kUnclaimed, song_.id)), 75'000);
  expect_healthy();
}

TEST_F(BooksTest, CountsOnlyWhatWasHeard) {
  earn(october("100.00 USD"));
  listen("*", 0, 600'000, 10);  // all of them stopped before the song
  attribute();
  EXPECT_EQ(balance("party:Label"), 0);
  listen("*", 600'000, 620'000, 10);
  attribute();
  EXPECT_EQ(balance("party:Label"), 2'903'226) << "20 of 620 seconds of 90.00";
  listen("*", 600'000, 620'000, 10);  // the same batch again
  EXPECT_EQ(attribute().at(0).outcome, Attributed::Outcome::kUnchanged);
}

TEST_F(BooksTest, ClosedPeriodsChangeOnlyByOutcomesAndFoundOwners) {
  share(song_.id, {{"Half", 500'000, {}, Timestamp{}, std::nullopt}});
  earn(october("100.00 USD"));
  attribute();
  ASSERT_OK(books_->close(parse_when("2023-11-01").value(), "Ann"));
  const Sheet closed = sheet();

  use({"fee.platform=50%"});
  listen("*", 600'000, 620'000, 100);
  EXPECT_EQ(attribute().at(0).outcome, Attributed::Outcome::kUnchanged);
  EXPECT_EQ(sheet(), closed);

  share(song_.id, {{"Half", 500'000, {}, Timestamp{}, std::nullopt},
                   {"Found", 500'000, {}, Timestamp{}, std::nullopt}});
  attribute();
  EXPECT_EQ(balance("party:Found"), 250'000);
  share(song_.id, {{"Third", registry::kWhole, {}, Timestamp{}, std::nullopt}});
  EXPECT_EQ(attribute().at(0).outcome, Attributed::Outcome::kUnchanged) << "what had owners stays theirs";

  step("dispute", "uploader");
  attribute();
  EXPECT_EQ(balance(escrow()), 500'000);
  EXPECT_FAILS(books_->close(parse_when("2023-10-15").value(), "Ann"), ErrorCode::kConflict);
  LineFilter october_only;
  october_only.until = parse_when("2023-11-01").value();
  ASSERT_OK_AND(const auto lines, books_->lines(october_only));
  for (const auto& line : lines) EXPECT_TRUE(line.transaction.reverses.empty()) << "corrections came later";
  expect_healthy();
}

TEST_F(BooksTest, FollowsTheNewestVersionOfAnEpisode) {
  earn(october("100.00 USD"));
  attribute();
  const Sheet before = sheet();
  record(scan({}));  // the same audio again, and nothing is heard this time
  EXPECT_EQ(attribute().at(0).outcome, Attributed::Outcome::kUnchanged)
      << "the claim stands until it is given up";
  publish("https://cdn.example.org/2.mp3");
  attribute();
  EXPECT_EQ(sheet(), before) << "not scanned yet";
  record(scan({sighting(1'200'000)}));
  EXPECT_EQ(claims().size(), 2U) << "the use moved";
  attribute();
  EXPECT_EQ(sheet(), before) << "as long as before";
  publish("https://cdn.example.org/3.mp3");
  record(scan({}));
  attribute();
  EXPECT_EQ(balance("party:Label"), 0);
  expect_healthy();
}

TEST_F(BooksTest, WaitsForAScan) {
  const registry::EpisodeInput input[] = {
      {"guid-1", "One", std::nullopt, episode_.enclosure_url, "audio/mpeg", 1000},
      {"guid-2", "Two", std::nullopt, "https://cdn.example.org/2.mp3", "audio/mpeg", 1000}};
  ASSERT_OK(registry_->feeds().upsert_episodes(feed_.key, input));
  auto revenue = october("5 USD");
  revenue.guid = "guid-2";
  earn(revenue);
  EXPECT_EQ(attribute().at(0).outcome, Attributed::Outcome::kWaiting);
  EXPECT_EQ(balance(std::string(kUnattributed)), 5'000'000);
  const auto closed = books_->close(parse_when("2023-11-01").value(), "Ann");
  EXPECT_FAILS(closed, ErrorCode::kConflict);
  EXPECT_NE(closed.error().message.find("guid-2"), std::string::npos);
}

TEST_F(BooksTest, ExplainsEveryLine) {
  use({"fee.platform=15%", "work=20%"});
  earn(october("100.00 USD"));
  listen("DE", 0, 3'600'000, 3);
  attribute();
  step("dispute", "uploader");
  attribute();
  ASSERT_OK_AND(const auto lines, books_->lines({}));
  std::size_t replayed = 0;
  for (const auto& line : lines) {
    ASSERT_OK_AND(const auto why, books_->explain(line.name()));
    EXPECT_EQ(why["amount_micros"], line.line.amount.micros);
    if (line.transaction.kind == "attribution") {
      EXPECT_TRUE(why["replayed"].get<bool>());
      EXPECT_EQ(why["tariff"]["name"], "house");
      ++replayed;
    }
    if (line.transaction.kind == "reversal") {
      EXPECT_EQ(why["reversed"]["amount_micros"], -line.line.amount.micros);
    }
  }
  EXPECT_EQ(replayed, 10U) << "two splits of five lines";
  LineFilter in_escrow;
  in_escrow.account = escrow();
  ASSERT_OK_AND(const auto held, books_->lines(in_escrow));
  ASSERT_FALSE(held.empty());
  ASSERT_OK_AND(const auto why, books_->explain(held[0].name()));
  EXPECT_EQ(why["use"]["claim_id"], claims().at(0).id);
  EXPECT_FAILS(books_->explain("txn_none/1"), ErrorCode::kNotFound);
  EXPECT_FAILS(books_->explain("nonsense"), ErrorCode::kInvalidArgument);
}

TEST_F(BooksTest, SaysWhatOtherRulesAndOutcomesWouldHaveMeant) {
  earn(october("100.00 USD"));
  attribute();
  const Sheet before = sheet();
  WhatIf other;
  other.tariff =
      parse_tariff("other", std::vector<std::string>{"fee.platform=10%", "weight.recording=50%"}).value();
  ASSERT_OK_AND(const auto halved, books_->what_if(other));
  ASSERT_EQ(halved.size(), 2U);
  EXPECT_EQ(halved[0].account, "party:Label");
  EXPECT_EQ(halved[0].then_micros, 250'000);
  EXPECT_EQ(halved[1].then_micros - halved[1].now_micros, 250'000);
  other = {};
  other.standings[claims().at(0).id] = Standing::kNone;
  ASSERT_OK_AND(const auto released, books_->what_if(other));
  ASSERT_EQ(released.size(), 2U);
  EXPECT_EQ(released[0].then_micros, 0);
  other.until = parse_when("2023-10-31").value();
  ASSERT_OK_AND(const auto earlier, books_->what_if(other));
  EXPECT_TRUE(earlier.empty());
  EXPECT_EQ(sheet(), before);
  // What is foretold is what comes.
  step("release", "claimant");
  attribute();
  EXPECT_EQ(balance("party:Label"), 0);
  EXPECT_EQ(balance(show()), released[1].then_micros);
}

TEST_F(BooksTest, KeepsTheVersionOfATariffThatCounted) {
  const auto tariff = [&](const char* fee) {
    return parse_tariff("house", std::vector<std::string>{std::string("fee.platform=") + fee}).value();
  };
  ASSERT_OK(books_->put_tariff(tariff("15%"), std::nullopt, "Ann"));
  ASSERT_OK_AND(const auto same, books_->put_tariff(tariff("15%"), std::nullopt, "Ann"));
  EXPECT_EQ(same.tariff.version, 1);
  ASSERT_OK_AND(const auto second,
                books_->put_tariff(tariff("20%"), parse_when("2023-11-01").value(), "Ann"));
  EXPECT_EQ(second.tariff.version, 2);
  EXPECT_FAILS(books_->put_tariff(tariff("25%"), parse_when("2023-10-01").value(), "Ann"),
               ErrorCode::kInvalidArgument);
  ASSERT_OK(books_->use_tariff({feed_.url, "house", Timestamp{}}, "Ann"));
  EXPECT_FAILS(books_->use_tariff({"", "nobody's", Timestamp{}}, "Ann"), ErrorCode::kNotFound);
  earn(october("100.00 USD"));
  auto november = october("100.00 USD");
  november.from = parse_when("2023-11-01").value();
  november.until = parse_when("2023-11-08").value();
  earn(november);
  attribute();
  EXPECT_EQ(balance("platform:fee.platform"), 35'000'000);
  EXPECT_EQ(books_->find_tariff("house@1").value().fees.at(0).rate, 150'000);
  EXPECT_EQ(books_->find_tariff("house").value().version, 2);
  EXPECT_FAILS(books_->find_tariff("house@3"), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace earmark::monetization
