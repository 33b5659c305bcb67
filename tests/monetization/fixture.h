#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "monetization/accounts.h"
#include "monetization/books.h"
#include "monetization/dates.h"
#include "tests/registry/claims_fixture.h"

namespace earmark::monetization {

/// Balances by currency and account.
using Sheet = std::map<std::string, std::int64_t>;

/// A store with one episode of an hour (guid-1), in which Label's song is heard from 10:00 to 10:20 and
/// claimed to be monetized, and its books. It is November 2023.
class BooksTest : public registry::ClaimsTest {
 protected:
  void SetUp() override {
    ClaimsTest::SetUp();
    record(scan({sighting(600'000)}));
    auto opened = Books::open(folder_ / "store", clock_);
    ASSERT_TRUE(opened) << opened.error().message;
    books_ = std::move(*opened);
  }

  [[nodiscard]] NewRevenue october(const std::string& amount) const {
    NewRevenue revenue;
    revenue.feed = feed_.url;
    revenue.guid = "guid-1";
    revenue.amount = parse_money(amount).value();
    revenue.from = parse_when("2023-10-01").value();
    revenue.until = parse_when("2023-11-01").value();
    return revenue;
  }
  std::string earn(const NewRevenue& revenue) {
    const auto recorded = books_->earn(revenue);
    EXPECT_TRUE(recorded) << recorded.error().message;
    return recorded ? recorded->id : "";
  }
  void refund(const std::string& revenue, std::optional<std::int64_t> micros = std::nullopt) {
    const auto recorded = books_->refund({revenue, micros, ""});
    EXPECT_TRUE(recorded) << recorded.error().message;
  }
  /// What became of the revenues, in order.
  std::vector<Attributed> attribute() {
    std::vector<Attributed> all;
    const Status done = books_->attribute([&](const Attributed& one) {
      all.push_back(one);
      return true;
    });
    EXPECT_TRUE(done) << done.error().message;
    return all;
  }
  void step(const std::string& verb, const std::string& role) {
    registry::ClaimAction action;
    action.claim_id = claims().at(0).id;
    action.verb = verb;
    action.role = role;
    action.actor = role;
    action.evidence = verb + " of " + role;
    const auto done = registry_->claims().act(action);
    EXPECT_TRUE(done) << done.error().message;
  }
  void share(const std::string& subject, const std::vector<registry::Share>& shares) {
    const auto done = registry_->rights().set_shares(subject, shares, "test");
    EXPECT_TRUE(done) << done.error().message;
  }
  void listen(const std::string& territory, std::int64_t start_ms, std::int64_t end_ms,
              std::int64_t listens) {
    ListenBatch batch;
    Listens heard;
    heard.feed = feed_.url;
    heard.guid = "guid-1";
    heard.day = parse_day("2023-10-05").value();
    heard.territory = territory;
    heard.start_ms = start_ms;
    heard.end_ms = end_ms;
    heard.listens = listens;
    const Status added = batch.add(heard);
    EXPECT_TRUE(added) << added.error().message;
    const auto stored = books_->add_listens("", std::move(batch));
    EXPECT_TRUE(stored) << stored.error().message;
  }
  void use(const std::vector<std::string>& settings) {
    const auto tariff = parse_tariff("house", settings);
    ASSERT_TRUE(tariff) << tariff.error().message;
    ASSERT_OK(books_->put_tariff(*tariff, Timestamp{}, "test"));
    ASSERT_OK(books_->use_tariff({"", "house", Timestamp{}}, "test"));
  }

  Sheet sheet() {
    const auto balances = books_->balances("");
    EXPECT_TRUE(balances) << balances.error().message;
    Sheet all;
    if (!balances) return all;
    for (const Balance& balance : *balances)
      all[std::string(balance.amount.currency.code()) + " " + balance.account] = balance.amount.micros;
    return all;
  }
  std::int64_t balance(const std::string& account, const std::string& currency = "USD") {
    const auto all = sheet();
    const auto found = all.find(currency + " " + account);
    return found == all.end() ? 0 : found->second;
  }
  std::string escrow() { return account(AccountKind::kEscrow, claims().at(0).id); }
  std::string show() const { return account(AccountKind::kShow, feed_.url); }
  /// Everything is computed again, and nothing is in all.
  void expect_healthy() {
    const auto health = books_->verify();
    ASSERT_TRUE(health) << health.error().message;
    for (const auto& [currency, sum] : health->trial_balance) EXPECT_EQ(sum, 0) << currency;
  }

  std::unique_ptr<Books> books_;
};

}  // namespace earmark::monetization
