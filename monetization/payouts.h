#pragma once
// Paying out what is owed.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.h"
#include "core/time.h"

namespace earmark::storage {
class Session;
}

namespace earmark::monetization {

/// When an account is paid. A claim can be disputed for thirty days before it counts as undisputed: what was
/// earned in them is not paid out yet.
struct PaymentTerms {
  std::int64_t threshold_micros = 10 * kMicrosPerUnit;
  std::int64_t hold_days = 30;
  std::optional<Currency> currency;  ///< to be paid in; nothing: as it was earned
  std::string held_reason;           ///< not empty: nothing is paid until it is
};
/// Of a party or show; an empty account: of all that have none of their own. kInvalidArgument.
[[nodiscard]] Status set_terms(storage::Session& session, std::string_view account, const PaymentTerms& terms,
                               std::string_view by, Timestamp now);
[[nodiscard]] Result<PaymentTerms> terms_of(storage::Session& session, std::string_view account);

struct Payout {
  enum class Outcome {
    kPaid,
    kHeld,  ///< somebody said so
    kBelowThreshold,
    kNoRate,  ///< no rate of exchange to the currency that it is paid in
  } outcome = Outcome::kPaid;
  std::string account;
  Money balance;
  Money available;  ///< of it: old enough
  Money paid;       ///< in the currency of the terms
  std::string transaction_id;
  std::string reason;  ///< why not; empty where it was paid
};
[[nodiscard]] std::string_view to_string(Payout::Outcome outcome);  ///< "paid", "held", …

struct PayoutRun {
  std::string account;          ///< empty: all parties and shows
  std::string method = "bank";  ///< a name; the money goes to external:payout.METHOD
  bool dry_run = false;         ///< say what would be paid, pay nothing
};
/// Pays every account that is owed something. Splits must be up to date: a claim that was disputed a moment
/// ago is not paid out.
[[nodiscard]] Result<std::vector<Payout>> pay_out(storage::Session& session, const PayoutRun& run,
                                                  Timestamp now);

/// What is kept for somebody, and for how long already.
struct Kept {
  std::string account;
  Money amount;
  Timestamp oldest{};
  std::int64_t under_30_days = 0;  ///< micros
  std::int64_t under_90_days = 0;
  std::int64_t under_year = 0;
  std::int64_t over_year = 0;
};
/// Escrow, conflicts, unclaimed and unmatched, by account.
[[nodiscard]] Result<std::vector<Kept>> kept_amounts(storage::Session& session, Timestamp now);

}  // namespace earmark::monetization
