#include "core/csv.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace earmark {
namespace {

using Fields = std::vector<std::string>;

struct Record {
  std::size_t line = 0;
  Fields fields;
  std::string wrong;

  friend bool operator==(const Record&, const Record&) = default;
};

std::vector<Record> read(std::string_view text) {
  std::vector<Record> records;
  Fields fields = {"left", "over", "from", "before"};
  CsvReader reader(text);
  while (!reader.at_end()) {
    const auto line = reader.line();
    const Status done = reader.next(fields);
    records.push_back({line, fields, done ? "" : done.error().message});
  }
  return records;
}

Fields cut(std::string_view line) {
  Fields fields = {"left", "over", "from", "before"};
  const Status read = read_csv_line(line, fields);
  EXPECT_TRUE(read) << read.error().message;
  return fields;
}

TEST(Csv, IsReadAsRfc4180Says) {
  EXPECT_EQ(cut("a,b,c"), (Fields{"a", "b", "c"}));
  EXPECT_EQ(cut(""), (Fields{""}));
  EXPECT_EQ(cut("a,,\r"), (Fields{"a", "", ""}));
  EXPECT_EQ(cut("a, b ,\r\n"), (Fields{"a", " b ", ""}));
  EXPECT_EQ(cut(R"("a,b","say ""hi""",c)"), (Fields{"a,b", "say \"hi\"", "c"}));
  EXPECT_EQ(cut("\"a\nb\" ,c\n"), (Fields{"a\nb", "c"}));
  EXPECT_EQ(cut("5\" single,x"), (Fields{"5\" single", "x"})) << "a quote within is a letter";
}

TEST(Csv, IsReadRecordByRecordWithTheirLines) {
  EXPECT_EQ(read("a,\"b\n\nc\"\r\n\nd\n"),
            (std::vector<Record>{{1, {"a", "b\n\nc"}, ""}, {4, {""}, ""}, {5, {"d"}, ""}}));
  EXPECT_TRUE(read("").empty());
}

TEST(Csv, SaysWhatIsWrongAndGoesOnBehindIt) {
  const auto behind = read("\"a\"b,c\nd\n");
  ASSERT_EQ(behind.size(), 2U);
  EXPECT_NE(behind[0].wrong.find("comma"), std::string::npos) << behind[0].wrong;
  EXPECT_EQ(behind[0].fields, (Fields{"ab", "c"}));
  EXPECT_EQ(behind[1], (Record{2, {"d"}, ""}));
  const auto open = read("x\na,\"b\nc");
  ASSERT_EQ(open.size(), 2U);
  EXPECT_EQ(open[1].line, 2U);
  EXPECT_NE(open[1].wrong.find("does not end"), std::string::npos);
  Fields fields;
  EXPECT_FAILS(read_csv_line("a\nb", fields), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(read_csv_line("\"a", fields), ErrorCode::kInvalidArgument);
}

TEST(Csv, IsWrittenSoThatNoSpreadsheetRunsIt) {
  EXPECT_EQ(csv_text("plain"), "plain");
  EXPECT_EQ(csv_text(""), "");
  EXPECT_EQ(csv_text("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
  for (const char* text : {"=1", "+1", "-1", "@x", "\tx"}) EXPECT_EQ(csv_text(text), std::string("'") + text);
  EXPECT_EQ(csv_text("\rx"), "\"'\rx\"");
  EXPECT_EQ(csv_text("a=1"), "a=1");
}

TEST(Csv, LeavesNumbersAlone) {
  for (const char* text : {"-12.50", "+3", "0:01.000"}) EXPECT_EQ(csv_cell(text), text);
  EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
}

/// A text of letters that mean something, and some that do not.
std::string drawn(std::mt19937& random) {
  constexpr std::string_view kLetters = "ab ,\"\r\n=+-@'\xc3\xa9";
  std::string text;
  for (auto n = random() % 12; n > 0; --n) text += kLetters[random() % kLetters.size()];
  return text;
}

TEST(CsvProperty, WhatIsWrittenComesBack) {
  std::mt19937 random(4180);
  for (int round = 0; round < 3000; ++round) {
    std::vector<Fields> rows(1 + random() % 4);
    std::string text;
    for (Fields& row : rows) {
      for (auto n = 1 + random() % 4; n > 0; --n) {
        row.push_back(drawn(random));
        text += (row.size() == 1 ? "" : ",") + csv_cell(row.back());
      }
      text += random() % 2 == 0 ? "\n" : "\r\n";
    }
    const auto records = read(text);
    ASSERT_EQ(records.size(), rows.size()) << text;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      ASSERT_EQ(records[i].wrong, "") << text;
      ASSERT_EQ(records[i].fields, rows[i]) << text;
    }
  }
}

TEST(CsvProperty, TextIsTheSameButForAnApostropheAndNoFormula) {
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    const auto text = drawn(random);
    const auto records = read(csv_text(text) + "\n");
    ASSERT_EQ(records.size(), 1U);
    const std::string& cell = records[0].fields.at(0);
    ASSERT_TRUE(cell == text || cell == "'" + text) << text;
    ASSERT_TRUE(cell.empty() || std::string_view("=+-@\t\r\n").find(cell.front()) == std::string_view::npos);
  }
}

/// Any bytes: every one of them is read once, the same way twice, and lines are counted as they are.
TEST(CsvProperty, AnyBytesAreReadToTheirEnd) {
  std::mt19937 random(7);
  constexpr std::string_view kPieces[] = {"\"", ",", "\n", "\r", "\r\n", "\"\"", " ", "x", "\xff", "="};
  int wrong = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto n = random() % 30; n > 0; --n) text += kPieces[random() % std::size(kPieces)];
    text += std::string(random() % 3, '\0');
    const auto records = read(text);
    ASSERT_EQ(records, read(text));
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    std::size_t before = 0;
    std::size_t bytes = 0;
    for (const Record& record : records) {
      ASSERT_GT(record.line, before);
      ASSERT_LE(record.line, lines);
      before = record.line;
      ASSERT_FALSE(record.fields.empty());
      for (const auto& field : record.fields) bytes += field.size();
      wrong += record.wrong.empty() ? 0 : 1;
    }
    ASSERT_LE(bytes, text.size());
    if (text.find_first_of("\"") == std::string::npos) {
      // Without quotes nothing but commas and line ends is taken away.
      std::string kept;
      for (const Record& record : records) {
        for (const auto& field : record.fields) kept += field;
      }
      std::erase_if(text, [](char c) { return c == ',' || c == '\n' || c == '\r'; });
      std::erase(kept, '\r');
      ASSERT_EQ(kept, text);
    }
  }
  EXPECT_GT(wrong, 1000);
}

}  // namespace
}  // namespace earmark
