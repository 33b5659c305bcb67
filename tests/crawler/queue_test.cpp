// Several workers and the queue they share.
#include <atomic>
#include <fstream>
#include <set>
#include <thread>

#include "crawler/worker_name.h"
#include "registry/registry.h"
#include "tests/crawler/crawl_fixture.h"

namespace earmark::crawler {
namespace {

using namespace std::chrono_literals;
using registry::CrawlLane;
using registry::CrawlTaskKind;

class TickingClock : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return Timestamp(std::chrono::milliseconds(now_ms.load())); }
  std::atomic<std::int64_t> now_ms = 1'800'000'000'000;
};

class QueueTest : public testing::Test {
 protected:
  void SetUp() override {
    registry::Registry::Options options{folder_ / "store"};
    options.clock = &clock_;
    ASSERT_OK_AND(registry_, registry::Registry::open(options));
    terms_.worker = "w1";
    terms_.length = 60s;
    terms_.most_per_host = 2;
  }
  registry::CrawlQueue& queue() { return registry_->crawl_queue(); }
  std::int64_t feed(const std::string& url) { return registry_->feeds().add(url)->feed.key; }
  void put(std::int64_t feed_key, const std::string& host, std::int64_t target = 0,
           CrawlLane lane = CrawlLane::kFeed) {
    const registry::NewCrawlTask task{lane == CrawlLane::kFeed ? CrawlTaskKind::kFeed : CrawlTaskKind::kScan,
                                      target == 0 ? feed_key : target,
                                      feed_key,
                                      host,
                                      lane,
                                      clock_.now()};
    ASSERT_OK(queue().put(std::span(&task, 1)));
  }
  std::optional<registry::CrawlLease> lease() {
    const auto lease = queue().lease(terms_);
    EXPECT_TRUE(lease.has_value());
    return lease.value_or(std::nullopt);
  }

  test::TempDir folder_;
  TickingClock clock_;
  std::unique_ptr<registry::Registry> registry_;
  registry::LeaseTerms terms_;
};

TEST_F(QueueTest, GivesATaskToOneWorkerOnly) {
  const auto key = feed("http://a/");
  put(key, "http://a");
  const auto first = lease();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->target_key, key);
  EXPECT_FALSE(lease());
  ASSERT_OK(queue().put_back(*first, clock_.now() + 10s));
  EXPECT_FALSE(lease());
  clock_.now_ms += 10'000;
  const auto second = lease();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->attempts, 2);
  EXPECT_FAILS(queue().remove(*first), ErrorCode::kConflict);
  ASSERT_OK(queue().remove(*second));
  EXPECT_FALSE(lease());
}

TEST_F(QueueTest, ComesBackWhenALeaseEnds) {
  put(feed("http://a/"), "http://a");
  const auto first = lease();
  ASSERT_TRUE(first);
  clock_.now_ms += 59'000;
  EXPECT_FALSE(lease());
  ASSERT_OK(queue().renew(terms_));
  clock_.now_ms += 59'000;
  EXPECT_FALSE(lease()) << "a lease that was renewed";
  clock_.now_ms += 1000;
  const auto second = lease();
  ASSERT_TRUE(second);
  EXPECT_FAILS(queue().put_back(*first, clock_.now()), ErrorCode::kConflict);
}

TEST_F(QueueTest, LetsHostsTakeTurns) {
  for (int i = 0; i < 50; ++i) put(feed("http://big/" + std::to_string(i)), "http://big");
  const auto small = feed("http://small/");
  put(small, "http://small");
  bool seen = false;
  for (int i = 0; i < 3; ++i) {
    const auto given = lease();
    ASSERT_TRUE(given);
    seen = seen || given->target_key == small;
  }
  EXPECT_TRUE(seen) << "one feed of a small host waits for fifty of a big one";
  EXPECT_FALSE(lease()) << "two of the big host at a time";
}

TEST_F(QueueTest, KeepsThePauseOfAHost) {
  terms_.host_gap = 1s;
  put(feed("http://a/1"), "http://a");
  put(feed("http://a/2"), "http://a");
  EXPECT_TRUE(lease());
  EXPECT_FALSE(lease());
  clock_.now_ms += 1000;
  EXPECT_TRUE(lease());
}

TEST_F(QueueTest, LeavesAHostAloneThatAsksForIt) {
  put(feed("http://a/1"), "http://a");
  ASSERT_OK(queue().hold_host("http://a", clock_.now() + 1h, "HTTP status 429"));
  ASSERT_OK(queue().hold_host("http://a", clock_.now() + 1min, "shorter"));
  EXPECT_FALSE(lease());
  ASSERT_OK_AND(const auto until, queue().held_until("http://a"));
  EXPECT_EQ(until, clock_.now() + 1h);
  ASSERT_OK_AND(const auto state, queue().state());
  EXPECT_EQ(state.hosts_held, 1);
  clock_.now_ms += 3'600'000;
  EXPECT_TRUE(lease());
}

TEST_F(QueueTest, PutsFeedsFirstThenWhatIsNew) {
  const auto key = feed("http://a/");
  terms_.most_per_host = 10;
  put(key, "http://a", 100, CrawlLane::kBacklog);
  put(key, "http://a", 101, CrawlLane::kNew);
  put(key, "http://a");
  EXPECT_EQ(lease()->kind, CrawlTaskKind::kFeed);
  EXPECT_EQ(lease()->target_key, 101);
  EXPECT_EQ(lease()->target_key, 100);
}

TEST_F(QueueTest, HoldsBackWhatIsPaused) {
  const auto key = feed("http://a/");
  put(key, "http://a");
  put(key, "http://a", 100, CrawlLane::kNew);
  ASSERT_OK(registry_->crawl_feeds().set_state(key, registry::CrawlState::kPaused, "by hand"));
  EXPECT_FALSE(lease());
  put(key, "http://a", 101, CrawlLane::kNew);
  EXPECT_FALSE(lease());
  ASSERT_OK(registry_->crawl_feeds().set_state(key, registry::CrawlState::kActive, ""));
  EXPECT_TRUE(lease());
  EXPECT_TRUE(lease());
}

TEST_F(QueueTest, FreesWhatADeadWorkerHeld) {
  put(feed("http://a/1"), "http://a");
  ASSERT_OK_AND(auto alive, WorkerName::take(folder_ / "workers"));
  terms_.worker = alive.text();
  ASSERT_TRUE(lease());
  ASSERT_OK_AND(const auto none, free_the_dead(folder_ / "workers", [&](const std::string& worker) {
                  return queue().take_from(worker);
                }));
  EXPECT_EQ(none, 0) << "it lives";
  std::ofstream(folder_ / "workers" / "worker-dead") << "";
  put(feed("http://b/1"), "http://b");
  terms_.worker = "worker-dead";
  ASSERT_TRUE(lease());

  ASSERT_OK_AND(const auto freed, free_the_dead(folder_ / "workers", [&](const std::string& worker) {
                  return queue().take_from(worker);
                }));

  EXPECT_EQ(freed, 1);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "workers" / "worker-dead"));
  ASSERT_OK_AND(const auto workers, queue().workers());
  EXPECT_EQ(workers, std::vector<std::string>{alive.text()});
}

TEST_F(QueueTest, GivesEachTaskOnceToManyThreads) {
  constexpr std::size_t kTasks = 120;
  for (std::size_t i = 0; i < kTasks; ++i)
    put(feed("http://h" + std::to_string(i % 7) + "/" + std::to_string(i)),
        "http://h" + std::to_string(i % 7));
  std::mutex mutex;
  std::multiset<std::int64_t> given;
  const auto work = [&](const std::string& name) {
    registry::LeaseTerms terms = terms_;
    terms.worker = name;
    terms.most_per_host = 100;
    while (true) {
      const auto one = queue().lease(terms);
      if (!one || !*one) return;
      {
        const std::lock_guard lock(mutex);
        given.insert((*one)->target_key);
      }
      EXPECT_TRUE(queue().remove(**one).has_value());
    }
  };
  {
    std::vector<std::jthread> threads;
    for (const char* name : {"w1", "w2", "w3", "w4"}) threads.emplace_back(work, name);
  }
  EXPECT_EQ(given.size(), kTasks);
  EXPECT_EQ(std::set<std::int64_t>(given.begin(), given.end()).size(), kTasks);
}

/// Two crawlers with a store each in this process; the registry of the second is another connection.
TEST_F(CrawlTest, TwoRunsShareTheWorkAndNothingIsScannedTwice) {
  Host host;
  std::vector<std::string> names;
  for (int i = 0; i < 30; ++i) {
    names.push_back("e" + std::to_string(i));
    host.put(names.back(), "song " + names.back());
  }
  host.publish(names);
  add(host.url());
  auto second_registry = registry::Registry::open({folder_ / "store"});
  ASSERT_OK(second_registry);
  test::FakeCatalogue second(*std::move(second_registry));
  std::atomic<int> scanned = 0;
  std::stop_source stop;
  CrawlOptions options = fast();
  options.stop = stop.get_token();
  options.passes = CrawlOptions::Passes::kUntilStopped;
  const auto run = [&](catalogue::Catalogue& catalogue) {
    Crawler crawler(catalogue, *fetcher_);
    const auto summary = crawler.run(options, [&](const EpisodeLine& line) {
      EXPECT_EQ(line.status, EpisodeStatus::kScanned) << line.reason;
      if (++scanned == 30) stop.request_stop();
    });
    EXPECT_TRUE(summary.has_value());
  };
  {
    std::jthread one([&] { run(*catalogue_); });
    std::jthread two([&] { run(second); });
  }
  EXPECT_EQ(scanned, 30);
  EXPECT_EQ(claims(), 30U);
  for (const std::string& name : names) EXPECT_EQ(host.downloads(name), 1) << name;
}

TEST_F(CrawlTest, AScanWhoseLeaseHasEndedIsNotStored) {
  Host host;
  host.put("1", "song");
  host.publish({"1"});
  add(host.url());
  std::stop_source stop;
  CrawlOptions options = fast();
  options.stop = stop.get_token();
  options.on_progress = [&](const CrawlProgress& progress) {
    if (progress.stage != CrawlProgress::Stage::kScan) return;
    // Somebody takes the work away, as if this worker had been asleep for longer than its lease.
    auto& queue = catalogue_->registry().crawl_queue();
    const auto workers = queue.workers().value();
    for (const auto& worker : workers) EXPECT_TRUE(queue.take_from(worker).has_value());
  };
  crawl(options);
  EXPECT_EQ(claims(), 0U);
  EXPECT_EQ(crawl(), Lines{"1 scanned 1 1"});
}

}  // namespace
}  // namespace earmark::crawler
