#pragma once
// What happened to an account in a time, for whoever it belongs to.
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "monetization/ledger.h"

namespace earmark::storage {
class Session;
}

namespace earmark::monetization {

struct StatementLine {
  BookedLine booked;
  Json detail;
  std::int64_t balance_micros = 0;  ///< after it
};

struct Statement {
  std::string account;
  Currency currency;
  Timestamp from{};
  Timestamp until{};      ///< without it
  bool is_final = false;  ///< the period is closed; else estimated
  std::int64_t opening_micros = 0;
  std::int64_t closing_micros = 0;
  std::int64_t in_escrow_micros = 0;  ///< kept at the end, and the account's if its claims stand
  std::vector<StatementLine> lines;
};

/// One statement for each currency that the account ever had. kNotFound: it never had any.
struct StatementQuery {
  std::string account;
  Timestamp from{};
  Timestamp until{};
};
[[nodiscard]] Result<std::vector<Statement>> statements(storage::Session& session,
                                                        const StatementQuery& query);

/// One object; the same statement is the same bytes.
[[nodiscard]] Json to_json(const Statement& statement);
/// A line a line, after one with the names of the columns.
[[nodiscard]] std::string to_csv(const Statement& statement);
/// A page that stands alone.
[[nodiscard]] std::string to_html(const Statement& statement);
/// Tab-separated, from HEAD to FOOT, shaped like DDEX's sales reports and not certified as such.
[[nodiscard]] std::string to_dsr(const Statement& statement);
/// For people, in columns.
[[nodiscard]] std::string to_text(const Statement& statement);

}  // namespace earmark::monetization
