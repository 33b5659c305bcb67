#include "crawler/crawl_pass.h"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "core/log.h"

namespace earmark::crawler {
namespace {

constexpr std::size_t kEntriesAhead = 64;  ///< lines that wait for an earlier one

}  // namespace

void count(const EpisodeLine& line, CrawlSummary& summary) {
  switch (line.status) {
    case EpisodeStatus::kScanned:
      ++summary.scanned;
      summary.matches += static_cast<std::uint64_t>(line.matches);
      summary.claims += static_cast<std::uint64_t>(line.claims);
      break;
    case EpisodeStatus::kUnchanged: ++summary.unchanged; break;
    case EpisodeStatus::kRefused: ++summary.refused; break;
    case EpisodeStatus::kError: ++summary.errors; break;
  }
}

CrawlPass::CrawlPass(Crew& crew) : crew_(crew), entries_(kEntriesAhead), work_(1) {}

Status CrawlPass::run(const OnEpisode& on_episode, CrawlSummary& summary) {
  std::vector<std::jthread> threads;
  threads.emplace_back([this] { walk(); });
  for (std::size_t i = 0; i < std::max<std::size_t>(crew_.options().in_flight, 1); ++i) {
    threads.emplace_back([this] { scan_all(); });
  }
  while (auto entry = entries_.pop()) {
    if (entry->scan.valid()) {
      const ScanOutcome outcome = entry->scan.get();
      if (crew_.options().stop.stop_requested()) break;
      finish_scan(crew_.catalogue(), outcome, crew_.clock().now(), entry->line);
    }
    count(entry->line, summary);
    if (on_episode) on_episode(entry->line);
  }
  entries_.close();
  work_.close();
  return {};
}

void CrawlPass::walk() {
  const auto feeds = crew_.registry().crawl_feeds().list();
  if (!feeds) log(LogLevel::kError, "the feeds cannot be read: {}", feeds.error().message);
  for (const registry::CrawlFeed& feed : feeds.value_or(std::vector<registry::CrawlFeed>())) {
    if (crew_.options().stop.stop_requested()) break;
    if (feed.state == registry::CrawlState::kActive) walk_feed(feed);
  }
  work_.close();
  entries_.close();
}

void CrawlPass::walk_feed(const registry::CrawlFeed& feed) {
  const auto url = Url::parse(feed.where());
  const registry::NewCrawlTask task{
      registry::CrawlTaskKind::kFeed, feed.feed_key,      feed.feed_key, url ? url->origin() : std::string(),
      registry::CrawlLane::kFeed,     crew_.clock().now()};
  const auto lease = crew_.registry().crawl_queue().lease_this(task, crew_.terms());
  if (!lease) return push_failure(feed, lease.error());
  if (*lease) {  // else another worker looks at it at this moment
    auto line = crew_.visit(**lease);
    if (crew_.options().stop.stop_requested()) return;
    if (!line) return push_failure(feed, line.error());
    if (*line) {
      Entry entry;
      entry.line = **std::move(line);
      static_cast<void>(entries_.push(std::move(entry)));
      return;
    }
  }
  auto episodes = crew_.registry().feeds().episodes(feed.feed_key);
  if (!episodes) return push_failure(feed, episodes.error());
  for (registry::Episode& episode : *episodes) {
    if (crew_.options().stop.stop_requested()) return;
    push_episode(std::move(episode));
  }
}

void CrawlPass::push_failure(const registry::CrawlFeed& feed, const Error& error) {
  Entry entry;
  entry.line = {feed.url, {}, feed.title, {}, EpisodeStatus::kError, error.message, 0, 0};
  static_cast<void>(entries_.push(std::move(entry)));
}

void CrawlPass::push_episode(registry::Episode episode) {
  Entry entry;
  entry.line = line_of(episode);
  if (episode.state == registry::ScanState::kScanned || is_final(episode)) {
    static_cast<void>(entries_.push(std::move(entry)));
    return;
  }
  Work work{std::move(episode), {}};
  entry.scan = work.result.get_future();
  if (!entries_.push(std::move(entry))) return;
  static_cast<void>(work_.push(std::move(work)));
}

void CrawlPass::scan_all() {
  while (auto work = work_.pop()) {
    ScanOutcome outcome;
    if (!crew_.options().stop.stop_requested()) outcome = crew_.scan(work->episode);
    work->result.set_value(std::move(outcome));
  }
}

}  // namespace earmark::crawler
