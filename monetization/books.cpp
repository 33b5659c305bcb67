#include "monetization/books.h"

#include <algorithm>

#include <fmt/format.h>

#include "monetization/gather.h"
#include "monetization/simulator.h"
#include "registry/tables.h"
#include "storage/database.h"

namespace earmark::monetization {
namespace {

using storage::Session;

/// Revenues that are split in one transaction: others who write wait no longer than this takes.
constexpr std::int64_t kAtATime = 200;

/// Brings some revenues up to date; where they end, or nothing where there were no more or `each` stopped.
Result<std::optional<std::int64_t>> attribute_some(Session& session, std::int64_t after, Timestamp now,
                                                   const std::function<bool(const Attributed&)>& each) {
  EARMARK_TRY(const auto page, revenues_after(session, after, kAtATime));
  Gatherer gatherer(session);
  for (const Revenue& revenue : page.revenues) {
    EARMARK_TRY(const auto done, attribute(session, gatherer, revenue, now));
    if (!each(done)) return std::optional<std::int64_t>();
  }
  return page.revenues.empty() ? std::optional<std::int64_t>() : page.last;
}

Status attribute_all(Session& session, Timestamp now, const std::function<bool(const Attributed&)>& each) {
  std::optional<std::int64_t> after = 0;
  while (after) {
    EARMARK_TRY(after, attribute_some(session, *after, now, each));
  }
  return {};
}

bool go_on(const Attributed&) { return true; }

}  // namespace

Books::Books(std::unique_ptr<storage::Database> database, const Clock& clock)
    : database_(std::move(database)), clock_(&clock) {}
Books::~Books() = default;

Result<std::unique_ptr<Books>> Books::open(const std::filesystem::path& store, const Clock& clock) {
  EARMARK_TRY(auto database, registry::open_tables(store, clock));
  return std::unique_ptr<Books>(new Books(std::move(database), clock));
}

Result<Recorded> Books::earn(const NewRevenue& revenue) {
  return database_->write(
      [&](Session& session) { return monetization::earn(session, revenue, clock_->now()); });
}

Result<Recorded> Books::refund(const Refund& refund) {
  return database_->write(
      [&](Session& session) { return monetization::refund(session, refund, clock_->now()); });
}

Result<StoredBatch> Books::add_listens(std::string_view id, ListenBatch batch) {
  return database_->write(
      [&](Session& session) { return store_batch(session, id, std::move(batch), clock_->now()); });
}

Result<TariffVersion> Books::put_tariff(const Tariff& tariff, std::optional<Timestamp> starts_at,
                                        std::string_view by) {
  return database_->write([&](Session& session) {
    return monetization::put_tariff(session, tariff, starts_at, by, clock_->now());
  });
}

Status Books::use_tariff(const TariffUse& use, std::string_view by) {
  return database_->write(
      [&](Session& session) { return monetization::use_tariff(session, use, by, clock_->now()); });
}

Result<std::vector<TariffVersion>> Books::tariffs() const {
  return database_->read([&](Session& session) { return monetization::tariffs(session); });
}

Result<Tariff> Books::find_tariff(std::string_view name) const {
  return database_->read([&](Session& session) { return monetization::find_tariff(session, name); });
}

Status Books::put_rate(const Rate& rate) {
  return database_->write(
      [&](Session& session) { return monetization::put_rate(session, rate, clock_->now()); });
}

Result<std::vector<Rate>> Books::rates() const {
  return database_->read([&](Session& session) { return monetization::rates(session); });
}

Status Books::attribute(const std::function<bool(const Attributed&)>& each) {
  std::optional<std::int64_t> after = 0;
  while (after) {
    // Told only when it is on disk.
    std::vector<Attributed> done;
    EARMARK_TRY(after, database_->write([&](Session& session) {
      return attribute_some(session, *after, clock_->now(), [&](const Attributed& one) {
        done.push_back(one);
        return true;
      });
    }));
    for (const Attributed& one : done) {
      if (!each(one)) return {};
    }
  }
  return {};
}

Result<Json> Books::explain(std::string_view line) const {
  return database_->read([&](Session& session) { return monetization::explain(session, line); });
}

Result<std::vector<Difference>> Books::what_if(const WhatIf& other) const {
  return database_->read([&](Session& session) { return monetization::what_if(session, other); });
}

Status Books::set_terms(std::string_view account, const PaymentTerms& terms, std::string_view by) {
  return database_->write(
      [&](Session& session) { return monetization::set_terms(session, account, terms, by, clock_->now()); });
}

Result<PaymentTerms> Books::terms_of(std::string_view account) const {
  return database_->read([&](Session& session) { return monetization::terms_of(session, account); });
}

Result<std::vector<Payout>> Books::pay_out(const PayoutRun& run) {
  const Timestamp now = clock_->now();
  return database_->write([&](Session& session) -> Result<std::vector<Payout>> {
    EARMARK_TRY_STATUS(attribute_all(session, now, go_on));
    return monetization::pay_out(session, run, now);
  });
}

Result<std::vector<Kept>> Books::kept() const {
  return database_->read([&](Session& session) { return kept_amounts(session, clock_->now()); });
}

Status Books::close(Timestamp until, std::string_view by) {
  const Timestamp now = clock_->now();
  return database_->write([&](Session& session) -> Status {
    std::vector<std::string> waiting;
    EARMARK_TRY_STATUS(attribute_all(session, now, [&](const Attributed& done) {
      if (done.outcome == Attributed::Outcome::kWaiting) waiting.push_back(done.revenue_id);
      return true;
    }));
    for (const auto& id : waiting) {
      EARMARK_TRY(const auto revenue, find_revenue(session, id));
      if (revenue && revenue->revenue.until <= until)
        return fail(
            ErrorCode::kConflict,
            fmt::format(
                "{} is not split: {} of {} was not scanned yet; run 'earmark crawl run', or refund it", id,
                revenue->revenue.guid, revenue->revenue.feed));
    }
    return Ledger(session, now).close(until, by);
  });
}

Result<Timestamp> Books::closed_until() const {
  return database_->read([&](Session& session) { return Ledger(session, clock_->now()).closed_until(); });
}

Result<Posted> Books::reverse(std::string_view transaction_id, std::string_view reason) {
  const Timestamp now = clock_->now();
  return database_->write([&](Session& session) -> Result<Posted> {
    Ledger ledger(session, now);
    EARMARK_TRY(const auto transaction, ledger.find(transaction_id));
    if (!transaction)
      return fail(ErrorCode::kNotFound, fmt::format("{}: no such transaction", transaction_id));
    if (transaction->kind != "payout")
      return fail(ErrorCode::kConflict,
                  fmt::format("{} is a {}: only payouts are reversed by hand; a revenue is taken back with "
                              "'earmark money refund', and splits follow claims, rights and tariffs",
                              transaction_id, transaction->kind));
    return ledger.reverse(transaction_id, reason, now);
  });
}

Status Books::members(std::string secret, const std::function<Status(Memberships&)>& work) {
  const Timestamp now = clock_->now();
  return database_->write([&](Session& session) {
    Simulator processor(session, now, std::move(secret));
    Memberships memberships(session, processor, now);
    return work(memberships);
  });
}

Status Books::simulator(std::string secret, const std::function<Status(Processor&)>& work) {
  return database_->write([&](Session& session) {
    Simulator processor(session, clock_->now(), std::move(secret));
    return work(processor);
  });
}

Result<std::vector<std::string>> Books::share_member_income(const IncomeSplit& split) {
  return database_->write(
      [&](Session& session) { return monetization::share_member_income(session, split, clock_->now()); });
}

Result<std::vector<Balance>> Books::balances(std::string_view account) const {
  return database_->read([&](Session& session) { return Ledger(session, clock_->now()).balances(account); });
}

Result<std::vector<BookedLine>> Books::lines(const LineFilter& filter) const {
  return database_->read([&](Session& session) { return Ledger(session, clock_->now()).lines(filter); });
}

Result<std::vector<Statement>> Books::statements(const StatementQuery& query) const {
  return database_->read([&](Session& session) { return monetization::statements(session, query); });
}

Result<Books::Health> Books::verify() const {
  return database_->read([&](Session& session) -> Result<Health> {
    Health health;
    Ledger ledger(session, clock_->now());
    EARMARK_TRY(health.transactions, ledger.verify());
    EARMARK_TRY(health.trial_balance, ledger.trial_balance());
    EARMARK_TRY(health.splits, verify_splits(session));
    return health;
  });
}

}  // namespace earmark::monetization
