#include "monetization/statement.h"

#include <algorithm>

#include "tests/monetization/fixture.h"

namespace earmark::monetization {
namespace {

class StatementTest : public BooksTest {
 protected:
  Statement one(const std::string& account, const char* from = "2023-10-01",
                const char* until = "2023-11-01") {
    const auto all = books_->statements({account, parse_when(from).value(), parse_when(until).value()});
    EXPECT_TRUE(all) << all.error().message;
    return all && !all->empty() ? all->front() : Statement();
  }
};

TEST_F(StatementTest, AddsUp) {
  earn(october("100.00 USD"));
  auto november = october("50.00 USD");
  november.from = parse_when("2023-11-01").value();
  november.until = parse_when("2023-11-10").value();
  earn(november);
  attribute();

  const auto first = one("party:Label");
  EXPECT_EQ(first.opening_micros, 0);
  EXPECT_EQ(first.closing_micros, 500'000);
  EXPECT_FALSE(first.is_final);
  ASSERT_OK(books_->close(parse_when("2023-11-01").value(), "Ann"));
  EXPECT_TRUE(one("party:Label").is_final);
  const auto second = one("party:Label", "2023-11-01", "2023-12-01");
  EXPECT_EQ(second.opening_micros, first.closing_micros);
  EXPECT_EQ(second.closing_micros, 750'000);
  ASSERT_EQ(second.lines.size(), 1U);
  EXPECT_EQ(second.lines[0].balance_micros, 750'000);
  EXPECT_EQ(second.lines[0].detail["recording_id"], song_.id);
  EXPECT_FAILS(books_->statements({"party:Nobody", Timestamp{}, clock_.now()}), ErrorCode::kNotFound);
  EXPECT_FAILS(books_->statements({"Label", Timestamp{}, clock_.now()}), ErrorCode::kInvalidArgument);
}

TEST_F(StatementTest, SaysWhatIsInEscrowForAParty) {
  earn(october("100.00 USD"));
  attribute();
  step("dispute", "uploader");
  attribute();
  EXPECT_EQ(one("party:Label").in_escrow_micros, 500'000);
  EXPECT_EQ(one("party:Label").closing_micros, 0);
  step("retract", "uploader");
  attribute();
  EXPECT_EQ(one("party:Label").in_escrow_micros, 0);
}

TEST_F(StatementTest, IsWrittenInEveryShape) {
  earn(october("100.00 USD"));
  attribute();
  const auto statement = one("party:Label");
  const auto csv = to_csv(statement);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 2);
  EXPECT_NE(csv.find(",0.50,USD,0.50,use," + claims().at(0).id), std::string::npos) << csv;
  const auto dsr = to_dsr(statement);
  EXPECT_TRUE(dsr.starts_with("HEAD\tDSR\t"));
  EXPECT_NE(dsr.find("\nFOOT\t1\t"), std::string::npos);
  EXPECT_EQ(to_json(statement)["lines"].size(), 1U);
  EXPECT_EQ(to_json(statement), to_json(one("party:Label"))) << "the same bytes for the same statement";
  EXPECT_NE(to_text(statement).find("0.50"), std::string::npos);
}

TEST_F(StatementTest, IsSafeAsAPage) {
  share(song_.id, {{"<b>\"Label\" & Co</b>", registry::kWhole, {}, Timestamp{}, std::nullopt}});
  earn(october("100.00 USD"));
  attribute();
  const auto page = to_html(one("party:<b>\"Label\" & Co</b>"));
  EXPECT_EQ(page.find("<b>"), std::string::npos);
  EXPECT_NE(page.find("&lt;b&gt;&quot;Label&quot; &amp; Co"), std::string::npos);
}

}  // namespace
}  // namespace earmark::monetization
