#include "core/time.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace earmark {
namespace {

std::string normal(std::string_view text) {
  const auto time = parse_rfc3339(text);
  return time ? to_rfc3339(*time) : "refused";
}

// The first five are the examples of RFC 3339, section 5.8.
TEST(Rfc3339, ReadsWhatTheStandardShows) {
  EXPECT_EQ(normal("1985-04-12T23:20:50.52Z"), "1985-04-12T23:20:50.520Z");
  EXPECT_EQ(normal("1996-12-19T16:39:57-08:00"), "1996-12-20T00:39:57.000Z");
  EXPECT_EQ(normal("1990-12-31T23:59:60Z"), "1991-01-01T00:00:00.000Z");
  EXPECT_EQ(normal("1990-12-31T15:59:60-08:00"), "1991-01-01T00:00:00.000Z");
  EXPECT_EQ(normal("1937-01-01T12:00:27.87+00:20"), "1937-01-01T11:40:27.870Z");
  EXPECT_EQ(normal("2024-02-29t00:00:00z"), "2024-02-29T00:00:00.000Z");
  EXPECT_EQ(normal("2024-02-29 00:00:00Z"), "2024-02-29T00:00:00.000Z");
  EXPECT_EQ(normal("2024-01-01T00:00:00.123456789Z"), "2024-01-01T00:00:00.123Z");
  EXPECT_EQ(normal("0000-01-01T00:00:00Z"), "0000-01-01T00:00:00.000Z");
  EXPECT_EQ(normal("9999-12-31T23:59:59.999Z"), "9999-12-31T23:59:59.999Z");
}

TEST(Rfc3339, RefusesEverythingElse) {
  for (const char* text : {"",
                           "now",
                           "2024-01-01",
                           "2024-01-01T00:00:00",
                           "2024-1-01T00:00:00Z",
                           "2024-13-01T00:00:00Z",
                           "2023-02-29T00:00:00Z",
                           "2024-00-10T00:00:00Z",
                           "2024-01-00T00:00:00Z",
                           "2024-01-01T24:00:00Z",
                           "2024-01-01T00:60:00Z",
                           "2024-01-01T00:00:61Z",
                           "2024-01-01T00:00:00.Z",
                           "2024-01-01T00:00:00,5Z",
                           "2024-01-01T00:00:00+1:00",
                           "2024-01-01T00:00:00+24:00",
                           "2024-01-01T00:00:00+01:60",
                           "2024-01-01T00:00:00+0100",
                           "2024-01-01T00:00:00Zx",
                           " 2024-01-01T00:00:00Z",
                           "-024-01-01T00:00:00Z",
                           "2024-01-01T-1:00:00Z",
                           "2024/01/01T00:00:00Z",
                           "0000-01-01T00:00:00+00:01",
                           "9999-12-31T23:59:00-00:01",
                           "9999-12-31T23:59:60Z"}) {
    SCOPED_TRACE(text);
    EXPECT_FAILS(parse_rfc3339(text), ErrorCode::kInvalidArgument);
  }
}

TEST(SystemClock, IsInThisCentury) {
  const std::string now = to_rfc3339(system_clock().now());

  EXPECT_GT(now, "2020-01-01T00:00:00.000Z");
  EXPECT_LT(now, "2100-01-01T00:00:00.000Z");
}

}  // namespace
}  // namespace earmark
