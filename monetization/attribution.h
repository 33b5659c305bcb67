#pragma once
// Booking whose an episode's revenue is, and saying why.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "monetization/allocation.h"
#include "monetization/ledger.h"
#include "monetization/revenues.h"

namespace earmark::storage {
class Session;
}

namespace earmark::monetization {

class Gatherer;

/// What became of one revenue.
struct Attributed {
  enum class Outcome {
    kNew,
    kChanged,    ///< something came out different: the split before was reversed
    kUnchanged,  ///< the facts are what they were
    kWaiting,    ///< the episode was not scanned yet
  } outcome = Outcome::kUnchanged;
  std::string revenue_id;
  std::string transaction_id;  ///< of the split that counts; empty: none
  std::string reason;          ///< what changed, for people
};
[[nodiscard]] std::string_view to_string(Attributed::Outcome outcome);  ///< "new", "changed", …

/// Splits a revenue as the registry stands, and books it where that is something else than what is booked:
/// the one before is reversed. Where the period is closed, the correction counts from when the books are
/// open.
[[nodiscard]] Result<Attributed> attribute(storage::Session& session, Gatherer& gatherer,
                                           const Revenue& revenue, Timestamp now);

/// A split that was booked.
struct Booked {
  Facts facts;
  std::string facts_sha256;
  std::string transaction_id;
  std::int64_t number = 0;  ///< 1, 2, … of this revenue
};
[[nodiscard]] Result<std::optional<Booked>> booked_for(storage::Session& session,
                                                       std::string_view revenue_id);

/// The same split made again from its facts and the listens that counted then.
[[nodiscard]] Result<Allocation> replay(storage::Session& session, const Facts& facts);
/// The lines of a split as they are booked.
[[nodiscard]] std::vector<LedgerLine> ledger_lines(const Facts& facts, const Allocation& allocation);

/// Where a line of the ledger comes from: transaction, revenue, facts, and each step of the arithmetic, made
/// again;
/// {"line","account","amount_micros","currency","transaction","revenue","tariff","use","steps","replayed"}.
/// kNotFound; kCorrupt where the line does not come out again.
[[nodiscard]] Result<Json> explain(storage::Session& session, std::string_view line);

/// Makes every split again and compares it with what is booked, line for line. kCorrupt names the first one
/// that differs. Returns how many there are.
[[nodiscard]] Result<std::int64_t> verify_splits(storage::Session& session);

/// Other facts than there were.
struct WhatIf {
  std::optional<Tariff> tariff;               ///< nothing: as it was
  std::map<std::string, Standing> standings;  ///< of claims; others as they were
  Timestamp from = Timestamp::min();          ///< revenue that ends in (from, until]
  Timestamp until = Timestamp::max();
};
struct Difference {
  std::string account;
  Currency currency;
  std::int64_t now_micros = 0;
  std::int64_t then_micros = 0;
};
/// What every account would have got, where that differs. Books nothing.
[[nodiscard]] Result<std::vector<Difference>> what_if(storage::Session& session, const WhatIf& other);

}  // namespace earmark::monetization
