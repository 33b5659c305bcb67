#include "cli/table.h"

#include <gtest/gtest.h>

namespace earmark::cli {
namespace {

TEST(TimeCode, HasMillisecondsAndHoursOnlyWhereNeeded) {
  EXPECT_EQ(time_code(0), "00:00.000");
  EXPECT_EQ(time_code(61'005), "01:01.005");
  EXPECT_EQ(time_code(3'599'999), "59:59.999");
  EXPECT_EQ(time_code(3'600'000), "1:00:00.000");
  EXPECT_EQ(time_code(45'296'789), "12:34:56.789");
}

TEST(ByteCount, HasAtMostFourDigits) {
  EXPECT_EQ(byte_count(0), "0 B");
  EXPECT_EQ(byte_count(999), "999 B");
  EXPECT_EQ(byte_count(1000), "1.0 kB");
  EXPECT_EQ(byte_count(99'940), "99.9 kB");
  EXPECT_EQ(byte_count(99'960), "100 kB");
  EXPECT_EQ(byte_count(999'600), "1.0 MB");
  EXPECT_EQ(byte_count(1'900'000'000), "1.9 GB");
  EXPECT_EQ(byte_count(18'000'000'000'000'000'000U), "18.0 EB");
}

TEST(Percent, CallsNothingCertainThatIsNot) {
  EXPECT_EQ(percent(1.0), "100 %");
  EXPECT_EQ(percent(0.99999), "99.9 %");
  EXPECT_EQ(percent(0.5), "50.0 %");
  EXPECT_EQ(percent(0.0), "0.0 %");
}

TEST(Table, AlignsColumnsByWhatTheEyeSees) {
  Table table({Table::Align::kLeft, Table::Align::kRight, Table::Align::kLeft});
  table.add({"a", "1", "x"});
  table.add({"äöü", "100", ""});
  table.add({"漢", "20", "y"});

  EXPECT_EQ(table.lines("> "), (std::vector<std::string>{"> a      1  x", "> äöü  100", "> 漢    20  y"}));
}

}  // namespace
}  // namespace earmark::cli
