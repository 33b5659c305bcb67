#pragma once
// Double entry: every transaction is nothing in all, in each currency. Transactions are only ever added; what
// was wrong is reversed by another one.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/money.h"
#include "core/time.h"

namespace earmark::storage {
class Session;
}

namespace earmark::monetization {

struct LedgerLine {
  std::string account;  ///< monetization/accounts.h
  Money amount;         ///< positive: owed to the account
  std::string detail;   ///< one JSON object: why

  friend bool operator==(const LedgerLine&, const LedgerLine&) = default;
};

struct NewTransaction {
  /// What makes it this one and no other: the same key twice is one transaction.
  std::string idempotency_key;
  std::string kind;      ///< "revenue", "attribution", "payout", …
  Timestamp at{};        ///< when it counts
  std::string source;    ///< id of what it was made from
  std::string memo;      ///< for people
  std::string reverses;  ///< id of the transaction that it takes back; empty: none
  std::vector<LedgerLine> lines;
};

struct Transaction {
  std::int64_t sequence = 0;
  std::string id;  ///< "txn_…"
  std::string kind;
  Timestamp at{};
  Timestamp recorded_at{};
  std::string source;
  std::string memo;
  std::string reverses;
};

/// A line as it stands in the ledger; its name is TRANSACTION/POSITION.
struct BookedLine {
  Transaction transaction;
  std::int64_t position = 0;  ///< 1, 2, …
  LedgerLine line;
  [[nodiscard]] std::string name() const { return transaction.id + "/" + std::to_string(position); }
};

struct Balance {
  std::string account;
  Money amount;
};

struct Posted {
  std::string id;
  bool is_new = false;
};

struct LineFilter {
  std::string account;   ///< empty: any; "party:" any of that kind
  std::string currency;  ///< empty: any
  std::string source;    ///< of the transaction; empty: any
  Timestamp from = Timestamp::min();
  Timestamp until = Timestamp::max();  ///< without it
};

/// A ledger within a transaction of the store. Thread-confined, and no longer than its session's transaction.
class Ledger {
 public:
  Ledger(storage::Session& session, Timestamp now) : session_(&session), now_(now) {}

  /// Errors: kInvalidArgument (no lines, does not balance, no such kind of account); kConflict: the key was
  /// used for something else, the time is in a closed period, or an account that keeps money for others would
  /// owe.
  [[nodiscard]] Result<Posted> post(const NewTransaction& transaction);
  /// Takes a transaction back, at `at` or, where that is closed, as soon as the books are open. Once;
  /// kNotFound.
  [[nodiscard]] Result<Posted> reverse(std::string_view id, std::string_view reason, Timestamp at);

  [[nodiscard]] Timestamp now() const { return now_; }
  [[nodiscard]] Result<std::optional<Transaction>> find(std::string_view id);
  /// In the order of time, then of posting.
  [[nodiscard]] Result<std::vector<BookedLine>> lines(const LineFilter& filter);
  [[nodiscard]] Result<std::vector<BookedLine>> lines_of(std::string_view transaction_id);
  /// By name of account; those that are nothing are left out. Prefix as in LineFilter::account.
  [[nodiscard]] Result<std::vector<Balance>> balances(std::string_view account);
  [[nodiscard]] Result<std::int64_t> balance(std::string_view account, Currency currency);

  /// Until when the books are closed; the beginning of time where they never were.
  [[nodiscard]] Result<Timestamp> closed_until();
  /// `at`, or where that is closed, the first time that is open.
  [[nodiscard]] Result<Timestamp> open_time(Timestamp at);
  /// No transaction before `until` is added any more. kConflict: closed later already, or `until` is to come.
  [[nodiscard]] Status close(Timestamp until, std::string_view by);

  /// The sum of all lines of each currency: zero, each.
  [[nodiscard]] Result<std::map<std::string, std::int64_t>> trial_balance();
  /// Computes everything again from the lines: sums, balances, digests, the chain. kCorrupt with the first
  /// thing that is not so. Returns how many transactions there are.
  [[nodiscard]] Result<std::int64_t> verify();

 private:
  [[nodiscard]] Status book(const NewTransaction& transaction, std::int64_t sequence);
  [[nodiscard]] Status add_to_balances(const NewTransaction& transaction);
  [[nodiscard]] Result<std::int64_t> account_key(const LedgerLine& line);

  storage::Session* session_;
  Timestamp now_;
  std::unordered_map<std::string, std::int64_t> keys_;  ///< of accounts, by currency and name
  std::optional<std::string> chain_;                    ///< of the last transaction, once it is known
};

}  // namespace earmark::monetization
