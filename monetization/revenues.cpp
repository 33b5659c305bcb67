#include "monetization/revenues.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/json.h"
#include "monetization/accounts.h"
#include "registry/ids.h"
#include "storage/session.h"

namespace earmark::monetization {
namespace {

constexpr std::string_view kSelect =
    "SELECT r.key, r.id, r.feed, r.guid, r.source, r.currency, r.micros, r.starts_at, r.ends_at, "
    "r.reference, r.paid_from,"
    " coalesce((SELECT -sum(d.micros) FROM revenues d WHERE d.refunds = r.id), 0) FROM revenues r"
    " WHERE r.refunds = ''";

struct Row {
  std::int64_t key = 0;
  Revenue revenue;
};

void map_columns(storage::Columns& columns, Row& row) {
  NewRevenue& revenue = row.revenue.revenue;
  columns(row.key)(row.revenue.id)(revenue.feed)(revenue.guid)(revenue.source);
  columns.text([&revenue](const std::string& code) {
    revenue.amount.currency = Currency::parse(code).value_or(Currency());
  });
  columns(revenue.amount.micros)(revenue.from)(revenue.until)(revenue.reference);
  columns(revenue.paid_from);
  columns(row.revenue.refunded_micros);
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

Status check(storage::Session& session, const NewRevenue& revenue) {
  if (revenue.amount.micros <= 0)
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: a revenue is more than nothing; what goes back is a refund",
                            to_string(revenue.amount)));
  if (!is_name(revenue.source))
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("source '{}': must be a name of letters, digits, '_', '-' and '.'", revenue.source));
  if (revenue.from >= revenue.until)
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("earned from {} until {}: no time lies between", to_rfc3339(revenue.from),
                            to_rfc3339(revenue.until)));
  EARMARK_TRY(const auto episodes,
              session.get<std::int64_t>("SELECT count(*) FROM episodes e JOIN feeds f ON f.key = e.feed_key"
                                        " WHERE f.url = :feed AND e.guid = :guid",
                                        {revenue.feed, revenue.guid}));
  if (episodes == 0)
    return fail(ErrorCode::kNotFound,
                fmt::format("{}: no episode '{}' is known; add the feed and run 'earmark crawl run' first",
                            revenue.feed, revenue.guid));
  return {};
}

struct Insert {
  std::string id;
  std::string refunds;
  NewRevenue revenue;
};

Status insert(storage::Session& session, const Insert& row, Timestamp now) {
  const NewRevenue& revenue = row.revenue;
  EARMARK_TRY_STATUS(session.execute(
      "INSERT INTO revenues (id, refunds, feed, guid, source, currency, micros, starts_at, ends_at,"
      " reference, paid_from, recorded_at) VALUES (:id, :refunds, :feed, :guid, :source, :currency, :micros,"
      " :from, :until, :reference, :paid_from, :now)",
      {row.id, row.refunds, revenue.feed, revenue.guid, revenue.source, revenue.amount.currency.code(),
       revenue.amount.micros, revenue.from, revenue.until, revenue.reference, revenue.paid_from, now}));
  return {};
}

/// Money that comes in (or goes back, where it is negative) and waits to be split.
NewTransaction coming_in(const Insert& row, Timestamp at) {
  const Money amount = row.revenue.amount;
  const auto detail = to_line(Json{{"why", row.refunds.empty() ? "revenue" : "refund"},
                                   {"revenue_id", row.refunds.empty() ? row.id : row.refunds}});
  NewTransaction transaction;
  transaction.idempotency_key = row.id;
  transaction.kind = row.refunds.empty() ? "revenue" : "refund";
  transaction.at = at;
  transaction.source = row.refunds.empty() ? row.id : row.refunds;
  transaction.memo = row.revenue.reference;
  const auto from = row.revenue.paid_from.empty() ? account(AccountKind::kExternal, row.revenue.source)
                                                  : row.revenue.paid_from;
  transaction.lines = {{from, {-amount.micros, amount.currency}, detail},
                       {std::string(kUnattributed), amount, detail}};
  return transaction;
}

Result<Recorded> known(storage::Session& session, const std::string& id) {
  EARMARK_TRY(const auto transaction,
              session.get<std::string>("SELECT t.id FROM ledger_transactions t WHERE t.id = :id",
                                       {registry::public_id("txn_", registry::digest_of({"txn", id}), 26)}));
  return Recorded{id, transaction, false};
}

}  // namespace

Result<Recorded> earn(storage::Session& session, const NewRevenue& revenue, Timestamp now) {
  EARMARK_TRY_STATUS(check(session, revenue));
  Insert row;
  row.revenue = revenue;
  row.id = registry::public_id(
      "rev_", registry::digest_of({"revenue", revenue.feed, revenue.guid, to_string(revenue.amount),
                                   revenue.source, to_rfc3339(revenue.from), to_rfc3339(revenue.until),
                                   revenue.reference, revenue.paid_from}));
  EARMARK_TRY(const auto before, find_revenue(session, row.id));
  if (before) return known(session, row.id);
  EARMARK_TRY_STATUS(insert(session, row, now));
  Ledger ledger(session, now);
  EARMARK_TRY(const auto at, ledger.open_time(revenue.until - std::chrono::milliseconds(1)));
  EARMARK_TRY(const auto posted, ledger.post(coming_in(row, at)));
  return Recorded{row.id, posted.id, true};
}

Result<Recorded> refund(storage::Session& session, const Refund& refund, Timestamp now) {
  EARMARK_TRY(const auto revenue, find_revenue(session, refund.revenue_id));
  if (!revenue) return fail(ErrorCode::kNotFound, fmt::format("{}: no such revenue", refund.revenue_id));
  Insert row;
  row.revenue = revenue->revenue;
  row.revenue.reference = refund.reference;
  row.refunds = revenue->id;
  const auto asked = refund.micros ? std::to_string(*refund.micros) : std::string("all");
  row.id = registry::public_id("rfd_", registry::digest_of({"refund", revenue->id, asked, refund.reference}));
  EARMARK_TRY(const auto before,
              session.get<std::int64_t>("SELECT count(*) FROM revenues WHERE id = :id", {row.id}));
  if (before > 0) return known(session, row.id);
  const auto left = revenue->net().micros;
  const auto micros = refund.micros.value_or(left);
  if (micros <= 0 || micros > left)
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: {} cannot be refunded, {} is left of it", revenue->id, show_micros(micros),
                            to_string(revenue->net())));
  row.revenue.amount.micros = -micros;
  EARMARK_TRY_STATUS(insert(session, row, now));
  Ledger ledger(session, now);
  EARMARK_TRY(const auto at, ledger.open_time(revenue->revenue.until - std::chrono::milliseconds(1)));
  EARMARK_TRY(const auto posted, ledger.post(coming_in(row, at)));
  return Recorded{row.id, posted.id, true};
}

Result<RevenuePage> revenues_after(storage::Session& session, std::int64_t after, std::int64_t most) {
  EARMARK_TRY(auto rows,
              session.query<Row>(fmt::format("{} AND r.key > :after ORDER BY r.key LIMIT :most", kSelect),
                                 {after, most}));
  RevenuePage page;
  page.last = rows.empty() ? after : rows.back().key;
  for (Row& row : rows) page.revenues.push_back(std::move(row.revenue));
  return page;
}

Result<std::optional<Revenue>> find_revenue(storage::Session& session, std::string_view id) {
  EARMARK_TRY(auto row, session.find<Row>(fmt::format("{} AND r.id = :id", kSelect), {id}));
  std::optional<Revenue> revenue;
  if (row) revenue = std::move(row->revenue);
  return revenue;
}

}  // namespace earmark::monetization
