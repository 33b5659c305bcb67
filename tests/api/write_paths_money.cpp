#include <algorithm>

#include "monetization/accounts.h"
#include "monetization/simulator.h"
#include "tests/api/write_paths.h"

namespace earmark::api {
namespace {

using namespace std::chrono_literals;
using monetization::Books;

constexpr const char* kSecret = "whsec_test";

/// An episode's income, its listens and tariff, and the split.
Result<std::string> write_revenue(Stores& stores, const std::string& unique) {
  EARMARK_TRY(const auto feed, write_scan(stores, unique));
  Books& books = *stores.books;
  const std::string settings[] = {"fee.platform=15%", "work=20%"};
  EARMARK_TRY(const auto tariff, monetization::parse_tariff(unique, settings));
  EARMARK_TRY_STATUS(books.put_tariff(tariff, std::nullopt, "test"));
  EARMARK_TRY_STATUS(books.use_tariff({feed, unique, Timestamp{}}, "test"));
  const Timestamp now = stores.clock->now();
  monetization::Listens heard;
  heard.feed = feed;
  heard.guid = kGuid;
  heard.day = std::chrono::floor<std::chrono::days>(now - std::chrono::days(20));
  heard.territory = "DE";
  heard.end_ms = 3'600'000;
  heard.listens = 7;
  monetization::ListenBatch batch;
  EARMARK_TRY_STATUS(batch.add(heard));
  EARMARK_TRY_STATUS(books.add_listens(unique, std::move(batch)));
  monetization::NewRevenue revenue;
  revenue.feed = feed;
  revenue.guid = kGuid;
  EARMARK_TRY(revenue.amount, parse_money("100.00 USD"));
  revenue.from = now - std::chrono::days(30);
  revenue.until = now - std::chrono::days(1);
  EARMARK_TRY(const auto recorded, books.earn(revenue));
  EARMARK_TRY_STATUS(books.attribute([](const monetization::Attributed&) { return true; }));
  return recorded.id;
}

bool is_split(Stores& stores, const std::string& revenue) {
  monetization::LineFilter filter;
  filter.source = revenue;
  const auto lines = stores.books->lines(filter);
  if (!lines) return false;
  const auto has = [&](std::string_view kind) {
    return std::any_of(lines->begin(), lines->end(),
                       [&](const auto& line) { return line.transaction.kind == kind; });
  };
  std::int64_t sum = 0;
  for (const auto& line : *lines) sum += line.line.amount.micros;
  return has("revenue") && has("attribution") && sum == 0;
}

Result<std::string> write_payout(Stores& stores, const std::string& unique) {
  EARMARK_TRY_STATUS(write_revenue(stores, unique));
  Books& books = *stores.books;
  const auto owner = monetization::account(monetization::AccountKind::kParty, kOwner);
  monetization::PaymentTerms terms;
  terms.threshold_micros = 1;
  terms.hold_days = 0;
  EARMARK_TRY_STATUS(books.set_terms(owner, terms, "test"));
  EARMARK_TRY(const auto payouts, books.pay_out({owner, "bank", false}));
  const bool is_paid = !payouts.empty() && payouts.front().outcome == monetization::Payout::Outcome::kPaid;
  return is_paid ? payouts.front().transaction_id : "none";
}

bool is_paid(Stores& stores, const std::string& transaction) {
  monetization::LineFilter filter;
  filter.account = "external:payout.bank";
  const auto lines = stores.books->lines(filter);
  return transaction == "none" || (lines && std::any_of(lines->begin(), lines->end(), [&](const auto& line) {
                                     return line.transaction.id == transaction;
                                   }));
}

Result<std::string> write_rate(Stores& stores, const std::string& unique) {
  monetization::Rate rate;
  EARMARK_TRY(rate.base, Currency::parse("EUR"));
  EARMARK_TRY(rate.quote, Currency::parse("USD"));
  rate.day = std::chrono::floor<std::chrono::days>(stores.clock->now());
  rate.source = unique;
  EARMARK_TRY_STATUS(monetization::parse_rate("1.0842", rate));
  EARMARK_TRY_STATUS(stores.books->put_rate(rate));
  return unique;
}

bool has_rate(Stores& stores, const std::string& source) {
  const auto rates = stores.books->rates();
  return rates && std::any_of(rates->begin(), rates->end(),
                              [&](const monetization::Rate& rate) { return rate.source == source; });
}

/// Someone joins a show, and is told its private address.
Result<std::string> write_member(Stores& stores, const std::string& unique) {
  monetization::Tier tier;
  tier.feed = "https://example.org/members/" + unique;
  tier.name = "fan";
  EARMARK_TRY(tier.price.amount, parse_money("5.00 USD"));
  EARMARK_TRY_STATUS(stores.registry->feeds().add(tier.feed));
  monetization::Memberships::Join join;
  join.feed = tier.feed;
  join.tier = tier.name;
  join.reference = unique;
  join.payment_method = "pm_ok";
  std::string token;
  const auto with_members = [&](const std::function<Status(monetization::Memberships&)>& work) {
    return stores.books->members(kSecret, work);
  };
  EARMARK_TRY_STATUS(with_members([&](auto& members) -> Status {
    EARMARK_TRY_STATUS(members.put_tier(tier));
    return {};
  }));
  EARMARK_TRY_STATUS(with_members([&](auto& members) -> Status {
    EARMARK_TRY(const auto joined, members.join(join));
    token = joined.token;
    return {};
  }));
  EARMARK_TRY_STATUS(with_members([&](auto& members) -> Status {
    EARMARK_TRY_STATUS(members.open(token, "phone"));
    EARMARK_TRY_STATUS(members.tick(kSecret));
    return {};
  }));
  return token;
}

/// A member once was let in: later they may have stopped paying, which is another thing than not known.
bool is_known(Stores& stores, const std::string& token) {
  const auto digest = to_hex(sha256(as_bytes(token)));
  const auto found = stores.service->database().read([&](storage::Session& session) {
    return session.get<std::int64_t>(
        "SELECT count(*) FROM member_tokens t JOIN member_devices d ON d.token_sha256 = t.token_sha256"
        " JOIN members m ON m.key = t.member_key WHERE t.token_sha256 = :token",
        {digest});
  });
  return found && *found == 1;
}

}  // namespace

std::vector<WritePath> money_paths() {
  return {{"revenue", write_revenue, is_split},
          {"payout", write_payout, is_paid},
          {"rate", write_rate, has_rate},
          {"member", write_member, is_known}};
}

}  // namespace earmark::api
