#include "crawler/feed_date.h"

#include <string>

#include <gtest/gtest.h>

namespace earmark::crawler {
namespace {

std::string read(std::string_view text) {
  const auto time = parse_feed_date(text);
  return time ? to_rfc3339(*time) : "none";
}

TEST(FeedDate, ReadsRfc822) {
  EXPECT_EQ(read("Mon, 01 Sep 2025 07:00:00 +0000"), "2025-09-01T07:00:00.000Z");
  EXPECT_EQ(read("Mon, 01 Sep 2025 07:00:00 GMT"), "2025-09-01T07:00:00.000Z");
  EXPECT_EQ(read("1 Sep 2025 07:00 EST"), "2025-09-01T12:00:00.000Z");
  EXPECT_EQ(read("Thu, 01 Jan 2004 19:48:21 -0830"), "2004-01-02T04:18:21.000Z");
  EXPECT_EQ(read("Sun, 06 Nov 94 08:49:37 GMT"), "1994-11-06T08:49:37.000Z");
  EXPECT_EQ(read("Sat, 31 Dec 2016 23:59:60 +0000"), "2017-01-01T00:00:00.000Z");
}

TEST(FeedDate, ReadsTheFormsThatPublishersMake) {
  EXPECT_EQ(read("  Wednesday,  3  September 2025  7:05:09  PDT "), "2025-09-03T14:05:09.000Z");
  EXPECT_EQ(read("Sunday, 06-Nov-94 08:49:37 GMT"), "1994-11-06T08:49:37.000Z");
  EXPECT_EQ(read("Thursday, 01 Sep 2025"), "2025-09-01T00:00:00.000Z");
  EXPECT_EQ(read("Mon, 01 Sep 2025 07:00:00 +02:00"), "2025-09-01T05:00:00.000Z");
  EXPECT_EQ(read("2025-09-01T07:00:00+02:00"), "2025-09-01T05:00:00.000Z");
  EXPECT_EQ(read("2025-09-01"), "2025-09-01T00:00:00.000Z");
}

TEST(FeedDate, RejectsWhatIsNone) {
  for (const char* text :
       {"", " ", "yesterday", "Mon, 31 Feb 2025 07:00:00 GMT", "Mon, 01 Foo 2025 07:00:00 GMT",
        "Mon, 01 Sep 2025 25:61:00 GMT", "Mon, -1 Sep 2025", "1 Sep", ":", "-", "- - -", "1 1 1", "2025"}) {
    EXPECT_EQ(read(text), "none") << text;
  }
  EXPECT_EQ(read(std::string(100'000, '1')), "none");
}

}  // namespace
}  // namespace earmark::crawler
