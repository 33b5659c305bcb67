#include "monetization/csv.h"

#include "tests/support/result_matchers.h"

namespace earmark::monetization {
namespace {

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
