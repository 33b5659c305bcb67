#include "api/http.h"

#include <gtest/gtest.h>

#include "api/problem.h"
#include "api/trace.h"

namespace earmark::api {
namespace {

TEST(ParseForm, DecodesWhatClientsSend) {
  const auto form = parse_form("a=1&b=x+y%20z&c=%C3%A4&d&=e&a=2&bad=%zz%4");
  EXPECT_EQ(form.count("a"), 2U);
  EXPECT_EQ(form.find("b")->second, "x y z");
  EXPECT_EQ(form.find("c")->second, "\xc3\xa4");
  EXPECT_EQ(form.find("d")->second, "");
  EXPECT_EQ(form.find("bad")->second, "%zz%4");
  EXPECT_TRUE(parse_form("").empty());
  EXPECT_TRUE(parse_form("&&&").empty());
}

TEST(ParseForm, IsTheReverseOfPercentEncoding) {
  const std::string text = "a&b=c d+e%f/\xc3\xa4\n";
  EXPECT_EQ(parse_form("x=" + percent_encoded(text)).find("x")->second, text);
}

TEST(Request, ReadsHeadersWhateverTheirCase) {
  Request request;
  request.headers = {{"content-TYPE", "Audio/MPEG; codecs=x"}, {"Content-Length", "17"}};
  EXPECT_EQ(request.media_type(), "audio/mpeg");
  EXPECT_EQ(request.content_length(), 17U);
  EXPECT_EQ(request.header("nothing"), "");
  request.headers[1].value = "-1";
  EXPECT_EQ(request.content_length(), std::nullopt);
}

TEST(Problem, HasWhatTheRfcAsksFor) {
  Response problem = make_problem(422, "", "what was wrong", {{"/url", "must be a text"}});
  complete_problem(problem, "/v1/feeds", "0123");

  const auto body = parse_json(problem.body);
  ASSERT_TRUE(body.has_value());
  EXPECT_EQ(problem.content_type, "application/problem+json");
  EXPECT_EQ((*body)["status"], 422);
  EXPECT_EQ((*body)["code"], "unprocessable_content");
  EXPECT_EQ((*body)["detail"], "what was wrong");
  EXPECT_EQ((*body)["instance"], "/v1/feeds");
  EXPECT_EQ((*body)["trace_id"], "0123");
  EXPECT_EQ((*body)["errors"][0]["pointer"], "/url");
}

TEST(Problem, KeepsWhatIsInsideToItself) {
  const Response problem = problem_of({ErrorCode::kInternal, "/srv/store/earmark.db: SELECT secret"});
  EXPECT_EQ(problem.status, 500);
  EXPECT_EQ(problem.body.find("SELECT"), std::string::npos);
  EXPECT_EQ(problem_of({ErrorCode::kCorrupt, "clip.mp3: nothing could be decoded"}).status, 422);
}

TEST(Trace, IsContinuedOrBegun) {
  const Trace known = continue_trace("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00");
  EXPECT_EQ(known.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(known.flags, "00");
  EXPECT_NE(known.parent_id, "00f067aa0ba902b7");
  EXPECT_EQ(to_traceparent(known), "00-4bf92f3577b34da6a3ce929d0e0e4736-" + known.parent_id + "-00");
  for (const char* bad : {"", "00", "00-00000000000000000000000000000000-00f067aa0ba902b7-00",
                          "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
                          "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-00",
                          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-more"}) {
    const Trace begun = continue_trace(bad);
    EXPECT_EQ(begun.trace_id.size(), 32U) << bad;
    EXPECT_NE(begun.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736") << bad;
  }
}

}  // namespace
}  // namespace earmark::api
