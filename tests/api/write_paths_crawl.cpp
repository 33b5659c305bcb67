#include <fmt/format.h>

#include "audience/figures.h"
#include "audience/forecast_store.h"
#include "audience/importer.h"
#include "audience/report.h"
#include "core/file.h"
#include "tests/api/write_paths.h"

namespace earmark::api {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kDays = 13;  ///< of a log, from the first day of November 2023 on
const Bytes kPrint(3000, std::byte{7});

Result<registry::CrawlLease> leased(Stores& stores, const registry::NewCrawlTask& task) {
  registry::LeaseTerms terms;
  terms.worker = "test";
  EARMARK_TRY_STATUS(stores.registry->crawl_queue().put(std::span(&task, 1)));
  EARMARK_TRY(auto lease, stores.registry->crawl_queue().lease_this(task, terms));
  if (!lease) return fail(ErrorCode::kInternal, "nobody else has it");
  return std::move(*lease);
}

/// A feed is visited, and its one episode scanned and kept.
Result<std::string> write_visit(Stores& stores, const std::string& unique) {
  const auto url = "https://" + unique + ".example/feed.xml";
  auto& feeds = stores.registry->crawl_feeds();
  const Timestamp now = stores.clock->now();
  EARMARK_TRY(const auto added, stores.registry->feeds().add(url));
  const std::int64_t feed = added.feed.key;
  EARMARK_TRY_STATUS(feeds.take(feed));
  using registry::CrawlLane;
  using registry::CrawlTaskKind;
  registry::NewCrawlTask task{CrawlTaskKind::kFeed, feed, feed, "https://" + unique + ".example",
                              CrawlLane::kFeed,     now};
  EARMARK_TRY(const auto visit, leased(stores, task));
  const registry::EpisodeInput input[] = {
      {kGuid, "One", std::nullopt, url + ".mp3", "audio/mpeg", 1000, R"({"season":1})"}};
  EARMARK_TRY_STATUS(stores.registry->feeds().upsert_episodes(feed, input));
  EARMARK_TRY(const auto episodes, stores.registry->feeds().episodes(feed));
  EARMARK_TRY_STATUS(feeds.record_check(feed, {registry::FeedCheck::Outcome::kChanged, 1h, unique, "{}"}));
  EARMARK_TRY_STATUS(feeds.record_move(feed, url + "?new", 2));
  EARMARK_TRY_STATUS(feeds.log_event("moved", url, url, "for good"));
  EARMARK_TRY_STATUS(stores.registry->crawl_hosts().store_robots(task.host, {now, 404, ""}));
  EARMARK_TRY_STATUS(stores.registry->crawl_queue().put_back(visit, now + 1h));
  task.kind = CrawlTaskKind::kScan;
  task.target_key = episodes.at(0).version_key;
  task.lane = CrawlLane::kNew;
  registry::NewScan scan;
  EARMARK_TRY(scan.lease, leased(stores, task));
  scan.version_key = task.target_key;
  scan.fetch.url = url + ".mp3";
  scan.fetch.sha256 = "the same in every feed";
  scan.duration_ms = 600'000;
  scan.engine = "test";
  scan.archived = registry::ArchivedPrint{kPrint, 0};
  EARMARK_TRY_STATUS(stores.registry->claims().record_scan(scan));
  return url;
}

bool was_visited(Stores& stores, const std::string& url) {
  const auto feed = stores.registry->feeds().find(url);
  if (!feed || !*feed) return false;
  const auto crawled = stores.registry->crawl_feeds().find((*feed)->key);
  const auto episodes = stores.registry->feeds().episodes((*feed)->key);
  if (!crawled || !*crawled || (*crawled)->checks != 1 || !(*crawled)->next_at || !episodes ||
      episodes->size() != 1)
    return false;
  const auto kept = stores.registry->crawl_archive().load(episodes->at(0).version_key);
  const auto details = stores.registry->feeds().details(episodes->at(0).key);
  return kept && kept->emfp == kPrint && details && *details == R"({"season":1})";
}

/// A log of one listener who has the same episode each day, and asks once for its head only.
std::string log_of(const std::string& path, const std::string& unique) {
  constexpr const char* kAgent = "Overcast/3.0 (+http://overcast.fm/; iOS podcast app)";
  const auto digest = sha256(as_bytes(unique));
  const auto address = fmt::format("203.{}.{}.{}", std::to_integer<int>(digest[0]),
                                   std::to_integer<int>(digest[1]), std::to_integer<int>(digest[2]));
  std::string log;
  for (std::int64_t day = 0; day <= kDays; ++day) {
    log += fmt::format("{} - - [{:02}/Nov/2023:10:00:00 +0000] \"{} {} HTTP/1.1\" 200 5000 \"-\" \"{}\"\n",
                       address, std::max<std::int64_t>(day, 1), day == 0 ? "HEAD" : "GET", path, kAgent);
  }
  return log;
}

Result<std::string> write_audience(Stores& stores, const std::string& unique) {
  const auto path = "/" + unique + "/a.mp3";
  const auto log = stores.registry->store() / (unique + ".log");
  EARMARK_TRY_STATUS(write_file_atomically(log, as_bytes(log_of(path, unique))));
  EARMARK_TRY_STATUS(stores.audience->take_over_feeds());
  EARMARK_TRY(const auto imported, audience::import_log(*stores.audience, log, {}));
  std::filesystem::remove(log);
  for (const auto& epoch : imported.epochs)
    EARMARK_TRY_STATUS(audience::recount(*stores.audience, epoch, {}));
  EARMARK_TRY_STATUS(stores.audience->set_media(path, audience::even_map(5000, 600'000)));
  audience::ReportFilter filter;
  filter.path = path;
  audience::ForecastOptions options;
  options.horizon = 7;
  EARMARK_TRY_STATUS(audience::make_forecast(*stores.audience, filter, options));
  return path;
}

bool was_heard(Stores& stores, const std::string& path) {
  audience::ReportFilter filter;
  filter.path = path;
  const auto days = audience::report(*stores.audience, filter, audience::GroupBy::kDay);
  const auto forecasts = audience::past_forecasts(*stores.audience, filter);
  return days && static_cast<std::int64_t>(days->size()) == kDays && days->at(0).downloads == 1 &&
         forecasts && forecasts->size() == 1;
}

}  // namespace

std::vector<WritePath> crawl_paths() {
  return {{"visit", write_visit, was_visited}, {"audience", write_audience, was_heard}};
}

}  // namespace earmark::api
