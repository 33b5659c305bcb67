// Streams as servers send them, over real sockets.
#include "crawler/stream_reader.h"

#include <limits>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>
#include <httplib.h>

#include "tests/crawler/servers.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::crawler {
namespace {

class OpenGate : public HostGate {
 public:
  Status enter(const Url& url, const std::stop_token&) override {
    entered.push_back(url.path());
    return {};
  }
  void leave(const Url&, const HostAnswer& answer) override { left.push_back(answer.status); }

  std::vector<std::string> entered;
  std::vector<int> left;
};

/// Writes down what it hears; ends the reading after `most` bytes.
class Notes : public StreamListener {
 public:
  Status on_begin(std::string_view format, const FetchRecord& record) override {
    begun.emplace_back(format);
    content_type = record.content_type;
    peer = record.peer;
    return {};
  }
  Status on_audio(std::span<const std::byte> bytes) override {
    audio += as_text(bytes);
    if (audio.size() >= most) return fail(ErrorCode::kConflict, "enough");
    return {};
  }
  Status on_break() override {
    audio += "|";
    return {};
  }
  void on_title(std::string title) override { titles.push_back(std::move(title)); }

  std::size_t most = std::numeric_limits<std::size_t>::max();
  std::vector<std::string> begun, titles;
  std::string audio, content_type, peer;
};

class StreamReaderTest : public testing::Test {
 protected:
  void SetUp() override { make_fetcher(AddressGuard::Policy::kAllowAll); }
  void make_fetcher(AddressGuard::Policy policy) {
    CurlFetcher::Options options;
    options.guard = AddressGuard(policy);
    options.spool_folder = folder_ / "spool";
    ASSERT_OK_AND(fetcher_, CurlFetcher::create(options));
    ASSERT_OK_AND(streams_, StreamFetcher::create(options));
  }
  void serve(const std::string& path, std::string text, const std::string& type = "application/x-mpegurl") {
    server_.handlers().Get(path,
                           [text = std::move(text), type](const httplib::Request&, httplib::Response& out) {
                             out.set_content(text, type);
                           });
  }
  /// Any /NAME.ts is audio that says NAME.
  void serve_segments() {
    server_.handlers().Get(R"(/(\w+)\.(ts|mp4))", [](const httplib::Request& in, httplib::Response& out) {
      out.set_content("<" + in.matches[1].str() + ">", "video/mp2t");
    });
  }
  StreamReader reader(const std::string& url) {
    return {*streams_, *fetcher_, gate_, Url::parse(url).value()};
  }
  Error run(StreamReader& reader) { return reader.run(notes_, stop_.get_token()); }

  test::TempDir folder_;
  test::HttpServer server_;
  OpenGate gate_;
  Notes notes_;
  std::stop_source stop_;
  std::unique_ptr<CurlFetcher> fetcher_;
  std::unique_ptr<StreamFetcher> streams_;
};

TEST_F(StreamReaderTest, ReadsAStreamWithTitlesUntilTheServerEndsIt) {
  std::string asked;
  std::string block = "\2StreamTitle='A - B';";
  block.resize(1 + 2 * 16, '\0');
  test::RawServer server([&](int connection) {
    asked = test::read_head(connection);
    test::send_text(connection, "ICY 200 OK\r\nicy-metaint: 4\r\ncontent-type: audio/mpeg\r\n\r\n");
    test::send_text(connection, "abcd" + block + "efgh");
  });
  StreamReader stream = reader(server.url("/live"));

  const Error error = run(stream);

  EXPECT_NE(asked.find("Icy-MetaData: 1"), std::string::npos) << asked;
  EXPECT_EQ(notes_.audio, "abcdefgh");
  EXPECT_EQ(notes_.titles, std::vector<std::string>{"A - B"});
  EXPECT_EQ(notes_.begun, std::vector<std::string>{"icecast"});
  EXPECT_EQ(notes_.content_type, "audio/mpeg");
  EXPECT_EQ(notes_.peer, "127.0.0.1");
  EXPECT_EQ(error.code, ErrorCode::kUnavailable) << error.message;
}

TEST_F(StreamReaderTest, LeavesTheGateWhileTheStreamGoesOn) {
  test::RawServer server([&](int connection) {
    test::read_head(connection);
    test::send_text(connection, "HTTP/1.0 200 OK\r\ncontent-type: audio/mpeg\r\n\r\nabcd");
    test::wait_for_close(connection, 10'000);
  });
  notes_.most = 4;
  StreamReader stream = reader(server.url("/live"));

  const Error error = run(stream);

  EXPECT_EQ(error.code, ErrorCode::kConflict) << "the listener had enough";
  EXPECT_EQ(gate_.entered, std::vector<std::string>{"/live"});
  EXPECT_EQ(gate_.left, std::vector<int>{200});
}

TEST_F(StreamReaderTest, FollowsAPlaylistThatGrows) {
  serve_segments();
  int loads = 0;
  std::mutex mutex;
  server_.handlers().Get("/live.m3u8", [&](const httplib::Request&, httplib::Response& out) {
    const std::lock_guard lock(mutex);
    ++loads;
    const std::string head = "#EXTM3U\n#EXT-X-TARGETDURATION:0.3\n#EXT-X-MEDIA-SEQUENCE:";
    const std::string one = "#EXTINF:0.3,\n";
    std::string text;
    if (loads == 1) text = head + "10\n" + one + "a.ts\n" + one + "b.ts\n" + one + "c.ts\n" + one + "d.ts\n";
    if (loads == 2) text = head + "11\n" + one + "b.ts\n" + one + "c.ts\n" + one + "d.ts\n";
    if (loads == 3) text = head + "12\n" + one + "c.ts\n" + one + "d.ts\n" + one + "e.ts\n";
    if (loads >= 4) text = head + "17\n#EXT-X-DISCONTINUITY\n" + one + "h.ts\n#EXT-X-ENDLIST\n";
    out.set_content(text, "application/vnd.apple.mpegurl");
  });
  server_.start();
  StreamReader stream = reader(server_.url("/live.m3u8"));

  const Error error = run(stream);

  // From three target durations before the edge, each once; behind the hole a new part begins.
  EXPECT_EQ(notes_.audio, "<b><c><d><e>|<h>") << error.message;
  EXPECT_EQ(notes_.begun, std::vector<std::string>{"hls"});
  EXPECT_EQ(gate_.entered, std::vector<std::string>{"/live.m3u8"});
}

TEST_F(StreamReaderTest, TakesUpAPlaylistWhereItLeftIt) {
  serve_segments();
  server_.handlers().Get("/live.m3u8", [&](const httplib::Request&, httplib::Response& out) {
    out.set_content("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\na.ts\n#EXTINF:9,\nb.ts\n",
                    "audio/mpegurl");
  });
  server_.start();
  StreamReader stream = reader(server_.url("/live.m3u8"));
  notes_.most = 3;

  EXPECT_EQ(run(stream).code, ErrorCode::kConflict);
  notes_.most = 6;
  EXPECT_EQ(run(stream).code, ErrorCode::kConflict);

  EXPECT_EQ(notes_.audio, "<a><a>") << "what was not taken comes again";
}

TEST_F(StreamReaderTest, SendsTheMapBeforeSegmentsAndAgainWhenItChanges) {
  serve_segments();
  serve("/live.m3u8",
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MAP:URI=\"i1.mp4\"\n#EXTINF:1,\na.mp4\n#EXTINF:1,\nb.mp4\n"
        "#EXT-X-MAP:URI=\"i2.mp4\"\n#EXTINF:1,\nc.mp4\n#EXT-X-ENDLIST\n");
  server_.start();
  StreamReader stream = reader(server_.url("/live.m3u8"));

  const Error error = run(stream);

  EXPECT_EQ(notes_.audio, "<i1><a><b>|<i2><c>") << error.message;
}

TEST_F(StreamReaderTest, GoesOnBehindASegmentThatIsGone) {
  serve_segments();
  serve("/live.m3u8",
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na.ts\n#EXTINF:1,\ngone.wav\n#EXTINF:1,\nc.ts\n"
        "#EXT-X-ENDLIST\n");
  server_.start();
  StreamReader stream = reader(server_.url("/live.m3u8"));

  const Error error = run(stream);

  EXPECT_EQ(notes_.audio, "<a>|<c>") << error.message;
}

TEST_F(StreamReaderTest, FindsItsWayThroughListsToTheAudio) {
  serve_segments();
  serve("/station.pls", "[playlist]\nFile1=master.m3u8\n", "audio/x-scpls");
  serve("/master.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nmedia.m3u8\n");
  serve("/media.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na.ts\n#EXT-X-ENDLIST\n");
  server_.start();
  StreamReader stream = reader(server_.url("/station.pls"));

  const Error error = run(stream);

  EXPECT_EQ(notes_.audio, "<a>") << error.message;
}

TEST_F(StreamReaderTest, EndsALoopOfLists) {
  serve("/a.m3u", "#EXTM3U\n" + std::string("http://") + "127.0.0.1/none\n");
  server_.handlers().Get("/loop.m3u", [this](const httplib::Request&, httplib::Response& out) {
    out.set_content("#EXTM3U\n" + server_.url("/loop.m3u") + "\n", "audio/x-mpegurl");
  });
  server_.start();
  StreamReader stream = reader(server_.url("/loop.m3u"));

  EXPECT_EQ(run(stream).code, ErrorCode::kUnsupported);
}

TEST_F(StreamReaderTest, SaysWhyThereIsNothing) {
  server_.start();
  StreamReader missing = reader(server_.url("/none"));
  EXPECT_EQ(run(missing).code, ErrorCode::kNotFound);

  make_fetcher(AddressGuard::Policy::kPublicOnly);
  StreamReader fenced = reader(server_.url("/live"));
  EXPECT_EQ(run(fenced).code, ErrorCode::kRefused);
  EXPECT_TRUE(notes_.begun.empty());
}

TEST_F(StreamReaderTest, IsStopped) {
  serve_segments();
  serve("/live.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:60\n#EXTINF:60,\na.ts\n");
  server_.start();
  StreamReader stream = reader(server_.url("/live.m3u8"));
  std::jthread stopper([&] { stop_.request_stop(); });

  EXPECT_EQ(run(stream).code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace earmark::crawler
