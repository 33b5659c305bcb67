// The crawl as a whole: a real HTTP server on loopback, a real registry; only the ear is a stand-in.
#include "crawler/crawl.h"

#include <fstream>

#include <gtest/gtest.h>
#include <httplib.h>

#include "tests/crawler/fake_catalogue.h"
#include "tests/crawler/servers.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::crawler {
namespace {

using namespace std::chrono_literals;
using test::HttpServer;

/// A podcast host with one feed at /feed.xml and its episodes at /NAME.
class Host {
 public:
  Host() {
    server_.handlers().Get("/feed.xml", [this](const httplib::Request& in, httplib::Response& out) {
      const std::lock_guard lock(mutex_);
      const std::string etag = "\"" + to_hex(sha256(as_bytes(feed_))) + "\"";
      out.set_header("ETag", etag);
      ++feed_requests_;
      if (in.get_header_value("If-None-Match") == etag) {
        ++not_modified_;
        out.status = 304;
        return;
      }
      out.set_content(feed_, "text/xml");
    });
    server_.handlers().Get(R"(/e/(.+))", [this](const httplib::Request& in, httplib::Response& out) {
      const std::lock_guard lock(mutex_);
      ++downloads_[in.matches[1]];
      const auto file = files_.find(in.matches[1]);
      if (file == files_.end()) {
        out.status = 404;
        return;
      }
      out.set_content(file->second, "audio/mpeg");
    });
    server_.start();
  }
  void publish(const std::vector<std::string>& names) {
    std::string items;
    for (const std::string& name : names) {
      items += "<item><title>Title " + name + "</title><guid>" + name + "</guid><enclosure url=\"/e/" + name +
               "\"/></item>";
    }
    publish_text("<rss><channel><title>Show</title>" + items + "</channel></rss>");
  }
  void publish_text(std::string text) {
    const std::lock_guard lock(mutex_);
    feed_ = std::move(text);
  }
  void put(const std::string& name, const std::string& content) {
    const std::lock_guard lock(mutex_);
    files_[name] = content;
  }
  int downloads(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return downloads_[name];
  }
  int not_modified() {
    const std::lock_guard lock(mutex_);
    return not_modified_;
  }
  std::string url(const std::string& path = "/feed.xml") { return server_.url(path); }

 private:
  HttpServer server_;
  std::mutex mutex_;
  std::string feed_;
  std::map<std::string, std::string> files_;
  std::map<std::string, int> downloads_;
  int feed_requests_ = 0;
  int not_modified_ = 0;
};

class CrawlTest : public testing::Test {
 protected:
  void SetUp() override {
    reopen();
    fetcher_ = make_fetcher(AddressGuard::Policy::kAllowAll);
  }
  /// As after a restart.
  void reopen() {
    catalogue_.reset();
    auto registry = registry::Registry::open({folder_ / "store"});
    ASSERT_OK(registry);
    catalogue_ = std::make_unique<test::FakeCatalogue>(*std::move(registry));
  }
  std::unique_ptr<CurlFetcher> make_fetcher(AddressGuard::Policy policy) {
    CurlFetcher::Options options;
    options.guard = AddressGuard(policy);
    options.spool_folder = folder_ / "spool";
    auto fetcher = CurlFetcher::create(std::move(options));
    EARMARK_CHECK(fetcher.has_value(), "a fetcher");
    return *std::move(fetcher);
  }
  Crawler crawler() { return {*catalogue_, *fetcher_}; }
  /// "guid status matches claims" of each line; feed errors as "feed status".
  std::vector<std::string> crawl(CrawlOptions options = {}) {
    std::vector<std::string> lines;
    lines_.clear();
    const auto summary = crawler().run(options, [&](const EpisodeLine& line) {
      lines_.push_back(line);
      const std::string name = line.guid.empty() ? "feed" : line.guid;
      const std::string counts =
          line.guid.empty() ? "" : " " + std::to_string(line.matches) + " " + std::to_string(line.claims);
      lines.push_back(name + " " + std::string(to_string(line.status)) + counts);
    });
    EXPECT_TRUE(summary.has_value());
    if (summary) summary_ = *summary;
    return lines;
  }
  void add(const std::string& what) {
    const auto added = crawler().add(what);
    ASSERT_OK(added);
  }
  std::size_t claims() {
    const auto claims = catalogue_->registry().claims().list({});
    return claims ? claims->size() : 0;
  }

  using Lines = std::vector<std::string>;
  test::TempDir folder_;
  std::unique_ptr<test::FakeCatalogue> catalogue_;
  std::unique_ptr<CurlFetcher> fetcher_;
  std::vector<EpisodeLine> lines_;
  CrawlSummary summary_;
};

TEST_F(CrawlTest, ScansNewEpisodesAndClaimsUses) {
  Host host;
  host.put("1", "a song in it");
  host.put("2", "nothing but talk");
  host.publish({"1", "2"});
  add(host.url());

  EXPECT_EQ(crawl(), (Lines{"1 scanned 1 1", "2 scanned 0 0"}));
  EXPECT_EQ(lines_[0].feed, host.url());
  EXPECT_EQ(lines_[0].title, "Title 1");
  EXPECT_EQ(lines_[0].enclosure, host.url("/e/1"));
  EXPECT_EQ(summary_.scanned, 2U);
  EXPECT_EQ(summary_.claims, 1U);
  ASSERT_OK_AND(const auto claims, catalogue_->registry().claims().list({}));
  ASSERT_EQ(claims.size(), 1U);
  EXPECT_EQ(claims[0].guid, "1");
  EXPECT_NE(claims[0].evidence.find(to_hex(sha256(as_bytes("a song in it")))), std::string::npos)
      << claims[0].evidence;
}

TEST_F(CrawlTest, ScansOnlyWhatIsNew) {
  Host host;
  host.put("1", "a song in it");
  host.put("2", "another song");
  host.publish({"1"});
  add(host.url());
  crawl();
  EXPECT_EQ(crawl(), Lines{"1 unchanged 1 1"});
  EXPECT_EQ(host.not_modified(), 1);

  host.publish({"2", "1"});
  reopen();

  EXPECT_EQ(crawl(), (Lines{"1 unchanged 1 1", "2 scanned 1 1"}));
  EXPECT_EQ(host.downloads("1"), 1);
  EXPECT_EQ(claims(), 2U);
}

TEST_F(CrawlTest, ScansANewVersionOfAnEpisode) {
  Host host;
  host.put("1", "talk");
  host.put("1b", "talk and a song");
  host.publish({"1"});
  add(host.url());
  crawl();
  host.publish_text("<rss><item><guid>1</guid><enclosure url='/e/1b'/></item></rss>");

  EXPECT_EQ(crawl(), Lines{"1 scanned 1 1"});
  EXPECT_EQ(crawl(), Lines{"1 unchanged 1 1"});
}

TEST_F(CrawlTest, GoesOnAfterFailures) {
  Host host;
  host.put("broken", "broken file");
  host.put("good", "song");
  host.publish({"missing", "broken", "good"});
  add("http://127.0.0.1:1/feed.xml");
  add(host.url("/e/good"));
  add(host.url());

  EXPECT_EQ(crawl(),
            (Lines{"feed error", "feed error", "missing error 0 0", "broken error 0 0", "good scanned 1 1"}));
  EXPECT_NE(lines_[1].reason.find("not a feed: no XML, begins with \"song\""), std::string::npos)
      << lines_[1].reason;
  EXPECT_NE(lines_[2].reason.find("HTTP status 404"), std::string::npos);
  EXPECT_NE(lines_[3].reason.find("no audio in it"), std::string::npos);
  EXPECT_TRUE(lines_[0].enclosure.empty());
  EXPECT_EQ(summary_.errors, 4U);
  ASSERT_OK_AND(const auto feed, catalogue_->registry().feeds().find("http://127.0.0.1:1/feed.xml"));
  EXPECT_EQ(feed.value().failures, 1);
}

TEST_F(CrawlTest, TriesFailedEpisodesAgainButNotForEver) {
  Host host;
  host.put("1", "broken file");
  host.publish({"1"});
  add(host.url());
  for (int pass = 0; pass < 3; ++pass) EXPECT_EQ(crawl(), Lines{"1 error 0 0"});

  EXPECT_EQ(crawl(), Lines{"1 error 0 0"});
  EXPECT_EQ(lines_[0].reason, host.url("/e/1") + ": no audio in it (given up after 3 attempts)");
  EXPECT_EQ(host.downloads("1"), 3);
}

TEST_F(CrawlTest, RefusesPrivateAddressesUntilAllowed) {
  Host host;
  host.put("1", "song");
  host.publish({"1"});
  add(host.url());
  fetcher_ = make_fetcher(AddressGuard::Policy::kPublicOnly);
  EXPECT_EQ(crawl(), Lines{"feed refused"});
  EXPECT_NE(lines_[0].reason.find("127.0.0.1 is a loopback address; use --allow-private to crawl it"),
            std::string::npos);
  EXPECT_EQ(summary_.refused, 1U);

  fetcher_ = make_fetcher(AddressGuard::Policy::kAllowAll);
  EXPECT_EQ(crawl(), Lines{"1 scanned 1 1"});
}

TEST_F(CrawlTest, RefusesEnclosuresThatPointInside) {
  Host host;
  host.put("1", "song");
  host.publish_text(
      "<rss><item><guid>a</guid><enclosure url='http://127.0.0.2:9/x'/></item>"
      "<item><guid>b</guid><enclosure url='file:///etc/passwd'/></item>"
      "<item><guid>c</guid><enclosure url='/e/1'/></item></rss>");
  add(host.url());
  CurlFetcher::Options options;
  ASSERT_OK(options.guard.allow("127.0.0.1"));
  options.spool_folder = folder_ / "spool";
  ASSERT_OK_AND(fetcher_, CurlFetcher::create(std::move(options)));

  for (int pass = 0; pass < 4; ++pass) {
    const Lines lines = crawl();
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0], "a refused 0 0");
    EXPECT_EQ(lines[1], "b refused 0 0");
  }
}

TEST_F(CrawlTest, KeepsNoValidatorOfAFeedThatIsCutOff) {
  Host host;
  host.put("1", "talk");
  host.publish_text("<rss><item><guid>1</guid><enclosure url='/e/1'/></item><item><guid>2</gu");
  add(host.url());
  EXPECT_EQ(crawl(), Lines{"1 scanned 0 0"});
  EXPECT_EQ(crawl(), Lines{"1 unchanged 0 0"});

  EXPECT_EQ(host.not_modified(), 0);
}

TEST_F(CrawlTest, KeepsTheOrderForAnyNumberInFlight) {
  Host host;
  std::vector<std::string> names;
  Lines expected;
  for (int i = 0; i < 40; ++i) {
    names.push_back("e" + std::to_string(i));
    host.put(names.back(), std::string(static_cast<std::size_t>((i * 7919) % 50'000), 'x') +
                               (i % 3 == 0 ? "song" : "talk"));
    expected.push_back(names.back() + " scanned " + (i % 3 == 0 ? "1 1" : "0 0"));
  }
  host.publish(names);
  add(host.url());
  CrawlOptions options;
  options.in_flight = 8;

  EXPECT_EQ(crawl(options), expected);
  EXPECT_EQ(catalogue_->analysed, 40);
  EXPECT_EQ(claims(), 14U);
}

TEST_F(CrawlTest, LosesNothingWhenStopped) {
  Host host;
  std::vector<std::string> names;
  for (int i = 0; i < 12; ++i) {
    names.push_back("e" + std::to_string(i));
    host.put(names.back(), "song " + names.back());
  }
  host.publish(names);
  add(host.url());
  std::stop_source source;
  CrawlOptions options;
  options.stop = source.get_token();
  options.passes = CrawlOptions::Passes::kUntilStopped;
  std::size_t told = 0;
  ASSERT_OK(crawler().run(options, [&](const EpisodeLine& line) {
    EXPECT_EQ(line.status, EpisodeStatus::kScanned) << line.reason;
    if (++told == 5) source.request_stop();
  }));
  EXPECT_EQ(claims(), told);
  reopen();

  const Lines lines = crawl();

  ASSERT_EQ(lines.size(), 12U);
  const auto again = std::count_if(lines_.begin(), lines_.end(), [](const EpisodeLine& line) {
    return line.status == EpisodeStatus::kScanned;
  });
  EXPECT_EQ(static_cast<std::size_t>(again), 12 - told);
  EXPECT_EQ(claims(), 12U);
}

TEST_F(CrawlTest, StopsInTheMiddleOfAScanAndRecordsNoFailure) {
  Host host;
  host.put("1", "song");
  host.publish({"1"});
  add(host.url());
  std::stop_source source;
  CrawlOptions options;
  options.stop = source.get_token();
  options.on_progress = [&](const CrawlProgress& progress) {
    if (progress.stage == CrawlProgress::Stage::kScan) source.request_stop();
  };

  EXPECT_TRUE(crawl(options).empty());
  EXPECT_EQ(catalogue_->heard(), 0U);
  EXPECT_EQ(crawl(), Lines{"1 scanned 1 1"});
}

TEST_F(CrawlTest, RepeatsPassesAndTellsOnlyNews) {
  Host host;
  host.put("1", "song");
  host.put("2", "song 2");
  host.publish({"1"});
  add(host.url());
  std::stop_source source;
  CrawlOptions options;
  options.stop = source.get_token();
  options.passes = CrawlOptions::Passes::kUntilStopped;
  options.interval = 0s;
  Lines told;
  ASSERT_OK(crawler().run(options, [&](const EpisodeLine& line) {
    told.push_back(line.guid);
    if (line.guid == "1") host.publish({"1", "2"});
    if (line.guid == "2") source.request_stop();
  }));

  EXPECT_EQ(told, (Lines{"1", "2"}));
}

TEST_F(CrawlTest, ReportsProgress) {
  Host host;
  host.put("1", std::string(500'000, 'x'));
  host.publish({"1"});
  add(host.url());
  CrawlOptions options;
  std::uint64_t received = 0;
  bool scanning = false;
  options.on_progress = [&](const CrawlProgress& progress) {
    if (progress.stage == CrawlProgress::Stage::kDownload) received = progress.received;
    if (progress.stage == CrawlProgress::Stage::kScan) scanning = progress.title == "Title 1";
  };
  crawl(options);

  EXPECT_EQ(received, 500'000U);
  EXPECT_TRUE(scanning);
}

TEST_F(CrawlTest, RunsWithoutFeeds) { EXPECT_TRUE(crawl().empty()); }

TEST_F(CrawlTest, AddsFeeds) {
  ASSERT_OK_AND(const auto first, crawler().add("HTTP://Example.com/feed.xml"));
  ASSERT_OK_AND(const auto second, crawler().add("http://example.com:80/feed.xml#x"));

  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].url, "http://example.com/feed.xml");
  EXPECT_EQ(first[0].status, AddedFeed::Status::kAdded);
  EXPECT_EQ(second[0].status, AddedFeed::Status::kKnown);
  EXPECT_FAILS(crawler().add("no-such-file.opml"), ErrorCode::kNotFound);
  EXPECT_FAILS(crawler().add("ftp://example.com/feed.xml"), ErrorCode::kRefused);
  EXPECT_FAILS(crawler().add(""), ErrorCode::kNotFound);
}

TEST_F(CrawlTest, AddsTheFeedsOfAnOpmlList) {
  constexpr const char* kList =
      "<opml><body><outline xmlUrl='http://a.example/f'/><outline xmlUrl='ftp://b.example/f'/>"
      "<outline><outline xmlUrl='http://c.example/f'/></outline></body></opml>";
  const std::filesystem::path file = folder_ / "my list.opml";
  std::ofstream(file) << kList;
  HttpServer server;
  server.handlers().Get("/list.opml", [&](const httplib::Request&, httplib::Response& out) {
    out.set_content(kList, "text/x-opml");
  });
  server.start();

  ASSERT_OK_AND(const auto from_file, crawler().add(file.string()));
  ASSERT_OK_AND(const auto from_url, crawler().add(server.url("/list.opml")));

  ASSERT_EQ(from_file.size(), 3U);
  EXPECT_EQ(from_file[0].status, AddedFeed::Status::kAdded);
  EXPECT_EQ(from_file[1].status, AddedFeed::Status::kError);
  EXPECT_EQ(from_file[2].url, "http://c.example/f");
  ASSERT_EQ(from_url.size(), 3U);
  EXPECT_EQ(from_url[2].status, AddedFeed::Status::kKnown);
  std::ofstream(file) << "<rss/>";
  EXPECT_FAILS(crawler().add(file.string()), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace earmark::crawler
