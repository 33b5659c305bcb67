#pragma once
// The commands of `earmark money` that change something.
#include "cli/commands.h"
#include "cli/money_options.h"
#include "monetization/books.h"

namespace earmark::cli {

[[nodiscard]] Result<std::unique_ptr<monetization::Books>> open_books(const Common& common);

[[nodiscard]] Exit earn(monetization::Books& books, const MoneyOptions& options, Console& console);
[[nodiscard]] Exit read_listens(monetization::Books& books, const MoneyOptions& options, Console& console);
[[nodiscard]] Exit pay_out(monetization::Books& books, const MoneyOptions& options, Console& console);
/// Refunds, tariffs, rates, terms, reversals.
[[nodiscard]] Status set(monetization::Books& books, const MoneyOptions& options, Console& console);

/// Tiers, members, private feeds.
[[nodiscard]] Status members(monetization::Books& books, const MoneyOptions& options, Console& console);

}  // namespace earmark::cli
