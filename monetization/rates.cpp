#include "monetization/rates.h"

#include <fmt/format.h>

#include "monetization/dates.h"
#include "storage/session.h"

namespace earmark::monetization {
namespace {

constexpr int kMostDecimals = 9;
constexpr std::int64_t kMostUnits = 1'000'000;

std::chrono::sys_days day_from(std::int64_t count) {
  return std::chrono::sys_days(std::chrono::days(static_cast<std::chrono::days::rep>(count)));
}

/// A rate as it is stored; its own type, because Rate is read in two directions.
struct Row {
  std::string base;
  std::string quote;
  std::int64_t day = 0;
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;
  std::string source;
};

void map_columns(storage::Columns& columns, Row& row) {
  columns(row.base)(row.quote)(row.day)(row.numerator)(row.denominator)(row.source);
}

Result<Rate> read(const Row& row) {
  Rate rate;
  EARMARK_TRY(rate.base, Currency::parse(row.base));
  EARMARK_TRY(rate.quote, Currency::parse(row.quote));
  rate.day = day_from(row.day);
  rate.numerator = row.numerator;
  rate.denominator = row.denominator;
  rate.source = row.source;
  return rate;
}

}  // namespace

Status parse_rate(std::string_view text, Rate& rate) {
  rate.numerator = 0;
  rate.denominator = 1;
  int decimals = -1;
  bool is_good = !text.empty();
  for (const char c : text) {
    if (c == '.' && decimals < 0) {
      decimals = 0;
      continue;
    }
    is_good = is_good && c >= '0' && c <= '9' && rate.numerator <= kMostUnits * rate.denominator;
    if (!is_good) break;
    rate.numerator = 10 * rate.numerator + (c - '0');
    if (decimals < 0) continue;
    rate.denominator *= 10;
    is_good = ++decimals <= kMostDecimals;
  }
  if (!is_good || rate.numerator == 0)
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("rate '{}': must be like 1.0842, above 0, with at most nine decimals", text));
  return {};
}

std::string show_rate(const Rate& rate) {
  std::string text = fmt::format("{}", rate.numerator / rate.denominator);
  std::int64_t rest = rate.numerator % rate.denominator;
  if (rest != 0) text += '.';
  for (std::int64_t unit = rate.denominator; rest != 0 && unit > 1;) {
    unit /= 10;
    text += static_cast<char>('0' + rest / unit);
    rest %= unit;
  }
  return text;
}

Status put_rate(storage::Session& session, const Rate& rate, Timestamp now) {
  if (rate.base == rate.quote) return fail(ErrorCode::kInvalidArgument, "a rate is between two currencies");
  EARMARK_TRY_STATUS(session.execute(
      "INSERT INTO exchange_rates (base, quote, day, rate_numerator, rate_denominator, source, recorded_at)"
      " VALUES (:base, :quote, :day, :numerator, :denominator, :source, :now)",
      {rate.base.code(), rate.quote.code(), rate.day.time_since_epoch().count(), rate.numerator,
       rate.denominator, rate.source, now}));
  return {};
}

Result<std::vector<Rate>> rates(storage::Session& session) {
  EARMARK_TRY(const auto rows,
              session.query<Row>("SELECT base, quote, day, rate_numerator, rate_denominator, source"
                                 " FROM exchange_rates ORDER BY base, quote, day, key"));
  std::vector<Rate> all;
  for (const Row& row : rows) {
    EARMARK_TRY(auto rate, read(row));
    all.push_back(std::move(rate));
  }
  return all;
}

Result<Rate> rate_on(storage::Session& session, Currency from, Currency to, std::chrono::sys_days day) {
  EARMARK_TRY(const auto row,
              session.find<Row>(
                  "SELECT base, quote, day, rate_numerator, rate_denominator, source FROM exchange_rates"
                  " WHERE ((base = :from1 AND quote = :to1) OR (base = :to2 AND quote = :from2))"
                  " AND day <= :day AND day > :oldest ORDER BY day DESC, key DESC LIMIT 1",
                  {from.code(), to.code(), to.code(), from.code(), day.time_since_epoch().count(),
                   (day - kOldestRate).time_since_epoch().count()}));
  if (!row)
    return fail(ErrorCode::kNotFound,
                fmt::format("no rate from {} to {} of {} or the six days before; set one with 'earmark money "
                            "rates set {}/{} RATE --day {}'",
                            from.code(), to.code(), show_day(day), from.code(), to.code(), show_day(day)));
  EARMARK_TRY(auto rate, read(*row));
  if (rate.base != from) {
    std::swap(rate.base, rate.quote);
    std::swap(rate.numerator, rate.denominator);
  }
  return rate;
}

Result<Money> convert(const Money& amount, const Rate& rate, Rounding rounding) {
  Money converted;
  converted.currency = rate.quote;
  EARMARK_TRY(converted.micros, scaled(amount.micros, rate.numerator, rate.denominator, rounding));
  return converted;
}

}  // namespace earmark::monetization
