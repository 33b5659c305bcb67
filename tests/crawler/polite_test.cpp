// Manners: robots.txt, opt-outs, Retry-After, pauses, moves, pages.
#include "crawler/politeness.h"
#include "tests/crawler/crawl_fixture.h"

namespace earmark::crawler {
namespace {

using namespace std::chrono_literals;
using test::HttpServer;

constexpr const char* kFeed =
    "<rss><channel><title>Show</title><item><guid>1</guid><enclosure url='/e/1'/></item></channel></rss>";

/// A host whose answers to each path are a function; it keeps the log by which manners are judged.
class Origin {
 public:
  using Answer = std::function<void(const httplib::Request&, httplib::Response&)>;
  Origin() {
    server_.handlers().Get(".*", [this](const httplib::Request& in, httplib::Response& out) {
      Answer answer;
      {
        const std::lock_guard lock(mutex_);
        log_.push_back({in.path, in.get_header_value("User-Agent"), std::chrono::steady_clock::now()});
        const auto found = answers_.find(in.path);
        if (found == answers_.end()) {
          out.status = 404;
          return;
        }
        answer = found->second;
      }
      answer(in, out);
    });
    server_.start();
  }
  void set(const std::string& path, Answer answer) {
    const std::lock_guard lock(mutex_);
    answers_[path] = std::move(answer);
  }
  void text(const std::string& path, const std::string& body) {
    set(path,
        [body](const httplib::Request&, httplib::Response& out) { out.set_content(body, "text/plain"); });
  }
  void status(const std::string& path, int code, const std::string& header = {},
              const std::string& value = {}) {
    set(path, [=](const httplib::Request&, httplib::Response& out) {
      out.status = code;
      if (!header.empty()) out.set_header(header.c_str(), value);
    });
  }
  struct Entry {
    std::string path, agent;
    std::chrono::steady_clock::time_point at;
  };
  std::vector<Entry> log() {
    const std::lock_guard lock(mutex_);
    return log_;
  }
  int asked(const std::string& path) {
    const auto entries = log();
    return static_cast<int>(std::count_if(entries.begin(), entries.end(),
                                          [&](const Entry& entry) { return entry.path == path; }));
  }
  std::string url(const std::string& path = "/feed.xml") { return server_.url(path); }

 private:
  std::mutex mutex_;
  std::map<std::string, Answer> answers_;
  std::vector<Entry> log_;
  HttpServer server_;
};

class PoliteTest : public CrawlTest {
 protected:
  void SetUp() override {
    CrawlTest::SetUp();
    origin_.text("/feed.xml", kFeed);
    origin_.text("/e/1", "song");
    add(origin_.url());
  }
  std::vector<std::string> event_kinds() {
    std::vector<std::string> kinds;
    const auto events = catalogue_->registry().crawl_feeds().events(100).value();
    for (const auto& event : events) kinds.push_back(event.kind);
    return kinds;
  }
  registry::CrawlFeed feed() { return catalogue_->registry().crawl_feeds().list().value().at(0); }

  Origin origin_;
};

TEST_F(PoliteTest, AsksForRobotsOnceAndFirst) {
  EXPECT_EQ(crawl(), Lines{"1 scanned 1 1"});
  reopen();
  EXPECT_EQ(crawl(), Lines{"1 unchanged 1 1"});

  EXPECT_EQ(origin_.log().front().path, "/robots.txt");
  EXPECT_EQ(origin_.asked("/robots.txt"), 1);
  EXPECT_NE(origin_.log().front().agent.find("Earmark/"), std::string::npos);
}

TEST_F(PoliteTest, FetchesNothingThatRobotsDisallow) {
  origin_.text("/robots.txt", "user-agent: earmark\ndisallow: /e/\n");
  EXPECT_EQ(crawl(), Lines{"1 refused 0 0"});
  EXPECT_NE(lines_[0].reason.find("robots.txt does not allow it (disallow: /e/)"), std::string::npos);
  EXPECT_EQ(origin_.asked("/e/1"), 0);
  EXPECT_EQ(crawl(), Lines{"1 refused 0 0"});
  EXPECT_EQ(event_kinds(), Lines{"robots_disallow"}) << "logged once";
}

TEST_F(PoliteTest, JudgesTheTargetOfARedirectToo) {
  origin_.text("/robots.txt", "user-agent: *\ndisallow: /secret\n");
  origin_.status("/feed.xml", 302, "Location", "/secret/feed.xml");
  origin_.text("/secret/feed.xml", kFeed);
  EXPECT_EQ(crawl(), Lines{"feed refused"});
  EXPECT_EQ(origin_.asked("/secret/feed.xml"), 0);
}

TEST_F(PoliteTest, FetchesNothingWhileTheServerFailsToGiveRobots) {
  origin_.status("/robots.txt", 503);
  EXPECT_EQ(crawl(), Lines{"feed error"});
  EXPECT_NE(lines_[0].reason.find("robots.txt"), std::string::npos) << lines_[0].reason;
  EXPECT_EQ(origin_.asked("/feed.xml"), 0);
  origin_.status("/robots.txt", 403);
  EXPECT_EQ(crawl(), Lines{"1 scanned 1 1"}) << "forbidden is unavailable: no rules (RFC 9309, 2.3.1.3)";
}

TEST_F(PoliteTest, LeavesAFeedAloneThatOptsOut) {
  origin_.text("/feed.xml",
               "<rss><channel><podcast:block id='earmark'>yes</podcast:block>" + std::string(kFeed + 14));
  EXPECT_EQ(crawl(), Lines{"feed refused"});
  EXPECT_NE(lines_[0].reason.find("podcast:block"), std::string::npos);
  EXPECT_EQ(origin_.asked("/e/1"), 0);
  EXPECT_TRUE(crawl().empty());
  EXPECT_EQ(origin_.asked("/feed.xml"), 1) << "it is not asked again";
  EXPECT_EQ(feed().state, registry::CrawlState::kOptedOut);
  EXPECT_EQ(event_kinds(), Lines{"opt_out"});
}

TEST_F(PoliteTest, WaitsAsLongAsAServerAsks) {
  origin_.status("/feed.xml", 429, "Retry-After", "3600");
  EXPECT_EQ(crawl(), Lines{"feed error"});
  EXPECT_EQ(crawl(), Lines{"feed error"});
  EXPECT_NE(lines_[0].reason.find("asks to be left alone until"), std::string::npos) << lines_[0].reason;
  EXPECT_EQ(origin_.asked("/feed.xml"), 1);
  EXPECT_EQ(event_kinds(), Lines{"held"});
}

TEST_F(PoliteTest, WaitsOutAShortHold) {
  origin_.status("/feed.xml", 503, "Retry-After", "1");
  EXPECT_EQ(crawl(), Lines{"feed error"});
  const auto held = std::chrono::steady_clock::now();
  origin_.text("/feed.xml", kFeed);
  EXPECT_EQ(crawl(), Lines{"1 scanned 1 1"});
  EXPECT_GE(std::chrono::steady_clock::now() - held, 500ms);
}

TEST_F(PoliteTest, PausesBetweenRequestsToOneHost) {
  std::string items;
  for (int i = 1; i <= 6; ++i) {
    origin_.text("/e/" + std::to_string(i), "talk");
    items +=
        "<item><guid>" + std::to_string(i) + "</guid><enclosure url='/e/" + std::to_string(i) + "'/></item>";
  }
  origin_.text("/feed.xml", "<rss><channel>" + items + "</channel></rss>");
  CrawlOptions options = fast();
  options.in_flight = 6;
  options.politeness.gap = 50ms;
  EXPECT_EQ(crawl(options).size(), 6U);
  std::vector<std::chrono::steady_clock::time_point> times;
  for (const auto& entry : origin_.log()) {
    if (entry.path != "/robots.txt") times.push_back(entry.at);
  }
  ASSERT_EQ(times.size(), 7U);
  EXPECT_GE(times.back() - times.front(), 6 * 50ms - 20ms) << "seven requests have six pauses between them";
}

TEST_F(PoliteTest, LearnsAPermanentMoveFromTheSecondTimeOn) {
  origin_.text("/new.xml", kFeed);
  origin_.status("/feed.xml", 301, "Location", "/new.xml");
  crawl();
  EXPECT_EQ(feed().fetch_url, "");
  crawl();
  EXPECT_EQ(feed().fetch_url, origin_.url("/new.xml"));
  crawl();
  EXPECT_EQ(origin_.asked("/feed.xml"), 2);
  EXPECT_EQ(origin_.asked("/new.xml"), 3);
  EXPECT_EQ(feed().url, origin_.url()) << "its name stays";
  EXPECT_EQ(event_kinds(), Lines{"moved"});
}

TEST_F(PoliteTest, DoesNotLearnFromATemporaryMove) {
  origin_.text("/new.xml", kFeed);
  origin_.status("/feed.xml", 302, "Location", "/new.xml");
  for (int i = 0; i < 3; ++i) crawl();
  EXPECT_EQ(feed().fetch_url, "");
  EXPECT_EQ(origin_.asked("/feed.xml"), 3);
}

TEST_F(PoliteTest, FollowsAnAnnouncedMoveToTheSameShowOnly) {
  const auto with = [](const std::string& guid, const std::string& more) {
    return "<rss><channel><podcast:guid>" + guid + "</podcast:guid>" + more +
           "<item><guid>1</guid><enclosure url='/e/1'/></item></channel></rss>";
  };
  origin_.text("/new.xml", with("b", ""));
  origin_.text("/feed.xml",
               with("a", "<itunes:new-feed-url>" + origin_.url("/new.xml") + "</itunes:new-feed-url>"));
  crawl();
  EXPECT_EQ(feed().fetch_url, "");
  origin_.text("/new.xml", with("a", ""));
  crawl();
  EXPECT_EQ(feed().fetch_url, origin_.url("/new.xml"));
  EXPECT_EQ(feed().podcast_guid, "a");
  EXPECT_EQ(event_kinds(), (Lines{"move_refused", "moved"}));
}

TEST_F(PoliteTest, GivesUpWhatIsGone) {
  origin_.status("/feed.xml", 410);
  EXPECT_EQ(crawl(), Lines{"feed error"});
  EXPECT_TRUE(crawl().empty());
  EXPECT_EQ(origin_.asked("/feed.xml"), 1);
  EXPECT_EQ(feed().state, registry::CrawlState::kGone);
}

TEST_F(PoliteTest, ReadsThePagesOfAFeed) {
  const auto page = [&](const std::string& guid, const std::string& next) {
    origin_.text("/e/" + guid, "talk");
    return "<rss xmlns:atom='http://www.w3.org/2005/Atom'><channel>" +
           (next.empty() ? "" : "<atom:link rel='next' href='" + next + "'/>") + "<item><guid>" + guid +
           "</guid><enclosure url='/e/" + guid + "'/></item></channel></rss>";
  };
  origin_.text("/feed.xml", page("3", "/page2.xml"));
  origin_.text("/page2.xml", page("2", "/page3.xml"));
  origin_.text("/page3.xml", page("1", "/page2.xml"));
  EXPECT_EQ(crawl(), (Lines{"3 scanned 0 0", "2 scanned 0 0", "1 scanned 0 0"}));
  crawl();
  EXPECT_EQ(origin_.asked("/feed.xml"), 2);
  EXPECT_EQ(origin_.asked("/page3.xml"), 1) << "nothing was new, so the pages are left alone";
}

TEST_F(PoliteTest, KeepsWhatTheFeedSaysOfAnEpisode) {
  origin_.text("/feed.xml",
               "<rss><channel><item><guid>1</guid><enclosure url='/e/1'/><podcast:person>Ada</podcast:person>"
               "</item></channel></rss>");
  crawl();
  ASSERT_OK_AND(const auto episodes, catalogue_->registry().feeds().episodes(1));
  ASSERT_OK_AND(const auto details, catalogue_->registry().feeds().details(episodes.at(0).key));
  EXPECT_EQ(details, R"({"person":[{"name":"Ada"}]})");
}

TEST_F(PoliteTest, KnowsACopyOfAnEpisodeByItsBytes) {
  origin_.text("/other.xml",
               "<rss><channel><item><guid>x</guid><enclosure url='/e/x'/></item></channel></rss>");
  origin_.text("/e/x", "song");
  add(origin_.url("/other.xml"));
  EXPECT_EQ(crawl(), (Lines{"1 scanned 1 1", "x scanned 1 1"}));
  ASSERT_OK_AND(const auto copies, catalogue_->registry().crawl_archive().copies());
  ASSERT_EQ(copies.size(), 1U);
  EXPECT_EQ(copies[0].guid, "x");
  EXPECT_EQ(copies[0].of_guid, "1");
}

TEST_F(PoliteTest, PausedFeedsArePassedOver) {
  crawl();
  ASSERT_OK(
      catalogue_->registry().crawl_feeds().set_state(feed().feed_key, registry::CrawlState::kPaused, ""));
  EXPECT_TRUE(crawl().empty());
  EXPECT_EQ(origin_.asked("/feed.xml"), 1);
}

}  // namespace
}  // namespace earmark::crawler
