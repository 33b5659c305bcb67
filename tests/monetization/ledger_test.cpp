#include "monetization/ledger.h"

#include "monetization/accounts.h"
#include "registry/place.h"
#include "registry/registry.h"
#include "storage/database.h"
#include "storage/session.h"
#include "tests/registry/fixture.h"

namespace earmark::monetization {
namespace {

class LedgerTest : public registry::RegistryTest {
 protected:
  void SetUp() override {
    RegistryTest::SetUp();
    registry_.reset();
    auto opened = storage::Session::open(registry::address_of(folder_ / "store").value(),
                                         storage::Session::Mode::kReadWrite);
    ASSERT_TRUE(opened) << opened.error().message;
    session_.emplace(std::move(*opened));
  }
  Ledger ledger() { return Ledger(*session_, clock_.now()); }
  NewTransaction transaction(const std::string& key,
                             const std::vector<std::pair<std::string, std::string>>& lines) {
    NewTransaction made;
    made.idempotency_key = key;
    made.kind = "test";
    made.at = clock_.now();
    for (const auto& [account, amount] : lines)
      made.lines.push_back({account, parse_money(amount).value(), "{}"});
    return made;
  }

  std::optional<storage::Session> session_;
};

TEST_F(LedgerTest, BooksWhatBalances) {
  auto books = ledger();
  ASSERT_OK_AND(
      const auto posted,
      books.post(transaction("1", {{"external:ads", "-3 USD"}, {"party:A", "2 USD"}, {"party:B", "1 USD"}})));
  EXPECT_TRUE(posted.is_new);
  EXPECT_EQ(books.balance("party:A", Currency::parse("USD").value()).value(), 2'000'000);
  ASSERT_OK_AND(const auto lines, books.lines_of(posted.id));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[1].name(), posted.id + "/2");
  ASSERT_OK_AND(const auto parties, books.balances("party:"));
  EXPECT_EQ(parties.size(), 2U);
  EXPECT_EQ(books.verify().value(), 1);
}

TEST_F(LedgerTest, RefusesWhatDoesNot) {
  auto books = ledger();
  EXPECT_FAILS(books.post(transaction("1", {{"external:ads", "-3 USD"}, {"party:A", "2 USD"}})),
               ErrorCode::kInvalidArgument);
  EXPECT_FAILS(books.post(transaction("1", {{"external:ads", "-3 USD"}, {"party:A", "3 EUR"}})),
               ErrorCode::kInvalidArgument);
  EXPECT_FAILS(books.post(transaction("1", {})), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(books.post(transaction("1", {{"pocket:A", "0 USD"}})), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(books.post(transaction("1", {{"party:", "0 USD"}})), ErrorCode::kInvalidArgument);
  EXPECT_EQ(books.verify().value(), 0);
}

TEST_F(LedgerTest, BooksTheSameKeyOnce) {
  auto books = ledger();
  const auto first = transaction("1", {{"external:ads", "-3 USD"}, {"party:A", "3 USD"}});
  ASSERT_OK_AND(const auto posted, books.post(first));
  ASSERT_OK_AND(const auto again, books.post(first));
  EXPECT_FALSE(again.is_new);
  EXPECT_EQ(again.id, posted.id);
  EXPECT_EQ(books.balance("party:A", Currency::parse("USD").value()).value(), 3'000'000);
  EXPECT_FAILS(books.post(transaction("1", {{"external:ads", "-4 USD"}, {"party:A", "4 USD"}})),
               ErrorCode::kConflict);
}

TEST_F(LedgerTest, ReversesOnceAndToNothing) {
  auto books = ledger();
  ASSERT_OK_AND(const auto posted,
                books.post(transaction("1", {{"external:ads", "-3 USD"}, {"party:A", "3 USD"}})));
  ASSERT_OK_AND(const auto reversal, books.reverse(posted.id, "a mistake", clock_.now()));
  ASSERT_OK_AND(const auto again, books.reverse(posted.id, "twice", clock_.now()));
  EXPECT_EQ(reversal.id, again.id);
  EXPECT_FALSE(again.is_new);
  ASSERT_OK_AND(const auto balances, books.balances(""));
  EXPECT_TRUE(balances.empty());
  EXPECT_FAILS(books.reverse("txn_none", "", clock_.now()), ErrorCode::kNotFound);
}

TEST_F(LedgerTest, NeverTakesOutOfEscrowWhatIsNotThere) {
  auto books = ledger();
  ASSERT_OK(books.post(transaction("1", {{"external:ads", "-3 USD"}, {"escrow:clm_1", "3 USD"}})));
  const auto too_much =
      books.post(transaction("2", {{"escrow:clm_1", "-3.000001 USD"}, {"party:A", "3.000001 USD"}}));
  EXPECT_FAILS(too_much, ErrorCode::kConflict);
}

TEST_F(LedgerTest, AddsNothingToAClosedPeriod) {
  auto books = ledger();
  ASSERT_OK_AND(const auto posted,
                books.post(transaction("1", {{"external:ads", "-3 USD"}, {"party:A", "3 USD"}})));
  clock_.advance(std::chrono::days(2));
  auto later = ledger();
  const auto end = clock_.now() - std::chrono::days(1);
  ASSERT_OK(later.close(end, "Ann"));
  auto late = transaction("2", {{"external:ads", "-1 USD"}, {"party:A", "1 USD"}});
  late.at = end - std::chrono::milliseconds(1);
  EXPECT_FAILS(later.post(late), ErrorCode::kConflict);
  late.at = end;
  ASSERT_OK(later.post(late));
  ASSERT_OK_AND(const auto reversal, later.reverse(posted.id, "wrong", Timestamp::min()));
  ASSERT_OK_AND(const auto reversed, later.find(reversal.id));
  EXPECT_EQ(reversed->at, end) << "a correction counts from when the books are open";
  EXPECT_FAILS(later.close(end, "Ann"), ErrorCode::kConflict);
  EXPECT_FAILS(later.close(clock_.now() + std::chrono::days(1), "Ann"), ErrorCode::kConflict);
}

TEST_F(LedgerTest, SeesWhatWasChangedBehindItsBack) {
  const char* const changes[] = {
      "UPDATE ledger_lines SET micros = micros + 1 WHERE position = 1",
      "UPDATE ledger_lines SET micros = -micros",
      "UPDATE ledger_lines SET detail = '{\"why\":\"x\"}' WHERE position = 2",
      "UPDATE ledger_transactions SET memo = 'other'",
      "UPDATE ledger_accounts SET balance_micros = balance_micros + 1 WHERE name = 'party:A'",
      "DELETE FROM ledger_lines WHERE transaction_sequence = 1",
      "UPDATE ledger_transactions SET chain = 'x' WHERE sequence = 1",
  };
  auto books = ledger();
  ASSERT_OK(books.post(transaction("1", {{"external:ads", "-3 USD"}, {"party:A", "3 USD"}})));
  ASSERT_OK(books.post(transaction("2", {{"external:ads", "-1 USD"}, {"party:A", "1 USD"}})));
  EXPECT_EQ(books.verify().value(), 2);
  for (const char* change : changes) {
    ASSERT_OK(session_->execute("BEGIN"));
    ASSERT_OK(session_->execute(change));
    SCOPED_TRACE(change);
    EXPECT_FAILS(books.verify(), ErrorCode::kCorrupt);
    ASSERT_OK(session_->execute("ROLLBACK"));
  }
  EXPECT_EQ(books.verify().value(), 2);
}

}  // namespace
}  // namespace earmark::monetization
