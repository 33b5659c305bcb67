#include "monetization/ledger.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/hash.h"
#include "core/json.h"
#include "monetization/accounts.h"
#include "monetization/ledger_digest.h"
#include "registry/ids.h"
#include "storage/session.h"

namespace earmark::monetization {

static void map_columns(storage::Columns& columns, Transaction& row) {
  columns(row.sequence)(row.id)(row.kind)(row.at)(row.recorded_at)(row.source)(row.memo)(row.reverses);
}

static void map_columns(storage::Columns& columns, BookedLine& row) {
  map_columns(columns, row.transaction);
  columns(row.position)(row.line.account);
  columns.text([&row](const std::string& code) {
    row.line.amount.currency = Currency::parse(code).value_or(Currency());
  });
  columns(row.line.amount.micros)(row.line.detail);
}

static void map_columns(storage::Columns& columns, Balance& row) {
  columns(row.account);
  columns.text(
      [&row](const std::string& code) { row.amount.currency = Currency::parse(code).value_or(Currency()); });
  columns(row.amount.micros);
}

namespace {

constexpr std::string_view kTransaction =
    "t.sequence, t.id, t.kind, t.at, t.recorded_at, t.source, t.memo, t.reverses";
constexpr std::string_view kLine = ", l.position, a.name, a.currency, l.micros, l.detail";
constexpr std::string_view kFromLines =
    " FROM ledger_lines l JOIN ledger_transactions t ON t.sequence = l.transaction_sequence"
    " JOIN ledger_accounts a ON a.key = l.account_key";

/// Which accounts are meant: one by its name, or all whose names begin so. Not by the order of names, which
/// is another in every database.
struct Names {
  std::string_view name;
  std::size_t length = 0;
  std::string_view begin;
};
Names names_of(std::string_view account) {
  if (account.empty() || account.ends_with(':')) return {account, account.size(), account};
  return {account, 0, "-"};  // no name begins so in no characters
}

Status check(const NewTransaction& transaction) {
  if (transaction.lines.empty() || transaction.idempotency_key.empty())
    return fail(ErrorCode::kInvalidArgument, "a transaction needs lines and a key");
  std::map<std::string, std::int64_t, std::less<>> sums;
  for (const LedgerLine& line : transaction.lines) {
    EARMARK_TRY_STATUS(kind_of_account(line.account));
    auto& sum = sums[std::string(line.amount.currency.code())];
    EARMARK_TRY(sum, add_micros(sum, line.amount.micros));
  }
  for (const auto& [currency, sum] : sums) {
    if (sum != 0)
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("a {} transaction does not balance: {} {} too much", transaction.kind,
                              show_micros(sum), currency));
  }
  return {};
}

}  // namespace

Result<Posted> Ledger::post(const NewTransaction& transaction) {
  EARMARK_TRY_STATUS(check(transaction));
  const auto id = registry::public_id("txn_", registry::digest_of({"txn", transaction.idempotency_key}),
                                      kTransactionIdLength);
  const auto digest = digest_of(transaction);
  EARMARK_TRY(const auto known, session_->find<std::string>(
                                    "SELECT content_sha256 FROM ledger_transactions WHERE id = :id", {id}));
  if (known && *known == digest) return Posted{id, false};
  if (known)
    return fail(ErrorCode::kConflict,
                fmt::format("{}: is there already, and says something else: reverse it first", id));
  EARMARK_TRY(const auto closed, closed_until());
  if (transaction.at < closed)
    return fail(ErrorCode::kConflict, fmt::format("{}: the books are closed until {}",
                                                  to_rfc3339(transaction.at), to_rfc3339(closed)));
  if (!chain_) {
    EARMARK_TRY(auto last, session_->find<std::string>(
                               "SELECT chain FROM ledger_transactions ORDER BY sequence DESC LIMIT 1"));
    chain_ = last.value_or("");
  }
  auto chain = chained(*chain_, id, digest);
  EARMARK_TRY(const auto sequence,
              session_->get<std::int64_t>(
                  "INSERT INTO ledger_transactions (id, kind, at, recorded_at, source, memo, reverses,"
                  " content_sha256, chain) VALUES (:id, :kind, :at, :now, :source, :memo, :reverses,"
                  " :digest, :chain) RETURNING sequence",
                  {id, transaction.kind, transaction.at, now_, transaction.source, transaction.memo,
                   transaction.reverses, digest, chain}));
  EARMARK_TRY_STATUS(book(transaction, sequence));
  chain_ = std::move(chain);
  return Posted{id, true};
}

Status Ledger::book(const NewTransaction& transaction, std::int64_t sequence) {
  std::int64_t position = 0;
  for (const LedgerLine& line : transaction.lines) {
    EARMARK_TRY(const auto account, account_key(line));
    EARMARK_TRY_STATUS(session_->execute(
        "INSERT INTO ledger_lines (transaction_sequence, position, account_key, micros, detail)"
        " VALUES (:sequence, :position, :account, :micros, :detail)",
        {sequence, ++position, account, line.amount.micros, line.detail}));
  }
  return add_to_balances(transaction);
}

Status Ledger::add_to_balances(const NewTransaction& transaction) {
  std::map<std::pair<std::string, std::string>, std::int64_t> sums;
  for (const LedgerLine& line : transaction.lines) {
    auto& sum = sums[{line.account, std::string(line.amount.currency.code())}];
    EARMARK_TRY(sum, add_micros(sum, line.amount.micros));
  }
  for (const auto& [name, sum] : sums) {
    if (sum == 0) continue;
    const auto key = keys_.at(name.second + name.first);
    EARMARK_TRY(const auto before, session_->get<std::int64_t>(
                                       "SELECT balance_micros FROM ledger_accounts WHERE key = :key", {key}));
    EARMARK_TRY(const auto after, add_micros(before, sum));
    EARMARK_TRY(const auto kind, kind_of_account(name.first));
    if (after < 0 && is_kept(kind))
      return fail(ErrorCode::kConflict, fmt::format("{}: holds {}, and {} would be taken out of it",
                                                    name.first, show_micros(before), show_micros(-sum)));
    EARMARK_TRY_STATUS(session_->execute(
        "UPDATE ledger_accounts SET balance_micros = :after WHERE key = :key", {after, key}));
  }
  return {};
}

Result<std::int64_t> Ledger::account_key(const LedgerLine& line) {
  const auto currency = line.amount.currency.code();
  const auto [place, is_new] = keys_.try_emplace(std::string(currency) + line.account, 0);
  if (!is_new) return place->second;
  EARMARK_TRY(const auto known,
              session_->find<std::int64_t>(
                  "SELECT key FROM ledger_accounts WHERE name = :name AND currency = :currency",
                  {line.account, currency}));
  if (known) {
    place->second = *known;
  } else {
    EARMARK_TRY(place->second,
                session_->get<std::int64_t>("INSERT INTO ledger_accounts (name, currency, balance_micros)"
                                            " VALUES (:name, :currency, 0) RETURNING key",
                                            {line.account, currency}));
  }
  return place->second;
}

Result<Posted> Ledger::reverse(std::string_view id, std::string_view reason, Timestamp at) {
  EARMARK_TRY(const auto booked, lines_of(id));
  if (booked.empty()) return fail(ErrorCode::kNotFound, fmt::format("{}: no such transaction", id));
  const Transaction& original = booked.front().transaction;
  NewTransaction reversal;
  reversal.idempotency_key = fmt::format("reversal {}", id);
  EARMARK_TRY(const auto known,
              session_->find<std::string>("SELECT id FROM ledger_transactions WHERE reverses = :id", {id}));
  if (known) return Posted{*known, false};
  reversal.kind = "reversal";
  EARMARK_TRY(reversal.at, open_time(std::max(at, original.at)));
  reversal.source = original.source;
  reversal.memo = reason;
  reversal.reverses = original.id;
  for (const BookedLine& line : booked) {
    LedgerLine opposite = line.line;
    opposite.amount.micros = -opposite.amount.micros;
    opposite.detail = to_line(Json{{"why", "reversal"}, {"of", line.name()}});
    reversal.lines.push_back(std::move(opposite));
  }
  return post(reversal);
}

Result<std::optional<Transaction>> Ledger::find(std::string_view id) {
  return session_->find<Transaction>(
      fmt::format("SELECT {} FROM ledger_transactions t WHERE t.id = :id", kTransaction), {id});
}

Result<std::vector<BookedLine>> Ledger::lines(const LineFilter& filter) {
  const auto names = names_of(filter.account);
  return session_->query<BookedLine>(
      fmt::format("SELECT {}{}{} WHERE (a.name = :name OR substr(a.name, 1, :length) = :begin)"
                  " AND t.at >= :from AND t.at < :until"
                  " AND (:any_currency = '' OR a.currency = :currency)"
                  " AND (:any_source = '' OR t.source = :source) ORDER BY t.at, t.sequence, l.position",
                  kTransaction, kLine, kFromLines),
      {names.name, names.length, names.begin, filter.from, filter.until, filter.currency, filter.currency,
       filter.source, filter.source});
}

Result<std::vector<BookedLine>> Ledger::lines_of(std::string_view transaction_id) {
  return session_->query<BookedLine>(
      fmt::format("SELECT {}{}{} WHERE t.id = :id ORDER BY l.position", kTransaction, kLine, kFromLines),
      {transaction_id});
}

Result<std::vector<Balance>> Ledger::balances(std::string_view account) {
  const auto names = names_of(account);
  return session_->query<Balance>(
      "SELECT name, currency, balance_micros FROM ledger_accounts WHERE balance_micros <> 0"
      " AND (name = :name OR substr(name, 1, :length) = :begin) ORDER BY name, currency",
      {names.name, names.length, names.begin});
}

Result<std::int64_t> Ledger::balance(std::string_view account, Currency currency) {
  EARMARK_TRY(const auto found, session_->find<std::int64_t>("SELECT balance_micros FROM ledger_accounts"
                                                             " WHERE name = :name AND currency = :currency",
                                                             {account, currency.code()}));
  return found.value_or(0);
}

}  // namespace earmark::monetization
