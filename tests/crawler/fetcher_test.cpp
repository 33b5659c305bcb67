#include "crawler/fetcher.h"

#include <cstdlib>

#include <gtest/gtest.h>
#include <httplib.h>

#include "tests/crawler/servers.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::crawler {
namespace {

using namespace std::chrono_literals;
using test::HttpServer;
using test::RawServer;
using test::read_head;
using test::send_text;

class FetcherTest : public testing::Test {
 protected:
  void SetUp() override {
    CurlFetcher::Options options;
    ASSERT_OK(options.guard.allow("127.0.0.1"));
    options.spool_folder = folder_ / "spool";
    options.contact = "https://example.org/bot";
    options.document_limits.connect_timeout = 2s;
    options.document_limits.total_timeout = 5s;
    options.document_limits.slow_for = 1s;
    options.document_limits.most_received = 1 << 20;
    options.document_limits.most_bytes = 1 << 20;
    options.document_limits.most_redirects = 5;
    options.media_limits = options.document_limits;
    ASSERT_OK_AND(fetcher_, CurlFetcher::create(std::move(options)));
  }
  static FetchRequest request(const std::string& url) { return {*Url::parse(url), {}, {}, {}, {}}; }
  Result<FetchedDocument> document(const std::string& url) { return fetcher_->fetch_document(request(url)); }
  Result<FetchedMedia> media(const std::string& url) { return fetcher_->fetch_media(request(url)); }

  test::TempDir folder_;
  std::unique_ptr<CurlFetcher> fetcher_;
};

TEST_F(FetcherTest, GetsADocument) {
  HttpServer server;
  std::string agent;
  server.handlers().Get("/feed", [&](const httplib::Request& in, httplib::Response& out) {
    agent = in.get_header_value("User-Agent");
    out.set_header("ETag", "\"v1\"");
    out.set_header("Last-Modified", "Mon, 01 Sep 2025 07:00:00 GMT");
    out.set_content("<rss/>", "text/xml; charset=gbk");
  });
  server.start();

  ASSERT_OK_AND(const FetchedDocument got, document(server.url("/feed")));

  EXPECT_EQ(as_text(got.body), "<rss/>");
  EXPECT_EQ(got.record.etag, "\"v1\"");
  EXPECT_EQ(got.record.last_modified, "Mon, 01 Sep 2025 07:00:00 GMT");
  EXPECT_EQ(got.record.content_type, "text/xml; charset=gbk");
  EXPECT_EQ(got.record.peer, "127.0.0.1");
  EXPECT_EQ(got.record.sha256, sha256(as_bytes("<rss/>")));
  EXPECT_EQ(agent, fetcher_->user_agent());
  EXPECT_NE(agent.find("+https://example.org/bot"), std::string::npos);
}

TEST_F(FetcherTest, SendsBothValidators) {
  HttpServer server;
  server.handlers().Get("/feed", [](const httplib::Request& in, httplib::Response& out) {
    const bool same =
        in.get_header_value("If-None-Match") == "W/\"v1\"" && in.has_header("If-Modified-Since");
    out.status = same ? 304 : 200;
  });
  server.start();
  FetchRequest conditional = request(server.url("/feed"));
  conditional.etag = "W/\"v1\"";
  conditional.last_modified = "Mon, 01 Sep 2025 07:00:00 GMT";

  ASSERT_OK_AND(const FetchedDocument same, fetcher_->fetch_document(conditional));
  conditional.etag = "evil\r\nX: y";
  ASSERT_OK_AND(const FetchedDocument other, fetcher_->fetch_document(conditional));

  EXPECT_EQ(same.state, FetchedDocument::State::kNotModified);
  EXPECT_EQ(other.state, FetchedDocument::State::kNew);
}

TEST_F(FetcherTest, RecordsRedirects) {
  HttpServer server;
  server.handlers().Get(
      "/a", [](const httplib::Request&, httplib::Response& out) { out.set_redirect("b?x=1", 301); });
  server.handlers().Get("/b", [](const httplib::Request&, httplib::Response& out) {
    out.set_redirect("/c", 302);
    out.set_content("moved", "text/plain");
  });
  server.handlers().Get(
      "/c", [](const httplib::Request&, httplib::Response& out) { out.set_content("x", "audio/mpeg"); });
  server.start();

  ASSERT_OK_AND(const FetchedMedia got, media(server.url("/a")));

  ASSERT_EQ(got.record.chain.size(), 3U);
  EXPECT_EQ(got.record.chain[0].status, 301);
  EXPECT_EQ(got.record.chain[1].url, server.url("/b?x=1"));
  EXPECT_EQ(got.record.final_url(), server.url("/c"));
  EXPECT_EQ(got.record.bytes, 1U);
}

TEST_F(FetcherTest, SpoolsMediaToDisk) {
  std::string body(700'000, 'm');
  body.back() = 'n';
  HttpServer server;
  server.handlers().Get("/e.mp3", [&](const httplib::Request&, httplib::Response& out) {
    out.set_content(body, "audio/mpeg");
  });
  server.start();
  FetchRequest wanted = request(server.url("/e.mp3"));
  std::uint64_t last = 0;
  std::optional<std::uint64_t> length;
  wanted.progress = [&](std::uint64_t received, std::optional<std::uint64_t> total) {
    EXPECT_GE(received, last);
    last = received;
    length = total;
  };

  ASSERT_OK_AND(const FetchedMedia got, fetcher_->fetch_media(wanted));

  EXPECT_EQ(got.source->size(), body.size());
  EXPECT_EQ(got.source->name(), server.url("/e.mp3"));
  std::array<std::byte, 8> end{};
  ASSERT_OK_AND(const std::size_t count, got.source->read_at(body.size() - 3, end));
  EXPECT_EQ(as_text(std::span(end).first(count)), "mmn");
  ASSERT_OK_AND(const std::size_t none, got.source->read_at(body.size(), end));
  EXPECT_EQ(none, 0U);
  EXPECT_EQ(got.record.sha256, sha256(as_bytes(body)));
  EXPECT_EQ(last, body.size());
  EXPECT_EQ(length, body.size());
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "spool"));
}

TEST_F(FetcherTest, RefusesLoopbackUnlessAllowed) {
  CurlFetcher::Options options;
  options.spool_folder = folder_.path();
  ASSERT_OK_AND(const auto strict, CurlFetcher::create(std::move(options)));
  RawServer server([](int) {});

  const auto refused = strict->fetch_document(request(server.url("/feed.xml")));

  EXPECT_FAILS(refused, ErrorCode::kRefused);
  EXPECT_NE(refused.error().message.find("127.0.0.1 is a loopback address; use --allow-private to crawl it"),
            std::string::npos)
      << refused.error().message;
  EXPECT_FAILS(strict->fetch_document(request("http://localhost:1/")), ErrorCode::kRefused);
  EXPECT_FAILS(strict->fetch_document(request("http://[::1]:1/")), ErrorCode::kRefused);
  EXPECT_FAILS(strict->fetch_document(request("http://[::ffff:127.0.0.1]:1/")), ErrorCode::kRefused);
  EXPECT_FAILS(strict->fetch_document(request("http://0x7f000001:1/")), ErrorCode::kRefused);
  EXPECT_FAILS(strict->fetch_media(request("http://169.254.169.254/latest/meta-data")), ErrorCode::kRefused);
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(FetcherTest, RefusesRedirectsToPrivateAddressesAndOtherSchemes) {
  HttpServer inside("127.0.0.2");
  bool reached = false;
  inside.handlers().Get("/secret", [&](const httplib::Request&, httplib::Response&) { reached = true; });
  inside.start();
  HttpServer server;
  server.handlers().Get("/in", [&](const httplib::Request&, httplib::Response& out) {
    out.set_redirect(inside.url("/secret"));
  });
  server.handlers().Get("/file", [](const httplib::Request&, httplib::Response& out) {
    out.set_redirect("file:///etc/passwd");
  });
  server.handlers().Get("/gopher", [](const httplib::Request&, httplib::Response& out) {
    out.set_redirect("gopher://x.example/");
  });
  server.start();

  EXPECT_FAILS(media(server.url("/in")), ErrorCode::kRefused);
  EXPECT_FAILS(document(server.url("/file")), ErrorCode::kRefused);
  EXPECT_FAILS(document(server.url("/gopher")), ErrorCode::kRefused);
  EXPECT_FALSE(reached);
}

TEST_F(FetcherTest, IgnoresProxiesOfTheEnvironment) {
  HttpServer server;
  server.handlers().Get(
      "/", [](const httplib::Request&, httplib::Response& out) { out.set_content("direct", "text/plain"); });
  server.start();
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  ::setenv("ALL_PROXY", "http://127.0.0.1:1", 1);

  const auto got = document(server.url("/"));
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");

  ASSERT_OK(got);
}

TEST_F(FetcherTest, EndsRedirectLoops) {
  HttpServer server;
  server.handlers().Get("/loop",
                        [](const httplib::Request&, httplib::Response& out) { out.set_redirect("/loop"); });
  server.handlers().Get("/nowhere",
                        [](const httplib::Request&, httplib::Response& out) { out.status = 302; });
  server.start();

  EXPECT_FAILS(document(server.url("/loop")), ErrorCode::kResourceExhausted);
  EXPECT_FAILS(document(server.url("/nowhere")), ErrorCode::kIo);
}

TEST_F(FetcherTest, NamesStatuses) {
  HttpServer server;
  server.handlers().Get(R"(/(\d+))", [](const httplib::Request& in, httplib::Response& out) {
    out.status = std::stoi(in.matches[1]);
    out.set_content(std::string(200'000, 'x'), "text/html");
  });
  server.start();

  EXPECT_FAILS(document(server.url("/404")), ErrorCode::kNotFound);
  EXPECT_FAILS(document(server.url("/410")), ErrorCode::kNotFound);
  EXPECT_FAILS(document(server.url("/403")), ErrorCode::kIo);
  EXPECT_FAILS(document(server.url("/429")), ErrorCode::kUnavailable);
  EXPECT_FAILS(media(server.url("/503")), ErrorCode::kUnavailable);
  EXPECT_FAILS(document(server.url("/304")), ErrorCode::kIo);
  EXPECT_EQ(document(server.url("/404")).error().message, server.url("/404") + ": HTTP status 404");
}

TEST_F(FetcherTest, SaysWhenNobodyAnswers) {
  std::string closed;
  {
    closed = RawServer([](int) {}).url("/");
  }

  EXPECT_FAILS(document(closed), ErrorCode::kUnavailable);
}

TEST_F(FetcherTest, EndsABodyThatNeverEnds) {
  RawServer server([](int connection) {
    read_head(connection);
    if (!send_text(connection, "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n")) return;
    const std::string block(65536, 'e');
    while (send_text(connection, block)) {
    }
  });

  EXPECT_FAILS(media(server.url("/e.mp3")), ErrorCode::kResourceExhausted);
  EXPECT_FAILS(document(server.url("/feed")), ErrorCode::kResourceExhausted);
}

TEST_F(FetcherTest, EndsHeadersThatNeverEnd) {
  RawServer server([](int connection) {
    read_head(connection);
    if (!send_text(connection, "HTTP/1.1 200 OK\r\n")) return;
    while (send_text(connection, "X-Filler: " + std::string(8000, 'h') + "\r\n")) {
    }
  });

  EXPECT_FALSE(document(server.url("/feed")).has_value());
  EXPECT_LE(server.connections(), 1);
}

TEST_F(FetcherTest, GivesUpOnSlowAndSilentServers) {
  RawServer loris([](int connection) {
    read_head(connection);
    if (!send_text(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")) return;
    while (send_text(connection, "x")) test::wait_for_close(connection, 100);
  });
  RawServer silent([](int connection) {
    read_head(connection);
    test::wait_for_close(connection, 10'000);
  });

  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FAILS(media(loris.url("/e.mp3")), ErrorCode::kUnavailable);
  EXPECT_FAILS(document(silent.url("/feed")), ErrorCode::kUnavailable);

  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
}

TEST_F(FetcherTest, SeesThroughLyingLengths) {
  RawServer cut_off([](int connection) {
    read_head(connection);
    send_text(connection, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this");
  });
  RawServer too_big([](int connection) {
    read_head(connection);
    send_text(connection, "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\nonly this");
  });
  RawServer more_than_said([](int connection) {
    read_head(connection);
    send_text(connection, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nonly this");
  });

  EXPECT_FAILS(media(cut_off.url("/")), ErrorCode::kUnavailable);
  EXPECT_FAILS(media(too_big.url("/")), ErrorCode::kResourceExhausted);
  ASSERT_OK_AND(const FetchedDocument got, document(more_than_said.url("/")));
  EXPECT_EQ(as_text(got.body), "only");
}

TEST_F(FetcherTest, EndsADecompressionBomb) {
  const std::filesystem::path bomb = folder_ / "bomb.gz";
  ASSERT_EQ(std::system(("head -c 50000000 /dev/zero | gzip -9 > '" + bomb.string() + "'").c_str()), 0);
  ASSERT_OK_AND(const Bytes bytes, read_file(bomb, 1 << 20));
  RawServer server([&](int connection) {
    read_head(connection);
    send_text(connection, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
                              std::to_string(bytes.size()) + "\r\n\r\n");
    send_text(connection, as_text(bytes));
  });

  EXPECT_FAILS(document(server.url("/feed")), ErrorCode::kResourceExhausted);
  EXPECT_FAILS(media(server.url("/e.mp3")), ErrorCode::kResourceExhausted);
}

TEST_F(FetcherTest, ReadsCompressedDocuments) {
  const std::string body(100'000, 'z');
  HttpServer server;
  server.handlers().Get("/feed", [&](const httplib::Request& in, httplib::Response& out) {
    EXPECT_NE(in.get_header_value("Accept-Encoding").find("gzip"), std::string::npos);
    out.set_content(body, "text/xml");
  });
  server.start();
  RawServer broken([](int connection) {
    read_head(connection);
    send_text(connection, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!");
  });

  ASSERT_OK_AND(const FetchedDocument got, document(server.url("/feed")));
  EXPECT_EQ(as_text(got.body), body);
  EXPECT_LT(got.record.received, 10'000U);
  EXPECT_FAILS(document(broken.url("/feed")), ErrorCode::kCorrupt);
}

TEST_F(FetcherTest, StopsWhenTold) {
  RawServer server([](int connection) {
    read_head(connection);
    test::wait_for_close(connection, 10'000);
  });
  std::stop_source source;
  FetchRequest wanted = request(server.url("/"));
  wanted.stop = source.get_token();
  source.request_stop();

  EXPECT_FAILS(fetcher_->fetch_document(wanted), ErrorCode::kUnavailable);
}

TEST_F(FetcherTest, LeavesTheDiskItsReserve) {
  CurlFetcher::Options options;
  ASSERT_OK(options.guard.allow("127.0.0.1"));
  options.spool_folder = folder_ / "new" / "spool";
  options.keep_free = 1ULL << 60;
  ASSERT_OK_AND(const auto fetcher, CurlFetcher::create(std::move(options)));

  EXPECT_FAILS(fetcher->fetch_media(request("http://127.0.0.1:1/")), ErrorCode::kResourceExhausted);
}

TEST(Fetcher, RejectsAContactThatNoHeaderHolds) {
  CurlFetcher::Options options;
  options.contact = "x\r\nEvil: 1";
  EXPECT_FAILS(CurlFetcher::create(std::move(options)), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace earmark::crawler
