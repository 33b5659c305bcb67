#include "core/json.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace earmark {
namespace {

TEST(Json, KeepsTheOrderOfMembers) {
  EXPECT_EQ(to_line(Json{{"z", 1}, {"a", "x"}, {"m", nullptr}}), R"({"z":1,"a":"x","m":null})");
}

TEST(Json, IsOneLineWhateverTheTextHolds) {
  EXPECT_EQ(to_line(Json{{"t", "a\nb\r\x1b\t\"\\"}}), R"({"t":"a\nb\r\u001b\t\"\\"})");
}

TEST(Json, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(to_line(Json("caf\xe9.wav")), "\"caf\xef\xbf\xbd.wav\"");
  EXPECT_EQ(to_line(Json("caf\xc3\xa9.wav")), "\"caf\xc3\xa9.wav\"");
  ASSERT_OK(parse_json(to_line(Json(std::string("\xff\xfe\x00\x80", 4)))));
}

TEST(Json, WritesWhatIsNoNumberAsNull) { EXPECT_EQ(to_line(Json{{"x", std::nan("")}}), R"({"x":null})"); }

TEST(ParseJson, ReadsBackWhatWasWritten) {
  const Json value = {{"n", -3}, {"d", 0.1}, {"list", {1, "two", nullptr, true}}, {"o", {{"k", "v"}}}};

  ASSERT_OK_AND(const Json back, parse_json(to_line(value)));

  EXPECT_EQ(back, value);
}

TEST(ParseJson, RefusesWhatIsNotOneDocument) {
  EXPECT_FAILS(parse_json(""), ErrorCode::kCorrupt);
  EXPECT_FAILS(parse_json("{"), ErrorCode::kCorrupt);
  EXPECT_FAILS(parse_json("{} {}"), ErrorCode::kCorrupt);
  EXPECT_FAILS(parse_json("{\"a\":\"\xff\"}"), ErrorCode::kCorrupt);
  EXPECT_FAILS(parse_json("1e999"), ErrorCode::kCorrupt);
}

TEST(ParseJson, SurvivesDeepNesting) {
  EXPECT_FAILS(parse_json(std::string(200000, '[')), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace earmark
