#include "core/money.h"

#include <limits>

#include "tests/support/result_matchers.h"

namespace earmark {
namespace {

TEST(Money, IsReadExactly) {
  EXPECT_EQ(parse_money("12.50 USD").value().micros, 12'500'000);
  EXPECT_EQ(parse_money("usd 12.5").value(), parse_money("12.500000 USD").value());
  EXPECT_EQ(parse_money("-0.000001 EUR").value().micros, -1);
  EXPECT_EQ(parse_micros("7").value(), 7'000'000);
  EXPECT_EQ(parse_micros("1.0000000").value(), 1'000'000) << "noughts are no digits that are lost";
}

TEST(Money, IsRefusedWhereItIsNotExact) {
  for (const char* text : {"", "USD", "12", "12.5", "1,000 USD", "1.0000001 USD", "1e3 USD", "12.5 US",
                           "12.5 U5D", "- USD", ". USD", "1.2.3 USD", "9999999999999 USD", "12.5  USD"}) {
    SCOPED_TRACE(text);
    EXPECT_FAILS(parse_money(text), ErrorCode::kInvalidArgument);
  }
}

TEST(Money, IsShownAsItIsRead) {
  for (const std::int64_t micros :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{12'500'000}, std::int64_t{999'999},
        std::int64_t{-1'000'001}}) {
    EXPECT_EQ(parse_micros(show_micros(micros)).value(), micros) << show_micros(micros);
  }
  EXPECT_EQ(show_micros(12'500'000), "12.50");
  EXPECT_EQ(show_micros(-1), "-0.000001");
  EXPECT_EQ(show_micros(std::numeric_limits<std::int64_t>::min()), "-9223372036854.775808");
}

TEST(Money, DoesNotWrapAround) {
  EXPECT_FAILS(add_micros(std::numeric_limits<std::int64_t>::max(), 1), ErrorCode::kResourceExhausted);
}

}  // namespace
}  // namespace earmark
