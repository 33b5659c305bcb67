#include "cli/money_print.h"

#include <fmt/format.h>

#include "cli/table.h"
#include "core/text.h"
#include "monetization/dates.h"

namespace earmark::cli {
namespace {

constexpr std::size_t kDateLength = 10;  // of an RFC 3339 time

std::string day_of(Timestamp time) { return to_rfc3339(time).substr(0, kDateLength); }

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

}  // namespace

void print(const monetization::Recorded& recorded, std::string_view what, Console& console) {
  if (console.is_json()) {
    return console.result({{fmt::format("{}_id", what), recorded.id},
                           {"transaction_id", recorded.transaction_id},
                           {"status", recorded.is_new ? "recorded" : "known"}});
  }
  console.line(fmt::format("{}  {}  {}", recorded.id, recorded.is_new ? "recorded" : "known already",
                           recorded.transaction_id));
}

void print(const monetization::StoredBatch& batch, std::string_view file, Console& console) {
  if (console.is_json()) {
    return console.result({{"file", file},
                           {"batch", batch.id},
                           {"listens", batch.listens},
                           {"status", batch.is_new ? "recorded" : "known"}});
  }
  console.line(fmt::format("{}: {} listens, batch {} {}", printable(file), batch.listens, printable(batch.id),
                           batch.is_new ? "recorded" : "known already"));
}

void print(const monetization::TariffVersion& version, Console& console) {
  const auto settings = monetization::settings_of(version.tariff);
  if (console.is_json()) {
    return console.result({{"name", version.tariff.name},
                           {"version", version.tariff.version},
                           {"settings", settings},
                           {"starts_at", to_rfc3339(version.starts_at)},
                           {"created_by", text_or_null(version.created_by)}});
  }
  console.line(fmt::format("{}  version {}  from {}", printable(version.tariff.name), version.tariff.version,
                           day_of(version.starts_at)));
  for (const auto& setting : settings) console.line("  " + setting);
}

void print(const monetization::Rate& rate, Console& console) {
  if (console.is_json()) {
    return console.result({{"base", rate.base.code()},
                           {"quote", rate.quote.code()},
                           {"day", monetization::show_day(rate.day)},
                           {"rate", monetization::show_rate(rate)},
                           {"source", text_or_null(rate.source)}});
  }
  console.line(fmt::format("{}  1 {} = {} {}  {}", monetization::show_day(rate.day), rate.base.code(),
                           monetization::show_rate(rate), rate.quote.code(), printable(rate.source)));
}

void print(const monetization::Attributed& done, Console& console) {
  if (console.is_json()) {
    return console.result({{"revenue_id", done.revenue_id},
                           {"status", monetization::to_string(done.outcome)},
                           {"transaction_id", text_or_null(done.transaction_id)},
                           {"reason", text_or_null(done.reason)}});
  }
  console.line(fmt::format("{}  {:<9}  {}  {}", done.revenue_id, monetization::to_string(done.outcome),
                           done.transaction_id, printable(done.reason)));
}

void print(const monetization::Difference& difference, Console& console) {
  const auto change = difference.then_micros - difference.now_micros;
  if (console.is_json()) {
    return console.result({{"account", difference.account},
                           {"currency", difference.currency.code()},
                           {"now_micros", difference.now_micros},
                           {"then_micros", difference.then_micros},
                           {"difference_micros", change}});
  }
  console.line(fmt::format("{:>18} {}  {}  ({} instead of {})", show_micros(change),
                           difference.currency.code(), printable(difference.account),
                           show_micros(difference.then_micros), show_micros(difference.now_micros)));
}

void print(const monetization::BookedLine& line, Console& console) {
  const auto& transaction = line.transaction;
  const auto detail = parse_json(line.line.detail);
  if (console.is_json()) {
    return console.result({{"line", line.name()},
                           {"account", line.line.account},
                           {"amount_micros", line.line.amount.micros},
                           {"currency", line.line.amount.currency.code()},
                           {"kind", transaction.kind},
                           {"at", to_rfc3339(transaction.at)},
                           {"recorded_at", to_rfc3339(transaction.recorded_at)},
                           {"source", transaction.source},
                           {"memo", transaction.memo},
                           {"reverses", text_or_null(transaction.reverses)},
                           {"detail", detail ? *detail : Json(nullptr)}});
  }
  console.line(fmt::format("{}  {:>18} {}  {:<11}  {}  {}", day_of(transaction.at),
                           show_micros(line.line.amount.micros), line.line.amount.currency.code(),
                           transaction.kind, line.name(), printable(line.line.account)));
}

void print(const monetization::Payout& payout, Console& console) {
  if (console.is_json()) {
    return console.result({{"account", payout.account},
                           {"status", monetization::to_string(payout.outcome)},
                           {"currency", payout.balance.currency.code()},
                           {"balance_micros", payout.balance.micros},
                           {"available_micros", payout.available.micros},
                           {"paid_micros", payout.paid.micros},
                           {"paid_currency", payout.paid.currency.code()},
                           {"transaction_id", text_or_null(payout.transaction_id)},
                           {"reason", text_or_null(payout.reason)}});
  }
  const bool paid = payout.outcome == monetization::Payout::Outcome::kPaid;
  console.line(fmt::format("{:<15}  {:>20}  of {}  {}  {}", monetization::to_string(payout.outcome),
                           to_string(paid ? payout.paid : payout.available), to_string(payout.balance),
                           printable(payout.account),
                           printable(paid ? payout.transaction_id : payout.reason)));
}

void print(const monetization::Kept& kept, Console& console) {
  if (console.is_json()) {
    return console.result({{"account", kept.account},
                           {"currency", kept.amount.currency.code()},
                           {"amount_micros", kept.amount.micros},
                           {"oldest_at", to_rfc3339(kept.oldest)},
                           {"under_30_days_micros", kept.under_30_days},
                           {"under_90_days_micros", kept.under_90_days},
                           {"under_year_micros", kept.under_year},
                           {"over_year_micros", kept.over_year}});
  }
  console.line(fmt::format("{:>20}  since {}  {}", to_string(kept.amount), day_of(kept.oldest),
                           printable(kept.account)));
}

void print(const std::vector<monetization::Balance>& balances, Console& console) {
  Table table({Table::Align::kRight, Table::Align::kLeft, Table::Align::kLeft});
  for (const auto& balance : balances) {
    if (console.is_json()) {
      console.result({{"account", balance.account},
                      {"currency", balance.amount.currency.code()},
                      {"balance_micros", balance.amount.micros}});
    } else {
      table.add({show_micros(balance.amount.micros), std::string(balance.amount.currency.code()),
                 printable(balance.account)});
    }
  }
  if (console.is_json()) return;
  for (const auto& line : table.lines("")) console.line(line);
}

void print_terms(std::string_view account, const monetization::PaymentTerms& terms, Console& console) {
  if (console.is_json()) {
    return console.result({{"account", account.empty() ? Json(nullptr) : Json(account)},
                           {"threshold_micros", terms.threshold_micros},
                           {"hold_days", terms.hold_days},
                           {"currency", terms.currency ? Json(terms.currency->code()) : Json(nullptr)},
                           {"held", text_or_null(terms.held_reason)}});
  }
  console.line(fmt::format("{}: paid from {} on, what is older than {} days, {}{}",
                           account.empty() ? "all without terms of their own" : printable(account),
                           show_micros(terms.threshold_micros), terms.hold_days,
                           terms.currency ? fmt::format("in {}", terms.currency->code()) : "as it was earned",
                           terms.held_reason.empty() ? "" : "; HELD: " + printable(terms.held_reason)));
}

void print_explanation(const Json& explanation, Console& console) {
  if (console.is_json()) return console.result(explanation);
  const auto text = [](const Json& json, const char* name) {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_string()) return std::string();
    return printable(found->get<std::string>());
  };
  console.line(fmt::format("{}: {} {} to {}", text(explanation, "line"),
                           show_micros(explanation.at("amount_micros").get<std::int64_t>()),
                           text(explanation, "currency"), text(explanation, "account")));
  const Json& transaction = explanation.at("transaction");
  console.line(fmt::format("{} of {}, booked {}, from {}: {}", text(transaction, "kind"),
                           text(transaction, "at"), text(transaction, "recorded_at"),
                           text(transaction, "source"), text(transaction, "memo")));
  for (const auto& step : explanation.value("steps", Json::array()))
    console.line("  " + printable(step.get<std::string>()));
  if (!explanation.contains("steps")) console.line("  " + printable(to_line(explanation.at("detail"))));
  if (explanation.value("replayed", false)) console.line("computed again from these facts: the same");
  if (explanation.contains("reversed")) {
    console.line("takes back:");
    print_explanation(explanation["reversed"], console);
  }
}

}  // namespace earmark::cli
