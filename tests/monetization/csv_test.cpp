#include "monetization/csv.h"

#include "tests/support/result_matchers.h"

namespace earmark::monetization {
namespace {

std::vector<std::string> cut(std::string_view line) {
  std::vector<std::string> fields = {"left", "over", "from", "before"};
  const Status done = split_csv(line, fields);
  EXPECT_TRUE(done) << done.error().message;
  return fields;
}

TEST(SplitCsv, CutsAsRfc4180Says) {
  using Fields = std::vector<std::string>;
  EXPECT_EQ(cut("a,b,c"), (Fields{"a", "b", "c"}));
  EXPECT_EQ(cut(""), (Fields{""}));
  EXPECT_EQ(cut("a,,\r"), (Fields{"a", "", ""}));
  EXPECT_EQ(cut(R"("a,b","say ""hi""",c)"), (Fields{"a,b", "say \"hi\"", "c"}));
  std::vector<std::string> fields;
  EXPECT_FAILS(split_csv("\"a", fields), ErrorCode::kInvalidArgument);
}

TEST(SplitCsv, ReadsWhatCsvFieldWrote) {
  for (const char* text : {"", "a", "a,b", "\"", "say \"hi\", then go"})
    EXPECT_EQ(cut(csv_field(text) + "," + csv_field("x")), (std::vector<std::string>{text, "x"}));
}

TEST(CsvHeader, NamesWhatIsMissingOrUnknown) {
  const auto missing = CsvHeader::parse("feed,day", {"feed", "guid"}, {"day"});
  EXPECT_FAILS(missing, ErrorCode::kInvalidArgument);
  EXPECT_NE(missing.error().message.find("guid"), std::string::npos);
  const auto unknown = CsvHeader::parse("feed,guid,colour", {"feed", "guid"}, {});
  EXPECT_FAILS(unknown, ErrorCode::kInvalidArgument);
  EXPECT_NE(unknown.error().message.find("colour"), std::string::npos);
  ASSERT_OK_AND(const auto header, CsvHeader::parse("\xef\xbb\xbfguid,feed\r", {"feed", "guid"}, {}));
  EXPECT_EQ(header.field({"1", "2"}, "feed"), "2");
  EXPECT_EQ(header.field({"1"}, "feed"), "") << "a short row";
}

TEST(WholeNumber, IsNothingElse) {
  EXPECT_EQ(whole_number("12"), 12);
  for (const char* text : {"", "-1", "1.5", "1 ", "x", "99999999999999999999"})
    EXPECT_FALSE(whole_number(text)) << text;
}

}  // namespace
}  // namespace earmark::monetization
