#include "core/money.h"

#include <fmt/format.h>

namespace earmark {
namespace {

constexpr int kDecimals = 6;
constexpr int kFewestShown = 2;
constexpr std::int64_t kMostUnits = 1'000'000'000'000;

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

tl::unexpected<Error> no_amount(std::string_view text) {
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("amount '{}': must be like 12.50 with at most six decimals", text));
}

}  // namespace

Result<Currency> Currency::parse(std::string_view text) {
  Currency currency;
  bool good = text.size() == currency.code_.size();
  for (std::size_t i = 0; good && i < text.size(); ++i) {
    good = is_letter(text[i]);
    currency.code_[i] = static_cast<char>(text[i] & ~0x20);  // to a capital
  }
  if (!good)
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("currency '{}': must be three letters, like EUR", text));
  return currency;
}

Result<std::int64_t> parse_micros(std::string_view text) {
  std::string_view number = text;
  const bool negative = number.starts_with('-');
  if (negative) number.remove_prefix(1);
  std::int64_t units = 0;
  std::int64_t fraction = 0;
  int decimals = -1;
  bool has_digits = false;
  for (const char c : number) {
    if (c == '.' && decimals < 0) {
      decimals = 0;
      continue;
    }
    if (c < '0' || c > '9') return no_amount(text);
    has_digits = true;
    if (decimals < 0) {
      units = 10 * units + (c - '0');
      if (units > kMostUnits) return no_amount(text);
    } else if (++decimals <= kDecimals) {
      fraction = 10 * fraction + (c - '0');
    } else if (c != '0') {
      return no_amount(text);
    }
  }
  if (!has_digits) return no_amount(text);
  for (int i = decimals < 0 ? 0 : decimals; i < kDecimals; ++i) fraction *= 10;
  const std::int64_t micros = units * kMicrosPerUnit + fraction;
  return negative ? -micros : micros;
}

Result<Money> parse_money(std::string_view text) {
  const auto space = text.find(' ');
  if (space == std::string_view::npos)
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("amount '{}': must name its currency, like 12.50 EUR", text));
  std::string_view amount = text.substr(0, space);
  std::string_view code = text.substr(space + 1);
  if (!amount.empty() && is_letter(amount.front())) std::swap(amount, code);
  Money money;
  EARMARK_TRY(money.currency, Currency::parse(code));
  EARMARK_TRY(money.micros, parse_micros(amount));
  return money;
}

std::string show_micros(std::int64_t micros) {
  // Unsigned, so that the smallest number has an absolute value.
  const auto size = micros < 0 ? 0 - static_cast<std::uint64_t>(micros) : static_cast<std::uint64_t>(micros);
  constexpr auto kUnit = static_cast<std::uint64_t>(kMicrosPerUnit);
  std::string text = fmt::format("{}{}.{:06}", micros < 0 ? "-" : "", size / kUnit, size % kUnit);
  for (int i = kDecimals; i > kFewestShown && text.back() == '0'; --i) text.pop_back();
  return text;
}

std::string to_string(const Money& money) {
  return fmt::format("{} {}", show_micros(money.micros), money.currency.code());
}

Result<std::int64_t> add_micros(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum))
    return fail(ErrorCode::kResourceExhausted,
                "an amount is beyond nine million million units: split it into several accounts");
  return sum;
}

}  // namespace earmark
