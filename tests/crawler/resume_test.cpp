// Downloads that break off.
#include <atomic>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "crawler/fetcher.h"
#include "tests/crawler/servers.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::crawler {
namespace {

using namespace std::chrono_literals;
using test::RawServer;
using test::read_head;
using test::send_text;

/// Sound, as far as bytes go: no two stretches are the same.
std::string body_of(std::size_t size) {
  std::string body;
  for (std::size_t i = 0; body.size() < size; ++i) body += fmt::format("{:08x}", i * 2654435761U);
  body.resize(size);
  return body;
}

/// The first byte that a request wants; 0 without a Range.
std::size_t wanted_from(const std::string& head) {
  constexpr std::string_view kRange = "Range: bytes=";
  const std::size_t at = head.find(kRange);
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + kRange.size()));
}

class ResumeTest : public testing::Test {
 protected:
  void SetUp() override {
    CurlFetcher::Options options;
    ASSERT_OK(options.guard.allow("127.0.0.1"));
    options.spool_folder = folder_ / "spool";
    options.media_limits.total_timeout = 20s;
    options.media_limits.most_received = options.media_limits.most_bytes = 1 << 20;
    ASSERT_OK_AND(fetcher_, CurlFetcher::create(std::move(options)));
  }
  Result<FetchedMedia> fetch(const RawServer& server) {
    FetchRequest request{*Url::parse(server.url("/e.mp3")), {}, {}, {}, {}};
    request.trace = &trace_;
    return fetcher_->fetch_media(request);
  }
  static std::string content(FetchedMedia& media) {
    std::string text(media.record.bytes, '\0');
    EXPECT_TRUE(media.source->read_at(0, std::as_writable_bytes(std::span(text))).has_value());
    return text;
  }

  const std::string body_ = body_of(400'000);
  test::TempDir folder_;
  FetchTrace trace_;
  std::unique_ptr<CurlFetcher> fetcher_;
};

TEST_F(ResumeTest, TakesABodyUpWhereItBrokeOff) {
  std::atomic<std::size_t> sent = 0;
  RawServer server([&](int connection) {
    const std::string head = read_head(connection);
    const std::size_t from = wanted_from(head);
    if (from > 0) {
      EXPECT_NE(head.find("If-Range: \"v1\""), std::string::npos) << head;
    }
    send_text(connection,
              from == 0
                  ? fmt::format("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: {}\r\n\r\n", body_.size())
                  : fmt::format("HTTP/1.1 206 Partial Content\r\nETag: \"v1\"\r\nContent-Range: bytes "
                                "{}-{}/{}\r\nContent-Length: {}\r\n\r\n",
                                from, body_.size() - 1, body_.size(), body_.size() - from));
    const std::string piece = body_.substr(from, 150'000);
    sent += piece.size();
    send_text(connection, piece);
  });

  ASSERT_OK_AND(FetchedMedia got, fetch(server));

  EXPECT_EQ(got.record.resumed, 2);
  EXPECT_EQ(got.record.sha256, sha256(as_bytes(body_)));
  EXPECT_EQ(content(got), body_);
  EXPECT_EQ(sent, body_.size()) << "nothing was sent twice";
}

TEST_F(ResumeTest, BeginsAnewWhenTheFileHasChanged) {
  const std::string other = body_of(200'000) + "another";
  RawServer server([&](int connection) {
    const bool is_first = wanted_from(read_head(connection)) == 0;
    const std::string& body = is_first ? body_ : other;
    send_text(connection, fmt::format("HTTP/1.1 200 OK\r\nETag: \"{}\"\r\nContent-Length: {}\r\n\r\n",
                                      is_first ? "v1" : "v2", body.size()));
    send_text(connection, is_first ? body.substr(0, 100'000) : body);
  });

  ASSERT_OK_AND(FetchedMedia got, fetch(server));

  EXPECT_EQ(got.record.resumed, 1);
  EXPECT_EQ(got.record.etag, "\"v2\"");
  EXPECT_EQ(content(got), other);
}

TEST_F(ResumeTest, DoesNotJoinWhatMayBeTwoFiles) {
  for (const char* validator : {"", "ETag: W/\"v1\"\r\n"}) {
    std::atomic<int> asked = 0;
    RawServer server([&](int connection) {
      read_head(connection);
      ++asked;
      send_text(connection,
                fmt::format("HTTP/1.1 200 OK\r\n{}Content-Length: {}\r\n\r\n", validator, body_.size()));
      send_text(connection, body_.substr(0, 100'000));
    });
    EXPECT_FAILS(fetch(server), ErrorCode::kUnavailable);
    EXPECT_EQ(asked, 1) << validator;
  }
}

TEST_F(ResumeTest, GivesUpAServerThatNeverGetsOn) {
  std::atomic<int> asked = 0;
  RawServer server([&](int connection) {
    const std::size_t from = wanted_from(read_head(connection));
    ++asked;
    send_text(
        connection,
        fmt::format(
            "HTTP/1.1 {}\r\nETag: \"v1\"\r\nContent-Length: {}\r\nContent-Range: bytes {}-{}/{}\r\n\r\n",
            from == 0 ? "200 OK" : "206 Partial Content", body_.size() - from, from, body_.size() - 1,
            body_.size()));
    send_text(connection, body_.substr(from, asked == 1 ? 100'000 : 10));
  });
  EXPECT_FAILS(fetch(server), ErrorCode::kUnavailable);
  EXPECT_EQ(asked, 2) << "ten bytes are no progress";
  EXPECT_EQ(trace_.resumed, 1);
}

TEST_F(ResumeTest, CountsAllPiecesForTheLimit) {
  const std::string large = body_of(3 << 20);
  RawServer server([&](int connection) {
    const std::size_t from = wanted_from(read_head(connection));
    send_text(connection,
              from == 0 ? std::string("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nTransfer-Encoding: chunked\r\n\r\n")
                        : fmt::format("HTTP/1.1 206 Partial Content\r\nETag: \"v1\"\r\nContent-Range: bytes "
                                      "{}-{}/{}\r\nTransfer-Encoding: chunked\r\n\r\n",
                                      from, large.size() - 1, large.size()));
    send_text(connection, fmt::format("{:x}\r\n{}\r\n", 500'000, large.substr(from, 500'000)));
  });
  EXPECT_FAILS(fetch(server), ErrorCode::kResourceExhausted);
}

}  // namespace
}  // namespace earmark::crawler
