#pragma once
// Rates of exchange, each of a day and a source; nothing is overwritten.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.h"
#include "core/time.h"
#include "monetization/rounding.h"

namespace earmark::storage {
class Session;
}

namespace earmark::monetization {

/// One unit of `base` is numerator / denominator units of `quote`, exactly.
struct Rate {
  Currency base;
  Currency quote;
  std::chrono::sys_days day;
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;
  std::string source;
};
/// "1.0842": up to nine decimals, above zero. kInvalidArgument.
[[nodiscard]] Status parse_rate(std::string_view text, Rate& rate);
[[nodiscard]] std::string show_rate(const Rate& rate);  ///< "1.0842"

/// The same again is known; of several for one day the last one counts.
[[nodiscard]] Status put_rate(storage::Session& session, const Rate& rate, Timestamp now);
[[nodiscard]] Result<std::vector<Rate>> rates(storage::Session& session);

/// The rate from one currency to another that counts on `day`: the newest of that day or before, in either
/// direction, but not older than kOldestRate. kNotFound says which one is missing.
inline constexpr std::chrono::days kOldestRate{7};
[[nodiscard]] Result<Rate> rate_on(storage::Session& session, Currency from, Currency to,
                                   std::chrono::sys_days day);
/// The amount in the rate's other currency.
[[nodiscard]] Result<Money> convert(const Money& amount, const Rate& rate, Rounding rounding);

}  // namespace earmark::monetization
