#include "monetization/payouts.h"

#include "tests/monetization/fixture.h"

namespace earmark::monetization {
namespace {

class PayoutsTest : public BooksTest {
 protected:
  void SetUp() override {
    BooksTest::SetUp();
    earn(october("3600.00 USD"));  // Label's part is 18.00
    clock_.advance(std::chrono::days(30));
  }
  std::map<std::string, Payout> pay(bool dry_run = false) {
    PayoutRun run;
    run.dry_run = dry_run;
    const auto payouts = books_->pay_out(run);
    EXPECT_TRUE(payouts) << payouts.error().message;
    std::map<std::string, Payout> by_account;
    if (payouts) {
      for (const auto& payout : *payouts) by_account[payout.account] = payout;
    }
    return by_account;
  }
};

TEST_F(PayoutsTest, PaysWhatIsOldEnoughOnce) {
  EXPECT_EQ(pay(true).at("party:Label").paid.micros, 18'000'000);
  EXPECT_EQ(balance("party:Label"), 18'000'000) << "a dry run pays nothing";
  const auto paid = pay().at("party:Label");
  EXPECT_EQ(paid.outcome, Payout::Outcome::kPaid);
  EXPECT_EQ(balance("party:Label"), 0);
  EXPECT_EQ(balance("external:payout.bank"), 3'240'000'000);
  EXPECT_TRUE(pay().empty());
  // It came back, and is paid again.
  ASSERT_OK(books_->reverse(paid.transaction_id, "account closed"));
  EXPECT_EQ(balance("party:Label"), 18'000'000);
  clock_.advance(std::chrono::days(31));
  EXPECT_EQ(pay().at("party:Label").outcome, Payout::Outcome::kPaid);
  EXPECT_EQ(balance("party:Label"), 0);
  expect_healthy();
}

TEST_F(PayoutsTest, WaitsForHoldAndThreshold) {
  PaymentTerms terms;
  terms.hold_days = 60;
  ASSERT_OK(books_->set_terms("", terms, "Ann"));
  EXPECT_EQ(pay().at("party:Label").outcome, Payout::Outcome::kBelowThreshold);
  terms.hold_days = 0;
  terms.threshold_micros = 18'000'001;
  ASSERT_OK(books_->set_terms("party:Label", terms, "Ann"));
  EXPECT_EQ(pay().at("party:Label").outcome, Payout::Outcome::kBelowThreshold);
  terms.threshold_micros = 18'000'000;
  terms.held_reason = "address missing";
  ASSERT_OK(books_->set_terms("party:Label", terms, "Ann"));
  const auto held = pay().at("party:Label");
  EXPECT_EQ(held.outcome, Payout::Outcome::kHeld);
  EXPECT_EQ(held.reason, "address missing");
  terms.held_reason.clear();
  ASSERT_OK(books_->set_terms("party:Label", terms, "Ann"));
  EXPECT_EQ(pay().at("party:Label").outcome, Payout::Outcome::kPaid);
  EXPECT_FAILS(books_->set_terms("escrow:clm_1", terms, "Ann"), ErrorCode::kInvalidArgument);
  terms.hold_days = -1;
  EXPECT_FAILS(books_->set_terms("", terms, "Ann"), ErrorCode::kInvalidArgument);
}

TEST_F(PayoutsTest, NeverPaysWhatWasDisputedAMomentAgo) {
  attribute();
  step("dispute", "uploader");
  EXPECT_FALSE(pay().contains("party:Label"));
  EXPECT_EQ(balance(escrow()), 18'000'000);
}

TEST_F(PayoutsTest, LeavesADebtWhereAPaidClaimIsLost) {
  pay();
  step("dispute", "uploader");
  step("release", "claimant");
  attribute();
  EXPECT_EQ(balance("party:Label"), -18'000'000) << "to be set off against what it earns next";
  EXPECT_EQ(balance(show()), 18'000'000);
  EXPECT_FALSE(pay().contains("party:Label"));
  expect_healthy();
}

TEST_F(PayoutsTest, PaysInAnotherCurrencyAtADatedRate) {
  PaymentTerms terms;
  terms.currency = Currency::parse("EUR").value();
  ASSERT_OK(books_->set_terms("party:Label", terms, "Ann"));
  EXPECT_EQ(pay().at("party:Label").outcome, Payout::Outcome::kNoRate);
  EXPECT_EQ(balance("party:Label"), 18'000'000);
  Rate rate;
  rate.base = Currency::parse("EUR").value();
  rate.quote = Currency::parse("USD").value();
  rate.day = day_of(clock_.now()) - std::chrono::days(1);
  ASSERT_OK(parse_rate("1.0842", rate));
  ASSERT_OK(books_->put_rate(rate));
  const auto paid = pay().at("party:Label");
  EXPECT_EQ(to_string(paid.paid), "16.602103 EUR");  // 18 / 1.0842 = 16.60210293…
  EXPECT_EQ(balance("platform:exchange"), 18'000'000);
  EXPECT_EQ(balance("platform:exchange", "EUR"), -16'602'103);
  EXPECT_EQ(balance("external:payout.bank", "EUR"), 16'602'103);
  expect_healthy();
}

TEST_F(PayoutsTest, ReversesNothingButPayouts) {
  const auto done = attribute();
  EXPECT_FAILS(books_->reverse(done.at(0).transaction_id, ""), ErrorCode::kConflict);
  EXPECT_FAILS(books_->reverse("txn_none", ""), ErrorCode::kNotFound);
}

TEST_F(PayoutsTest, TellsHowLongMoneyWaits) {
  share(song_.id, {{"Label", 250'000, {}, Timestamp{}, std::nullopt}});
  attribute();
  step("dispute", "uploader");
  attribute();
  step("retract", "uploader");
  attribute();
  clock_.advance(std::chrono::days(70));
  ASSERT_OK_AND(const auto kept, books_->kept());
  ASSERT_EQ(kept.size(), 1U) << "what was reversed waits no more";
  EXPECT_EQ(kept[0].account, account(AccountKind::kUnclaimed, song_.id));
  EXPECT_EQ(kept[0].amount.micros, 13'500'000);
  EXPECT_EQ(kept[0].under_year, 13'500'000);
  EXPECT_EQ(kept[0].oldest, parse_when("2023-11-01").value() - std::chrono::milliseconds(1));
}

}  // namespace
}  // namespace earmark::monetization
