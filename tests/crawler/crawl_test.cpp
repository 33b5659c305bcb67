// The crawl as a whole: a real HTTP server on loopback, a real registry; only the ear is a stand-in.
#include <fstream>

#include "tests/crawler/crawl_fixture.h"

namespace earmark::crawler {
namespace {

using namespace std::chrono_literals;
using test::HttpServer;

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
  CrawlOptions options = fast();
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
  CrawlOptions options = fast();
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
  CrawlOptions options = fast();
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
  CrawlOptions options = fast();
  options.stop = source.get_token();
  options.passes = CrawlOptions::Passes::kUntilStopped;
  options.schedule.shortest = 0ms;
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
  CrawlOptions options = fast();
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
