#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/money_options.h"
#include "cli/money_print.h"
#include "cli/money_steps.h"
#include "cli/open_store.h"
#include "cli/stop.h"
#include "core/file.h"
#include "core/text.h"
#include "monetization/dates.h"

namespace earmark::cli {
namespace {

using monetization::Books;
using What = MoneyOptions::What;

Status attribute(Books& books, Console& console) {
  std::size_t unchanged = 0;
  EARMARK_TRY_STATUS(books.attribute([&](const monetization::Attributed& done) {
    if (done.outcome == monetization::Attributed::Outcome::kUnchanged) {
      ++unchanged;
    } else {
      print(done, console);
    }
    return stop_signal() == 0;
  }));
  if (!console.is_json()) console.note(LogLevel::kInfo, fmt::format("{} splits are as they were", unchanged));
  return {};
}

Result<monetization::WhatIf> other_of(const Books& books, const MoneyOptions& options) {
  monetization::WhatIf other;
  if (!options.tariff.empty()) {
    EARMARK_TRY(other.tariff, books.find_tariff(options.tariff));
  }
  for (const auto& claim : options.claims) {
    const auto equals = claim.find('=');
    if (equals == std::string::npos)
      return fail(ErrorCode::kInvalidArgument, fmt::format("claim '{}': must be like clm_…=none", claim));
    EARMARK_TRY(other.standings[claim.substr(0, equals)],
                monetization::parse_standing(claim.substr(equals + 1)));
  }
  if (!options.from.empty()) {
    EARMARK_TRY(other.from, monetization::parse_when(options.from));
  }
  if (!options.until.empty()) {
    EARMARK_TRY(other.until, monetization::parse_when(options.until));
  }
  return other;
}

Status what_if(const Books& books, const MoneyOptions& options, Console& console) {
  EARMARK_TRY(const auto other, other_of(books, options));
  EARMARK_TRY(const auto differences, books.what_if(other));
  for (const auto& difference : differences) print(difference, console);
  if (differences.empty() && !console.is_json()) console.note(LogLevel::kInfo, "nothing would be different");
  return {};
}

Status journal(const Books& books, const MoneyOptions& options, Console& console) {
  monetization::LineFilter filter;
  filter.account = options.subject;
  filter.source = options.reference;
  if (!options.from.empty()) {
    EARMARK_TRY(filter.from, monetization::parse_when(options.from));
  }
  if (!options.until.empty()) {
    EARMARK_TRY(filter.until, monetization::parse_when(options.until));
  }
  EARMARK_TRY(const auto lines, books.lines(filter));
  for (const auto& line : lines) print(line, console);
  return {};
}

std::string rendered(const monetization::Statement& statement, const std::string& format) {
  if (format == "csv") return to_csv(statement);
  if (format == "html") return to_html(statement);
  if (format == "dsr") return to_dsr(statement);
  return to_text(statement);
}

Status statement(const Books& books, const MoneyOptions& options, Console& console) {
  monetization::StatementQuery query;
  query.account = options.subject;
  query.until = system_clock().now();
  if (!options.from.empty()) {
    EARMARK_TRY(query.from, monetization::parse_when(options.from));
  }
  if (!options.until.empty()) {
    EARMARK_TRY(query.until, monetization::parse_when(options.until));
  }
  EARMARK_TRY(const auto statements, books.statements(query));
  std::string text;
  for (const auto& one : statements) {
    text += rendered(one, options.format);
    if (console.is_json()) console.result(to_json(one));
  }
  if (!options.output.empty()) return write_file_atomically(options.output, as_bytes(text));
  if (console.is_json()) return {};
  if (text.ends_with('\n')) text.pop_back();
  console.line(text);
  return {};
}

Status kept(const Books& books, Console& console) {
  EARMARK_TRY(const auto all, books.kept());
  for (const auto& one : all) print(one, console);
  return {};
}

Status close(Books& books, const MoneyOptions& options, Console& console) {
  EARMARK_TRY(const auto until, monetization::parse_when(options.until));
  EARMARK_TRY_STATUS(books.close(until, options.by));
  if (console.is_json()) {
    console.result({{"closed_until", to_rfc3339(until)}});
  } else {
    console.line(fmt::format("the books are closed until {}", to_rfc3339(until)));
  }
  return {};
}

Status verify(const Books& books, Console& console) {
  EARMARK_TRY(const auto health, books.verify());
  if (console.is_json()) {
    console.result({{"verified", true},
                    {"transactions", health.transactions},
                    {"splits", health.splits},
                    {"trial_balance_micros", health.trial_balance}});
    return {};
  }
  console.line(fmt::format("{} transactions and {} splits computed again: all the same", health.transactions,
                           health.splits));
  for (const auto& [currency, sum] : health.trial_balance)
    console.line(fmt::format("all accounts together: {} {}", show_micros(sum), currency));
  return {};
}

Status view(Books& books, const MoneyOptions& options, Console& console) {
  switch (options.what) {
    case What::kAttribute: return attribute(books, console);
    case What::kBalances: {
      EARMARK_TRY(const auto balances, books.balances(options.subject));
      print(balances, console);
      return {};
    }
    case What::kJournal: return journal(books, options, console);
    case What::kExplain: {
      EARMARK_TRY(const auto explanation, books.explain(options.subject));
      print_explanation(explanation, console);
      return {};
    }
    case What::kWhatIf: return what_if(books, options, console);
    case What::kStatement: return statement(books, options, console);
    case What::kKept: return kept(books, console);
    case What::kClose: return close(books, options, console);
    default: return verify(books, console);
  }
}

}  // namespace

Exit run(const Common& common, const MoneyCommand& command, Console& console) {
  const MoneyOptions& options = *command.options;
  const auto books = open_books(common);
  if (!books) return failed(console, books.error());
  switch (options.what) {
    case What::kEarn: return earn(**books, options, console);
    case What::kListens: return read_listens(**books, options, console);
    case What::kPayout: return pay_out(**books, options, console);
    case What::kTierPut:
    case What::kTierList:
    case What::kMemberJoin:
    case What::kMemberList:
    case What::kMemberChange:
    case What::kMemberLeave:
    case What::kMemberRotate:
    case What::kMemberOpen:
    case What::kMemberTick:
    case What::kMemberShare: {
      const Status done = members(**books, options, console);
      return done ? Exit::kDone : failed(console, done.error());
    }
    case What::kRefund:
    case What::kTariffPut:
    case What::kTariffUse:
    case What::kTariffList:
    case What::kRatesSet:
    case What::kRatesList:
    case What::kTerms:
    case What::kReverse: {
      const Status done = set(**books, options, console);
      return done ? Exit::kDone : failed(console, done.error());
    }
    default: {
      const Status done = view(**books, options, console);
      return done ? Exit::kDone : failed(console, done.error());
    }
  }
}

}  // namespace earmark::cli
