#pragma once
// What episodes earned: facts that came from outside, never changed.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.h"
#include "core/time.h"
#include "monetization/ledger.h"

namespace earmark::storage {
class Session;
}

namespace earmark::monetization {

struct NewRevenue {
  std::string feed;            ///< URL of a feed in the registry
  std::string guid;            ///< of an episode of it
  Money amount;                ///< more than nothing
  std::string source = "ads";  ///< who paid: a name of letters, digits, "_", "-" and "."
  Timestamp from{};            ///< earned in [from, until)
  Timestamp until{};
  std::string reference;  ///< of whoever paid: tells two payments apart that are else the same
  std::string paid_from;  ///< the account that it comes out of; empty: external:SOURCE
};

/// One revenue, with what was refunded of it.
struct Revenue {
  std::string id;  ///< "rev_…", of all that NewRevenue says
  NewRevenue revenue;
  std::int64_t refunded_micros = 0;
  [[nodiscard]] Money net() const {
    return {revenue.amount.micros - refunded_micros, revenue.amount.currency};
  }
};

struct Recorded {
  std::string id;  ///< "rev_…", "rfd_…"
  std::string transaction_id;
  bool is_new = false;
};

/// Records the revenue and books it as not yet split. The same again is the same one. kNotFound: no such
/// episode; kInvalidArgument.
[[nodiscard]] Result<Recorded> earn(storage::Session& session, const NewRevenue& revenue, Timestamp now);

/// Money that went back to whoever paid it.
struct Refund {
  std::string revenue_id;
  std::optional<std::int64_t> micros;  ///< nothing: all that is left of it
  std::string reference;               ///< tells two refunds apart that are else the same
};
/// kNotFound; kInvalidArgument: more than was earned and is left, or nothing.
[[nodiscard]] Result<Recorded> refund(storage::Session& session, const Refund& refund, Timestamp now);

/// In the order in which they were recorded; after the row `after`, at most `most`.
struct RevenuePage {
  std::vector<Revenue> revenues;
  std::int64_t last = 0;  ///< row of the last of them
};
[[nodiscard]] Result<RevenuePage> revenues_after(storage::Session& session, std::int64_t after,
                                                 std::int64_t most);
[[nodiscard]] Result<std::optional<Revenue>> find_revenue(storage::Session& session, std::string_view id);

}  // namespace earmark::monetization
