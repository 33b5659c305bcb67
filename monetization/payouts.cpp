#include "monetization/payouts.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "core/json.h"
#include "monetization/accounts.h"
#include "monetization/dates.h"
#include "monetization/ledger.h"
#include "monetization/rates.h"
#include "storage/session.h"

namespace earmark::monetization {
namespace {

constexpr std::int64_t kLongestHoldDays = 3660;
constexpr std::string_view kPayout = "payout";

struct TermsRow {
  PaymentTerms terms;
  std::string currency;
};

void map_columns(storage::Columns& columns, TermsRow& row) {
  columns(row.terms.threshold_micros)(row.terms.hold_days)(row.currency)(row.terms.held_reason);
}

/// What of a balance was earned after `since`.
Result<std::int64_t> earned_since(storage::Session& session, const Balance& balance, Timestamp since) {
  EARMARK_TRY(const auto sum, session.get<std::int64_t>(
                                  "SELECT coalesce(sum(l.micros), 0) FROM ledger_lines l"
                                  " JOIN ledger_transactions t ON t.sequence = l.transaction_sequence"
                                  " JOIN ledger_accounts a ON a.key = l.account_key WHERE a.name = :name"
                                  " AND a.currency = :currency AND t.at > :since AND t.kind <> 'payout'",
                                  {balance.account, balance.amount.currency.code(), since}));
  return std::max<std::int64_t>(sum, 0);
}

/// The transaction that pays `payout.available` out, and what comes of it in the terms' currency.
Result<NewTransaction> payment(storage::Session& session, const PaymentTerms& terms, const PayoutRun& run,
                               Payout& payout, Timestamp now) {
  const auto to = account(AccountKind::kExternal, fmt::format("{}.{}", kPayout, run.method));
  Json detail = {{"why", kPayout}, {"method", run.method}};
  NewTransaction transaction;
  transaction.kind = kPayout;
  transaction.source = payout.account;
  payout.paid = payout.available;
  const Money out = {-payout.available.micros, payout.available.currency};
  if (!terms.currency || *terms.currency == payout.available.currency) {
    transaction.lines = {{payout.account, out, to_line(detail)}, {to, payout.paid, to_line(detail)}};
    return transaction;
  }
  EARMARK_TRY(const auto rate, rate_on(session, payout.available.currency, *terms.currency, day_of(now)));
  EARMARK_TRY(payout.paid, convert(payout.available, rate, Rounding::kHalfEven));
  detail["rate"] = {{"base", rate.base.code()},
                    {"quote", rate.quote.code()},
                    {"numerator", rate.numerator},
                    {"denominator", rate.denominator},
                    {"day", show_day(rate.day)},
                    {"source", rate.source},
                    {"rounding", to_string(Rounding::kHalfEven)}};
  const auto line = to_line(detail);
  transaction.lines = {{payout.account, out, line},
                       {std::string(kExchange), payout.available, line},
                       {std::string(kExchange), {-payout.paid.micros, payout.paid.currency}, line},
                       {to, payout.paid, line}};
  return transaction;
}

Status pay(storage::Session& session, const PaymentTerms& terms, const PayoutRun& run, Payout& payout,
           Timestamp now) {
  auto transaction = payment(session, terms, run, payout, now);
  if (!transaction && transaction.error().code == ErrorCode::kNotFound) {
    payout.outcome = Payout::Outcome::kNoRate;
    payout.reason = transaction.error().message;
    return {};
  }
  if (!transaction) return fail(transaction.error());
  if (run.dry_run) return {};
  EARMARK_TRY(const auto before,
              session.get<std::int64_t>("SELECT count(*) FROM ledger_transactions WHERE source = :source"
                                        " AND kind = 'payout'",
                                        {payout.account}));
  transaction->idempotency_key = fmt::format("payout {} {}", payout.account, before + 1);
  Ledger ledger(session, now);
  EARMARK_TRY(transaction->at, ledger.open_time(now));
  EARMARK_TRY(const auto posted, ledger.post(*transaction));
  payout.transaction_id = posted.id;
  return {};
}

Result<Payout> settle(storage::Session& session, const Balance& balance, const PayoutRun& run,
                      Timestamp now) {
  Payout payout;
  payout.account = balance.account;
  payout.balance = balance.amount;
  payout.available.currency = balance.amount.currency;
  payout.paid.currency = balance.amount.currency;
  EARMARK_TRY(const auto terms, terms_of(session, balance.account));
  EARMARK_TRY(const auto young, earned_since(session, balance, now - std::chrono::days(terms.hold_days)));
  payout.available.micros = std::max<std::int64_t>(balance.amount.micros - young, 0);
  if (!terms.held_reason.empty()) {
    payout.outcome = Payout::Outcome::kHeld;
    payout.reason = terms.held_reason;
  } else if (payout.available.micros < std::max<std::int64_t>(terms.threshold_micros, 1)) {
    payout.outcome = Payout::Outcome::kBelowThreshold;
    payout.reason =
        fmt::format("{} is older than {} days; {} is paid from {} on", to_string(payout.available),
                    terms.hold_days, balance.account, show_micros(terms.threshold_micros));
  } else {
    EARMARK_TRY_STATUS(pay(session, terms, run, payout, now));
  }
  return payout;
}

}  // namespace

Status set_terms(storage::Session& session, std::string_view account, const PaymentTerms& terms,
                 std::string_view by, Timestamp now) {
  if (!account.empty()) {
    EARMARK_TRY(const auto kind, kind_of_account(account));
    if (!is_payable(kind))
      return fail(ErrorCode::kInvalidArgument, fmt::format("{}: only parties and shows are paid", account));
  }
  if (terms.threshold_micros < 0 || terms.hold_days < 0 || terms.hold_days > kLongestHoldDays)
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("a threshold of {} and a hold of {} days make no sense",
                            show_micros(terms.threshold_micros), terms.hold_days));
  EARMARK_TRY_STATUS(
      session.execute("INSERT INTO payment_terms (account, currency, threshold_micros, hold_days, "
                      "held_reason, set_by, set_at)"
                      " VALUES (:account, :currency, :threshold, :hold, :held, :by, :now)",
                      {account, terms.currency ? terms.currency->code() : std::string_view(),
                       terms.threshold_micros, terms.hold_days, terms.held_reason, by, now}));
  return {};
}

Result<PaymentTerms> terms_of(storage::Session& session, std::string_view account) {
  EARMARK_TRY(
      const auto row,
      session.find<TermsRow>("SELECT threshold_micros, hold_days, currency, held_reason FROM payment_terms"
                             " WHERE account = :account OR account = ''"
                             " ORDER BY account DESC, key DESC LIMIT 1",
                             {account}));
  if (!row) return PaymentTerms{};
  PaymentTerms terms = row->terms;
  if (!row->currency.empty()) {
    EARMARK_TRY(terms.currency, Currency::parse(row->currency));
  }
  return terms;
}

std::string_view to_string(Payout::Outcome outcome) {
  switch (outcome) {
    case Payout::Outcome::kPaid: return "paid";
    case Payout::Outcome::kHeld: return "held";
    case Payout::Outcome::kBelowThreshold: return "below_threshold";
    case Payout::Outcome::kNoRate: return "no_rate";
  }
  return "held";
}

Result<std::vector<Payout>> pay_out(storage::Session& session, const PayoutRun& run, Timestamp now) {
  Ledger ledger(session, now);
  std::vector<Payout> payouts;
  for (const auto kind : {AccountKind::kParty, AccountKind::kShow}) {
    EARMARK_TRY(const auto balances, ledger.balances(account(kind, "")));
    for (const Balance& balance : balances) {
      const bool is_asked = run.account.empty() || run.account == balance.account;
      if (!is_asked || balance.amount.micros <= 0) continue;
      EARMARK_TRY(auto payout, settle(session, balance, run, now));
      payouts.push_back(std::move(payout));
    }
  }
  return payouts;
}

Result<std::vector<Kept>> kept_amounts(storage::Session& session, Timestamp now) {
  constexpr std::chrono::days kMonth{30};
  constexpr std::chrono::days kQuarter{90};
  constexpr std::chrono::days kYear{365};
  Ledger ledger(session, now);
  std::map<std::pair<std::string, Currency>, Kept> by_account;
  for (const auto kind :
       {AccountKind::kEscrow, AccountKind::kConflict, AccountKind::kUnclaimed, AccountKind::kUnmatched}) {
    LineFilter filter;
    filter.account = account(kind, "");
    EARMARK_TRY(const auto lines, ledger.lines(filter));
    std::set<std::string> reversed;
    for (const BookedLine& line : lines) reversed.insert(line.transaction.reverses);
    for (const BookedLine& line : lines) {
      // What was reversed and what reversed it are nothing together.
      if (!line.transaction.reverses.empty() || reversed.contains(line.transaction.id)) continue;
      Kept& kept = by_account[{line.line.account, line.line.amount.currency}];
      const bool is_first = kept.account.empty();
      kept.account = line.line.account;
      kept.amount.currency = line.line.amount.currency;
      EARMARK_TRY(kept.amount.micros, add_micros(kept.amount.micros, line.line.amount.micros));
      kept.oldest = is_first ? line.transaction.at : std::min(kept.oldest, line.transaction.at);
      const auto age = now - line.transaction.at;
      auto& part = age < kMonth     ? kept.under_30_days
                   : age < kQuarter ? kept.under_90_days
                   : age < kYear    ? kept.under_year
                                    : kept.over_year;
      part += line.line.amount.micros;
    }
  }
  std::vector<Kept> all;
  for (auto& [key, kept] : by_account) {
    if (kept.amount.micros != 0) all.push_back(std::move(kept));
  }
  return all;
}

}  // namespace earmark::monetization
