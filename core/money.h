#pragma once
// Amounts of money: whole millionths of a currency's unit, never fractions.
#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace earmark {

/// Micro-units of a unit of currency.
inline constexpr std::int64_t kMicrosPerUnit = 1'000'000;

/// A currency by its code of three capitals (ISO 4217). What is not assigned there may be used too: points,
/// vouchers.
class Currency {
 public:
  /// kInvalidArgument for what is not three letters.
  [[nodiscard]] static Result<Currency> parse(std::string_view text);
  [[nodiscard]] std::string_view code() const { return {code_.data(), code_.size()}; }

  friend auto operator<=>(const Currency&, const Currency&) = default;

 private:
  std::array<char, 3> code_ = {'X', 'X', 'X'};  ///< ISO 4217's own "no currency"
};

/// So much of a currency; negative: the other way.
struct Money {
  std::int64_t micros = 0;
  Currency currency;

  friend bool operator==(const Money&, const Money&) = default;
};

/// "12.50 USD", "USD 12.50", "-3 EUR": at most six decimals, no separators of thousands, exact or
/// kInvalidArgument; at most a million million units.
[[nodiscard]] Result<Money> parse_money(std::string_view text);
/// The number alone, as parse_money reads it.
[[nodiscard]] Result<std::int64_t> parse_micros(std::string_view text);

/// "12.50 USD", "0.000001 USD": two decimals, or as many as there are.
[[nodiscard]] std::string to_string(const Money& money);
[[nodiscard]] std::string show_micros(std::int64_t micros);

/// a + b. kResourceExhausted where 64 bits do not hold it.
[[nodiscard]] Result<std::int64_t> add_micros(std::int64_t a, std::int64_t b);

}  // namespace earmark
