// Periods, and computing the ledger again from its lines.
#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "core/hash.h"
#include "core/json.h"
#include "monetization/accounts.h"
#include "monetization/ledger.h"
#include "monetization/ledger_digest.h"
#include "registry/ids.h"
#include "storage/session.h"

namespace earmark::monetization {
namespace {

/// A transaction as it was written, to be digested again.
struct Written {
  std::int64_t sequence = 0;
  std::string id;
  std::string digest;
  std::string chain;
  NewTransaction content;
};

struct WrittenLine {
  std::int64_t sequence = 0;
  LedgerLine line;
};

using SequenceAndChain = std::tuple<std::int64_t, std::string>;
using CurrencyAndSum = std::tuple<std::string, std::int64_t>;
using AccountRow = std::tuple<std::string, std::string, std::int64_t>;

tl::unexpected<Error> wrong(std::string_view what) {
  return fail(
      ErrorCode::kCorrupt,
      fmt::format("ledger: {}; restore a backup, and keep this file for whoever looks into it", what));
}

void map_columns(storage::Columns& columns, Written& row) {
  columns(row.sequence)(row.id)(row.digest)(row.chain)(row.content.kind)(row.content.at)(row.content.source);
  columns(row.content.memo)(row.content.reverses);
}

void map_columns(storage::Columns& columns, WrittenLine& row) {
  columns(row.sequence)(row.line.account);
  columns.text([&row](const std::string& code) {
    row.line.amount.currency = Currency::parse(code).value_or(Currency());
  });
  columns(row.line.amount.micros)(row.line.detail);
}

}  // namespace

std::string digest_of(const NewTransaction& transaction) {
  Sha256Stream stream;
  const auto add = [&stream](std::string_view text) {
    // Each with its length, so that no two lists of texts run together.
    const auto size = fmt::format("{} ", text.size());
    stream.update(as_bytes(size));
    stream.update(as_bytes(text));
  };
  add(transaction.kind);
  add(to_rfc3339(transaction.at));
  add(transaction.source);
  add(transaction.memo);
  add(transaction.reverses);
  for (const LedgerLine& line : transaction.lines) {
    add(line.account);
    add(line.amount.currency.code());
    add(std::to_string(line.amount.micros));
    add(line.detail);
  }
  return to_hex(stream.finish());
}

std::string chained(std::string_view chain, std::string_view id, std::string_view digest) {
  return to_hex(registry::digest_of({chain, id, digest}));
}

Result<Timestamp> Ledger::closed_until() {
  EARMARK_TRY(const auto end, session_->find<std::int64_t>(
                                  "SELECT ends_at FROM ledger_periods ORDER BY ends_at DESC LIMIT 1"));
  return end ? Timestamp(std::chrono::milliseconds(*end)) : Timestamp::min();
}

Result<Timestamp> Ledger::open_time(Timestamp at) {
  EARMARK_TRY(const auto closed, closed_until());
  return std::max(at, closed);
}

Status Ledger::close(Timestamp until, std::string_view by) {
  EARMARK_TRY(const auto closed, closed_until());
  if (until <= closed)
    return fail(ErrorCode::kConflict,
                fmt::format("the books are closed until {} already", to_rfc3339(closed)));
  if (until > now_)
    return fail(ErrorCode::kConflict, fmt::format("{} is to come: close what is over", to_rfc3339(until)));
  EARMARK_TRY(const auto last,
              session_->find<SequenceAndChain>("SELECT sequence, chain FROM ledger_transactions"
                                               " ORDER BY sequence DESC LIMIT 1"));
  const auto [sequence, chain] = last.value_or(SequenceAndChain());
  EARMARK_TRY_STATUS(
      session_->execute("INSERT INTO ledger_periods (ends_at, closed_at, closed_by, last_transaction, chain)"
                        " VALUES (:until, :now, :by, :last, :chain)",
                        {until, now_, by, sequence, chain}));
  return {};
}

Result<std::map<std::string, std::int64_t>> Ledger::trial_balance() {
  EARMARK_TRY(const auto sums, session_->query<CurrencyAndSum>(
                                   "SELECT a.currency, sum(l.micros) FROM ledger_lines l"
                                   " JOIN ledger_accounts a ON a.key = l.account_key GROUP BY a.currency"));
  std::map<std::string, std::int64_t> by_currency;
  for (const auto& [currency, sum] : sums) by_currency[currency] = sum;
  return by_currency;
}

Result<std::int64_t> Ledger::verify() {
  constexpr std::int64_t kAtATime = 10'000;
  std::string chain;
  std::map<std::pair<std::string, std::string>, std::int64_t> sums;
  std::int64_t done = 0;
  std::int64_t after = 0;
  for (;;) {
    EARMARK_TRY(auto written,
                session_->query<Written>("SELECT sequence, id, content_sha256, chain, kind, at, source, memo,"
                                         " reverses FROM ledger_transactions WHERE sequence > :after"
                                         " ORDER BY sequence LIMIT :most",
                                         {after, kAtATime}));
    if (written.empty()) break;
    EARMARK_TRY(auto lines, session_->query<WrittenLine>(
                                "SELECT l.transaction_sequence, a.name, a.currency, l.micros, l.detail"
                                " FROM ledger_lines l JOIN ledger_accounts a ON a.key = l.account_key"
                                " WHERE l.transaction_sequence > :after AND l.transaction_sequence <= :last"
                                " ORDER BY l.transaction_sequence, l.position",
                                {after, written.back().sequence}));
    auto line = lines.begin();
    for (Written& one : written) {
      std::map<std::string, std::int64_t> zero;
      for (; line != lines.end() && line->sequence == one.sequence; ++line) {
        const auto currency = std::string(line->line.amount.currency.code());
        sums[{line->line.account, currency}] += line->line.amount.micros;
        zero[currency] += line->line.amount.micros;
        one.content.lines.push_back(std::move(line->line));
      }
      for (const auto& [currency, sum] : zero) {
        if (sum != 0) return wrong(fmt::format("{} does not balance in {}", one.id, currency));
      }
      if (digest_of(one.content) != one.digest) return wrong(one.id + " was changed after it was written");
      chain = chained(chain, one.id, one.digest);
      if (chain != one.chain) return wrong(one.id + " does not follow from the transactions before it");
    }
    after = written.back().sequence;
    done += static_cast<std::int64_t>(written.size());
  }
  EARMARK_TRY(const auto accounts,
              session_->query<AccountRow>("SELECT name, currency, balance_micros FROM ledger_accounts"));
  for (const auto& [name, currency, balance] : accounts) {
    if (sums[{name, currency}] != balance)
      return wrong(fmt::format("the balance of {} is {} {} by its lines and {} as kept", name,
                               show_micros(sums[{name, currency}]), currency, show_micros(balance)));
  }
  return done;
}

}  // namespace earmark::monetization
