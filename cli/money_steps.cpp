#include "cli/money_steps.h"

#include <fstream>

#include <fmt/format.h>

#include "cli/money_print.h"
#include "cli/open_store.h"
#include "cli/stop.h"
#include "core/csv.h"
#include "core/text.h"
#include "monetization/csv.h"
#include "monetization/dates.h"

namespace earmark::cli {
namespace {

using monetization::Books;
using What = MoneyOptions::What;

/// The words of one revenue, from options or from a row.
struct Words {
  std::string_view feed;
  std::string_view guid;
  std::string_view amount;
  std::string_view source;
  std::string_view reference;
  std::string_view from;
  std::string_view until;
};

Result<monetization::NewRevenue> revenue_of(const Words& words) {
  monetization::NewRevenue revenue;
  revenue.feed = words.feed;
  revenue.guid = words.guid;
  EARMARK_TRY(revenue.amount, parse_money(words.amount));
  if (!words.source.empty()) revenue.source = words.source;
  revenue.reference = words.reference;
  EARMARK_TRY(revenue.from, monetization::parse_when(words.from));
  EARMARK_TRY(revenue.until, monetization::parse_when(words.until));
  return revenue;
}

Status earn_one(Books& books, const Words& words, Console& console) {
  EARMARK_TRY(const auto revenue, revenue_of(words));
  EARMARK_TRY(const auto recorded, books.earn(revenue));
  print(recorded, "revenue", console);
  return {};
}

void report(const std::string& where, const Error& error, Console& console) {
  if (console.is_json())
    console.result({{"revenue_id", nullptr}, {"status", "error"}, {"error", where + error.message}});
  console.note(LogLevel::kError, where + error.message);
}

/// Rows of a file; whether all could be recorded. An error is of the file as a whole.
Result<bool> earn_file(Books& books, const std::string& path, Console& console) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorCode::kNotFound, path + ": cannot be opened");
  std::string line;
  std::getline(in, line);
  const auto header = monetization::CsvHeader::parse(line, {"feed", "guid", "amount", "from", "until"},
                                                     {"source", "reference"});
  if (!header) return fail(header.error().with_context(path));
  bool all = true;
  std::vector<std::string> fields;
  for (std::int64_t number = 2; std::getline(in, line) && stop_signal() == 0; ++number) {
    if (line.empty() || line == "\r") continue;
    const auto field = [&](std::string_view column) { return header->field(fields, column); };
    Status done = read_csv_line(line, fields);
    if (done) {
      done = earn_one(books,
                      {field("feed"), field("guid"), field("amount"), field("source"), field("reference"),
                       field("from"), field("until")},
                      console);
    }
    if (done) continue;
    report(fmt::format("{}:{}: ", path, number), done.error(), console);
    all = false;
  }
  return all;
}

Status refund(Books& books, const MoneyOptions& options, Console& console) {
  monetization::Refund refund;
  refund.revenue_id = options.subject;
  refund.reference = options.reference;
  if (!options.amount.empty()) {
    EARMARK_TRY(refund.micros, parse_micros(options.amount));
  }
  EARMARK_TRY(const auto recorded, books.refund(refund));
  print(recorded, "refund", console);
  return {};
}

Status put_tariff(Books& books, const MoneyOptions& options, Console& console) {
  EARMARK_TRY(const auto tariff, monetization::parse_tariff(options.subject, options.settings));
  std::optional<Timestamp> starts_at;
  if (!options.from.empty()) {
    EARMARK_TRY(starts_at, monetization::parse_when(options.from));
  }
  EARMARK_TRY(const auto version, books.put_tariff(tariff, starts_at, options.by));
  print(version, console);
  return {};
}

Status use_tariff(Books& books, const MoneyOptions& options, Console& console) {
  monetization::TariffUse use;
  use.name = options.subject;
  use.feed = options.feed;
  if (!options.from.empty()) {
    EARMARK_TRY(use.starts_at, monetization::parse_when(options.from));
  }
  EARMARK_TRY_STATUS(books.use_tariff(use, options.by));
  if (console.is_json()) {
    console.result({{"name", use.name},
                    {"feed", use.feed.empty() ? Json(nullptr) : Json(use.feed)},
                    {"starts_at", to_rfc3339(use.starts_at)}});
  } else {
    console.line(fmt::format("{} counts for {}", printable(use.name),
                             use.feed.empty() ? "all feeds without one of their own" : printable(use.feed)));
  }
  return {};
}

Status list_tariffs(const Books& books, Console& console) {
  EARMARK_TRY(const auto all, books.tariffs());
  for (const auto& version : all) print(version, console);
  return {};
}

Status set_rate(Books& books, const MoneyOptions& options, Console& console) {
  monetization::Rate rate;
  const auto slash = options.subject.find('/');
  if (slash == std::string::npos)
    return fail(ErrorCode::kInvalidArgument, fmt::format("pair '{}': must be like EUR/USD", options.subject));
  EARMARK_TRY(rate.base, Currency::parse(options.subject.substr(0, slash)));
  EARMARK_TRY(rate.quote, Currency::parse(options.subject.substr(slash + 1)));
  EARMARK_TRY(rate.day, monetization::parse_day(options.day));
  EARMARK_TRY_STATUS(monetization::parse_rate(options.amount, rate));
  rate.source = options.reference;
  EARMARK_TRY_STATUS(books.put_rate(rate));
  print(rate, console);
  return {};
}

Status list_rates(const Books& books, Console& console) {
  EARMARK_TRY(const auto all, books.rates());
  for (const auto& rate : all) print(rate, console);
  return {};
}

Status terms(Books& books, const MoneyOptions& options, Console& console) {
  EARMARK_TRY(auto terms, books.terms_of(options.subject));
  const bool changes = !options.threshold.empty() || options.hold_days || !options.currency.empty() ||
                       !options.hold.empty() || options.release;
  if (!options.threshold.empty()) {
    EARMARK_TRY(terms.threshold_micros, parse_micros(options.threshold));
  }
  if (options.hold_days) terms.hold_days = *options.hold_days;
  if (!options.currency.empty()) {
    EARMARK_TRY(terms.currency, Currency::parse(options.currency));
  }
  if (options.release) terms.held_reason.clear();
  if (!options.hold.empty()) terms.held_reason = options.hold;
  if (changes) EARMARK_TRY_STATUS(books.set_terms(options.subject, terms, options.by));
  print_terms(options.subject, terms, console);
  return {};
}

Status reverse(Books& books, const MoneyOptions& options, Console& console) {
  EARMARK_TRY(const auto posted, books.reverse(options.subject, options.reason));
  if (console.is_json()) {
    console.result({{"transaction_id", posted.id}, {"reverses", options.subject}});
  } else {
    console.line(fmt::format("{} takes back {}", posted.id, printable(options.subject)));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Books>> open_books(const Common& common) {
  {
    // Says what is wrong with the place in the words that all commands use.
    EARMARK_TRY(const auto registry, open_registry(common));
  }
  return Books::open(common.store);
}

Exit earn(Books& books, const MoneyOptions& options, Console& console) {
  if (options.files.empty()) {
    const Status done = earn_one(books,
                                 {options.feed, options.guid, options.amount, options.source,
                                  options.reference, options.from, options.until},
                                 console);
    return done ? Exit::kDone : failed(console, done.error());
  }
  bool all = true;
  for (const auto& path : options.files) {
    const auto done = earn_file(books, path, console);
    if (!done) return failed(console, done.error());
    all = all && *done;
  }
  return all ? Exit::kDone : Exit::kSomeFailed;
}

Exit read_listens(Books& books, const MoneyOptions& options, Console& console) {
  bool all = true;
  if (!options.batch.empty() && options.files.size() > 1)
    return failed(console,
                  {ErrorCode::kInvalidArgument, "a batch is one file: name one, or leave --batch out"});
  for (const auto& path : options.files) {
    const auto read = [&]() -> Result<monetization::StoredBatch> {
      std::ifstream in(path, std::ios::binary);
      if (!in) return fail(ErrorCode::kNotFound, "cannot be opened");
      monetization::ListenBatch batch;
      EARMARK_TRY_STATUS(monetization::read_listens(in, batch));
      return books.add_listens(options.batch, std::move(batch));
    };
    const auto stored = read();
    if (stored) {
      print(*stored, path, console);
      continue;
    }
    all = false;
    const auto error = stored.error().with_context(path);
    if (console.is_json()) console.result({{"file", path}, {"status", "error"}, {"error", error.message}});
    console.note(LogLevel::kError, error.message);
  }
  return all ? Exit::kDone : Exit::kSomeFailed;
}

Exit pay_out(Books& books, const MoneyOptions& options, Console& console) {
  monetization::PayoutRun run;
  run.account = options.subject;
  run.method = options.method;
  run.dry_run = options.dry_run;
  const auto payouts = books.pay_out(run);
  if (!payouts) return failed(console, payouts.error());
  bool all = true;
  for (const auto& payout : *payouts) {
    print(payout, console);
    all = all && payout.outcome != monetization::Payout::Outcome::kNoRate;
  }
  return all ? Exit::kDone : Exit::kSomeFailed;
}

Status set(Books& books, const MoneyOptions& options, Console& console) {
  switch (options.what) {
    case What::kRefund: return refund(books, options, console);
    case What::kTariffPut: return put_tariff(books, options, console);
    case What::kTariffUse: return use_tariff(books, options, console);
    case What::kTariffList: return list_tariffs(books, console);
    case What::kRatesSet: return set_rate(books, options, console);
    case What::kRatesList: return list_rates(books, console);
    case What::kTerms: return terms(books, options, console);
    default: return reverse(books, options, console);
  }
}

}  // namespace earmark::cli
