#include "monetization/rates.h"

#include "registry/place.h"
#include "storage/session.h"
#include "tests/monetization/fixture.h"

namespace earmark::monetization {
namespace {

Rate rate(const char* base, const char* quote, const char* day, const char* text) {
  Rate made;
  made.base = Currency::parse(base).value();
  made.quote = Currency::parse(quote).value();
  made.day = parse_day(day).value();
  const Status parsed = parse_rate(text, made);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return made;
}

TEST(Rate, IsReadExactlyAndShownAsItIs) {
  for (const char* text : {"1.0842", "150", "0.000000001", "1000000"})
    EXPECT_EQ(show_rate(rate("EUR", "USD", "2023-11-02", text)), text);
  Rate made;
  for (const char* text : {"", "0", "0.0", "-1", "1.0000000001", "1,1", "1.1.1", "99999999"}) {
    SCOPED_TRACE(text);
    EXPECT_FAILS(parse_rate(text, made), ErrorCode::kInvalidArgument);
  }
}

class RatesTest : public BooksTest {};

TEST_F(RatesTest, AreThoseOfTheDayOrTheNewestBefore) {
  ASSERT_OK(books_->put_rate(rate("EUR", "USD", "2023-11-02", "1.05")));
  ASSERT_OK(books_->put_rate(rate("EUR", "USD", "2023-11-03", "1.07")));
  ASSERT_OK(books_->put_rate(rate("EUR", "USD", "2023-11-03", "1.06")));
  EXPECT_EQ(books_->rates().value().size(), 3U);
  EXPECT_FAILS(books_->put_rate(rate("EUR", "EUR", "2023-11-03", "1")), ErrorCode::kInvalidArgument);

  ASSERT_OK_AND(auto session, storage::Session::open(registry::address_of(folder_ / "store").value(),
                                                     storage::Session::Mode::kReadOnly));
  const auto eur = Currency::parse("EUR").value();
  const auto usd = Currency::parse("USD").value();
  const auto on = [&](Currency from, Currency to, const char* day) {
    return rate_on(session, from, to, parse_day(day).value());
  };
  EXPECT_EQ(on(eur, usd, "2023-11-02").value().numerator, 105);
  EXPECT_EQ(on(eur, usd, "2023-11-09").value().numerator, 106) << "what was said last of that day";
  EXPECT_FAILS(on(eur, usd, "2023-11-10"), ErrorCode::kNotFound);
  EXPECT_FAILS(on(eur, usd, "2023-11-01"), ErrorCode::kNotFound);
  ASSERT_OK_AND(const auto back, on(usd, eur, "2023-11-02"));
  EXPECT_EQ(convert(parse_money("1.05 USD").value(), back, Rounding::kHalfEven).value(),
            parse_money("1 EUR").value());
}

}  // namespace
}  // namespace earmark::monetization
