#include "audience/log_line.h"

#include <gtest/gtest.h>

#include "audience/address.h"
#include "tests/support/result_matchers.h"

namespace earmark::audience {
namespace {

using Outcome = LogParser::Outcome;

TEST(LogLine, OfCombined) {
  LogParser parser(LogFormat::kCombined);
  LogLine line;
  ASSERT_EQ(
      parser.parse(R"(83.149.9.216 - - [17/May/2015:10:05:03 +0200] "GET /a.mp3?x=1 HTTP/1.1" 206 203 "-" )"
                   R"x("App/1 (\"quoted\")" "bytes=0-99" "bytes 0-99/1234")x",
                   line),
      Outcome::kRequest);
  EXPECT_EQ(line.address, "83.149.9.216");
  EXPECT_EQ(line.time_s, 1'431'849'903);
  EXPECT_EQ(line.method, "GET");
  EXPECT_EQ(line.target, "/a.mp3?x=1");
  EXPECT_EQ(line.status, 206);
  EXPECT_EQ(line.bytes_sent, 203U);
  EXPECT_EQ(line.agent, "App/1 (\\\"quoted\\\")");
  EXPECT_EQ(line.range, "bytes=0-99");
  EXPECT_EQ(line.content_range, "bytes 0-99/1234");
}

TEST(LogLine, OfCombinedThatIsNone) {
  LogParser parser(LogFormat::kCombined);
  LogLine line;
  for (const char* text : {"x", "1.2.3.4 - - [", "1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1",
                           "1.2.3.4 - - [17/Mai/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1",
                           "1.2.3.4 - - [17/May/2015:25:05:03 +0000] \"GET / HTTP/1.1\" 200 1",
                           "1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" x 1",
                           "1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"\" 200 1"}) {
    EXPECT_EQ(parser.parse(text, line), Outcome::kMalformed) << text;
  }
  EXPECT_EQ(parser.parse("", line), Outcome::kNothing);
}

TEST(LogLine, OfCloudFront) {
  LogParser parser(LogFormat::kW3c);
  LogLine line;
  EXPECT_EQ(parser.parse("2026-11-24\t01:02:03", line), Outcome::kMalformed) << "before its fields are known";
  EXPECT_EQ(parser.parse("#Version: 1.0", line), Outcome::kNothing);
  EXPECT_EQ(parser.parse("#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem "
                         "sc-status cs(Referer) cs(User-Agent) sc-range-start sc-range-end",
                         line),
            Outcome::kNothing);
  ASSERT_EQ(parser.parse("2026-11-24\t01:02:03\tFRA2\t500\t2001:db8::1\tGET\td1.example\t/a%20b.mp3\t206\t-\t"
                         "Overcast/3.0%2520(+http://overcast.fm/)\t0\t499",
                         line),
            Outcome::kRequest);
  EXPECT_EQ(line.time_s, 1'795'482'123);
  EXPECT_EQ(line.address, "2001:db8::1");
  EXPECT_EQ(line.agent, "Overcast/3.0 (+http://overcast.fm/)");
  EXPECT_EQ(line.range, "bytes=0-499");
}

TEST(LogLine, OfCloudflareAndBunny) {
  LogParser json(LogFormat::kJson);
  LogLine line;
  ASSERT_EQ(json.parse(
                R"({"ClientIP":"192.0.2.1","ClientRequestMethod":"GET","ClientRequestURI":"/a.mp3",)"
                R"("EdgeResponseStatus":200,"EdgeResponseBytes":99,"EdgeStartTimestamp":1795482123000000000,)"
                R"("ClientRequestUserAgent":"App/1","Other":{"x":1}})",
                line),
            Outcome::kRequest);
  EXPECT_EQ(line.time_s, 1'795'482'123);
  EXPECT_EQ(line.bytes_sent, 99U);
  EXPECT_EQ(json.parse("{\"ClientIP\":1", line), Outcome::kMalformed);
  LogParser bunny(LogFormat::kBunny);
  ASSERT_EQ(
      bunny.parse("HIT|206|1795482123456|500|9|192.0.2.1|-|https://x.example/a.mp3|DE|App/1|id|DE", line),
      Outcome::kRequest);
  EXPECT_EQ(line.time_s, 1'795'482'123);
  EXPECT_EQ(line.target, "https://x.example/a.mp3");
}

TEST(LogLine, FormatsAreGuessed) {
  EXPECT_EQ(guess_log_format("#Version: 1.0"), LogFormat::kW3c);
  EXPECT_EQ(guess_log_format("{\"a\":1}"), LogFormat::kJson);
  EXPECT_EQ(guess_log_format("HIT|200|1"), LogFormat::kBunny);
  EXPECT_EQ(guess_log_format("1.2.3.4 - - ["), LogFormat::kCombined);
}

TEST(Address, IsReadAndCut) {
  EXPECT_EQ(parse_address("192.0.2.1"), parse_address("::ffff:192.0.2.1"));
  EXPECT_EQ(listener_part(*parse_address("2001:db8:1:2:3:4:5:6")), *parse_address("2001:db8:1:2::"));
  EXPECT_NE(listener_part(*parse_address("192.0.2.1")), listener_part(*parse_address("192.0.2.2")));
  for (const char* text : {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1..2.3", "x", "2001:db8:::1", "1.2.3.4 "})
    EXPECT_FALSE(parse_address(text)) << text;
}

TEST(Networks, HoldAddressesAndDays) {
  ASSERT_OK_AND(const auto networks,
                Networks::parse("# cloud\n192.0.2.0/24, 2026-11-01\n2001:db8::/32\n198.51.100.7\n"));
  EXPECT_TRUE(networks.contains(*parse_address("192.0.2.200")));
  EXPECT_FALSE(networks.contains(*parse_address("192.0.3.1")));
  EXPECT_TRUE(networks.contains(*parse_address("2001:db8:ffff::1")));
  EXPECT_TRUE(networks.contains(*parse_address("198.51.100.7")));
  constexpr std::int64_t kFirst = 1'793'491'200;  // 2026-11-01
  constexpr std::int64_t kLife = 90 * 86'400;
  EXPECT_TRUE(networks.contains(*parse_address("192.0.2.1"), kFirst + kLife - 1, kLife));
  EXPECT_FALSE(networks.contains(*parse_address("192.0.2.1"), kFirst + kLife, kLife));
  EXPECT_FALSE(networks.contains(*parse_address("2001:db8::1"), kFirst, kLife)) << "without a day";
  const auto bad = Networks::parse("192.0.2.0/24\n192.0.2.0/33\n");
  EXPECT_FAILS(bad, ErrorCode::kInvalidArgument);
  EXPECT_NE(bad.error().message.find("line 2"), std::string::npos);
}

}  // namespace
}  // namespace earmark::audience
