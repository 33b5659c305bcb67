#include "monetization/statement.h"

#include <set>

#include <fmt/format.h>

#include "core/csv.h"
#include "core/hash.h"
#include "core/markup.h"
#include "core/text.h"
#include "monetization/accounts.h"
#include "monetization/dates.h"
#include "registry/ids.h"
#include "storage/session.h"

namespace earmark::monetization {
namespace {

/// A field of a line's detail as text; empty where there is none.
std::string text_of(const Json& detail, const char* name) {
  const auto found = detail.find(name);
  if (found == detail.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>() : to_line(*found);
}

/// Numbers as they are; texts are of others.
std::string cell_of(const Json& detail, const char* name) {
  const auto text = text_of(detail, name);
  const auto found = detail.find(name);
  return found != detail.end() && found->is_number() ? csv_cell(text) : csv_text(text);
}

constexpr const char* kDetails[] = {"why", "claim_id", "recording_id", "subject", "territory", "share_ppm"};

Result<std::int64_t> escrow_of(Ledger& ledger, const StatementQuery& query, Currency currency) {
  if (!query.account.starts_with("party:")) return 0;
  const std::string party(name_of_account(query.account));
  LineFilter filter;
  filter.account = account(AccountKind::kEscrow, "");
  filter.currency = currency.code();
  filter.until = query.until;
  EARMARK_TRY(const auto lines, ledger.lines(filter));
  std::map<std::string, std::int64_t> mine;  // by name of the line
  std::int64_t sum = 0;
  for (const BookedLine& line : lines) {
    EARMARK_TRY(const auto detail, parse_json(line.line.detail));
    if (text_of(detail, "party") == party) {
      mine[line.name()] = line.line.amount.micros;
      sum += line.line.amount.micros;
    }
    // A reversal takes back what its line gave.
    if (const auto reversed = mine.find(text_of(detail, "of")); reversed != mine.end())
      sum -= reversed->second;
  }
  return sum;
}

Result<Statement> one(Ledger& ledger, const StatementQuery& query, Currency currency) {
  Statement statement;
  statement.account = query.account;
  statement.currency = currency;
  statement.from = query.from;
  statement.until = query.until;
  EARMARK_TRY(const auto closed, ledger.closed_until());
  statement.is_final = query.until <= closed;
  LineFilter filter;
  filter.account = query.account;
  filter.currency = currency.code();
  filter.until = query.until;
  EARMARK_TRY(auto lines, ledger.lines(filter));
  std::int64_t balance = 0;
  for (BookedLine& line : lines) {
    EARMARK_TRY(balance, add_micros(balance, line.line.amount.micros));
    if (line.transaction.at < query.from) {
      statement.opening_micros = balance;
      continue;
    }
    StatementLine out;
    EARMARK_TRY(out.detail, parse_json(line.line.detail));
    out.balance_micros = balance;
    out.booked = std::move(line);
    statement.lines.push_back(std::move(out));
  }
  statement.closing_micros = balance;
  EARMARK_TRY(statement.in_escrow_micros, escrow_of(ledger, query, currency));
  return statement;
}

std::string tsv(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += '\t';
    for (const char c : cells[i]) line += c == '\t' || c == '\n' || c == '\r' ? ' ' : c;
  }
  return line + "\n";
}

std::string html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto reference = markup_reference(c);
    out += reference.empty() ? std::string_view(&c, 1) : reference;
  }
  return out;
}

/// What a line is about, in a few words.
std::string about(const StatementLine& line) {
  const Json& detail = line.detail;
  if (text_of(detail, "why") == "use")
    return fmt::format("{} in {}, {}", text_of(detail, "recording_id"), text_of(detail, "territory"),
                       text_of(detail, "claim_id"));
  if (text_of(detail, "why") == "reversal")
    return fmt::format("takes back {}: {}", text_of(detail, "of"), line.booked.transaction.memo);
  return text_of(detail, "why");
}

std::string day_text(Timestamp time) { return show_day(day_of(time)); }

std::string state_of(const Statement& statement) { return statement.is_final ? "final" : "estimated"; }

}  // namespace

Result<std::vector<Statement>> statements(storage::Session& session, const StatementQuery& query) {
  EARMARK_TRY_STATUS(kind_of_account(query.account));
  Ledger ledger(session, Timestamp{});
  EARMARK_TRY(
      const auto currencies,
      session.query<std::string>("SELECT currency FROM ledger_accounts WHERE name = :name ORDER BY currency",
                                 {query.account}));
  if (currencies.empty())
    return fail(ErrorCode::kNotFound,
                fmt::format("{}: nothing was ever booked there; 'earmark money balances' shows all accounts",
                            query.account));
  std::vector<Statement> all;
  for (const auto& code : currencies) {
    EARMARK_TRY(const auto currency, Currency::parse(code));
    EARMARK_TRY(auto statement, one(ledger, query, currency));
    all.push_back(std::move(statement));
  }
  return all;
}

Json to_json(const Statement& statement) {
  Json lines = Json::array();
  for (const StatementLine& line : statement.lines) {
    lines.push_back({{"line", line.booked.name()},
                     {"at", to_rfc3339(line.booked.transaction.at)},
                     {"kind", line.booked.transaction.kind},
                     {"source", line.booked.transaction.source},
                     {"amount_micros", line.booked.line.amount.micros},
                     {"balance_micros", line.balance_micros},
                     {"detail", line.detail}});
  }
  return {{"account", statement.account},
          {"currency", statement.currency.code()},
          {"from", to_rfc3339(statement.from)},
          {"until", to_rfc3339(statement.until)},
          {"state", state_of(statement)},
          {"opening_micros", statement.opening_micros},
          {"closing_micros", statement.closing_micros},
          {"in_escrow_micros", statement.in_escrow_micros},
          {"lines", std::move(lines)}};
}

std::string to_csv(const Statement& statement) {
  std::string text = "line,at,kind,source,amount,currency,balance";
  for (const char* name : kDetails) text += fmt::format(",{}", name);
  text += '\n';
  for (const StatementLine& line : statement.lines) {
    text += fmt::format("{},{},{},{},{},{},{}", line.booked.name(), to_rfc3339(line.booked.transaction.at),
                        line.booked.transaction.kind, csv_text(line.booked.transaction.source),
                        show_micros(line.booked.line.amount.micros), statement.currency.code(),
                        show_micros(line.balance_micros));
    for (const char* name : kDetails) text += "," + cell_of(line.detail, name);
    text += '\n';
  }
  return text;
}

std::string to_html(const Statement& statement) {
  const auto code = statement.currency.code();
  std::string text = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Statement of {0}</title>\n"
      "<style>body{{font:14px sans-serif;max-width:70em;margin:2em "
      "auto}}table{{border-collapse:collapse;width:100%}}"
      "td,th{{padding:.2em .6em;border-bottom:1px solid #ccc;text-align:left}}td.n,th.n{{text-align:right;"
      "font-variant-numeric:tabular-nums}}</style></head><body>\n<h1>Statement of {0}</h1>\n"
      "<p>{1} until {2}, {3}. In {4}.</p>\n<table>\n"
      "<tr><th>Date</th><th>Line</th><th>What</th><th class=\"n\">Amount</th><th "
      "class=\"n\">Balance</th></tr>\n"
      "<tr><td>{1}</td><td></td><td>Opening balance</td><td></td><td class=\"n\">{5}</td></tr>\n",
      html(statement.account), day_text(statement.from), day_text(statement.until), state_of(statement), code,
      show_micros(statement.opening_micros));
  for (const StatementLine& line : statement.lines) {
    text += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{} {}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
        day_text(line.booked.transaction.at), html(line.booked.name()), html(line.booked.transaction.kind),
        html(about(line)), show_micros(line.booked.line.amount.micros), show_micros(line.balance_micros));
  }
  text += fmt::format(
      "<tr><td>{}</td><td></td><td>Closing balance</td><td></td><td class=\"n\">{}</td></tr>\n</table>\n",
      day_text(statement.until), show_micros(statement.closing_micros));
  if (statement.in_escrow_micros != 0)
    text += fmt::format("<p>In escrow until disputes end: {} {}</p>\n",
                        show_micros(statement.in_escrow_micros), code);
  return text + "<p>Why a line is what it is: <code>earmark money explain LINE</code></p>\n</body></html>\n";
}

std::string to_dsr(const Statement& statement) {
  const std::string code(statement.currency.code());
  std::string body;
  for (const StatementLine& line : statement.lines) {
    body += tsv({"SALE", line.booked.name(), to_rfc3339(line.booked.transaction.at),
                 line.booked.transaction.kind, line.booked.transaction.source,
                 text_of(line.detail, "recording_id"), text_of(line.detail, "subject"),
                 text_of(line.detail, "claim_id"), text_of(line.detail, "territory"),
                 text_of(line.detail, "share_ppm"), code, show_micros(line.booked.line.amount.micros)});
  }
  const auto from = to_rfc3339(statement.from);
  const auto until = to_rfc3339(statement.until);
  const auto id =
      registry::public_id("dsr_", registry::digest_of({statement.account, code, from, until, body}));
  std::string text = tsv({"HEAD", "DSR", "earmark/1", "FinancialReport-shaped", id, statement.account, from,
                          until, state_of(statement)});
  text += tsv({"#SUMMARY", "Lines", "Currency", "Opening", "Closing", "InEscrow"});
  text += tsv({"SUMMARY", std::to_string(statement.lines.size()), code, show_micros(statement.opening_micros),
               show_micros(statement.closing_micros), show_micros(statement.in_escrow_micros)});
  text += tsv({"#SALE", "Line", "At", "Kind", "Source", "RecordingId", "Subject", "ClaimId", "Territory",
               "SharePpm", "Currency", "Amount"});
  text += body;
  return text + tsv({"FOOT", std::to_string(statement.lines.size()), to_hex(sha256(as_bytes(text)))});
}

std::string to_text(const Statement& statement) {
  const auto code = statement.currency.code();
  std::string text = fmt::format("{}  {} until {}  {}\n", printable(statement.account),
                                 day_text(statement.from), day_text(statement.until), state_of(statement));
  text += fmt::format("  opening balance {:>18} {}\n", show_micros(statement.opening_micros), code);
  for (const StatementLine& line : statement.lines) {
    text += fmt::format("  {}  {:>18}  {:<11}  {}  {}\n", day_text(line.booked.transaction.at),
                        show_micros(line.booked.line.amount.micros), line.booked.transaction.kind,
                        line.booked.name(), printable(about(line)));
  }
  text += fmt::format("  closing balance {:>18} {}\n", show_micros(statement.closing_micros), code);
  if (statement.in_escrow_micros != 0)
    text += fmt::format("  in escrow       {:>18} {}\n", show_micros(statement.in_escrow_micros), code);
  return text;
}

}  // namespace earmark::monetization
