// crawl_queue FOLDER FEEDS…   what a pick from the crawler's queue costs with so many feeds in it.
//
// Each feed has one task of its own and ten episodes that wait, on a quarter as many hosts. A pick is lease
// and put_back: two durable transactions. One JSON line a size.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/check.h"
#include "core/json.h"
#include "registry/registry.h"

namespace earmark::bench {
namespace {

constexpr std::int64_t kEpisodesPerFeed = 10;
constexpr std::int64_t kFeedsPerHost = 4;
constexpr std::size_t kPicks = 2000;
constexpr std::size_t kBatch = 1000;

using Clocked = std::chrono::steady_clock;

double us_since(Clocked::time_point begin) {
  return std::chrono::duration<double, std::micro>(Clocked::now() - begin).count();
}

void fill(registry::Registry& registry, std::int64_t feeds) {
  std::vector<registry::NewCrawlTask> tasks;
  const auto flush = [&] {
    EARMARK_CHECK(registry.crawl_queue().put(tasks).has_value(), "the queue takes tasks");
    tasks.clear();
  };
  const Timestamp now = system_clock().now();
  for (std::int64_t i = 0; i < feeds; ++i) {
    const std::string host = fmt::format("https://host{}.example", i / kFeedsPerHost);
    const auto added = registry.feeds().add(fmt::format("{}/{}.xml", host, i));
    EARMARK_CHECK(added.has_value(), "a feed");
    const std::int64_t key = added->feed.key;
    tasks.push_back({registry::CrawlTaskKind::kFeed, key, key, host, registry::CrawlLane::kFeed, now});
    for (std::int64_t n = 0; n < kEpisodesPerFeed; ++n) {
      tasks.push_back({registry::CrawlTaskKind::kScan, key * kEpisodesPerFeed + n, key, host,
                       registry::CrawlLane::kBacklog, now});
    }
    if (tasks.size() >= kBatch) flush();
  }
  flush();
}

double at(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

void measure(const std::filesystem::path& folder, std::int64_t feeds) {
  auto registry = registry::Registry::open({folder / std::to_string(feeds)});
  EARMARK_CHECK(registry.has_value(), "a registry");
  fill(**registry, feeds);
  registry::CrawlQueue& queue = (*registry)->crawl_queue();
  registry::LeaseTerms terms;
  terms.worker = "bench";
  std::vector<double> picks;
  for (std::size_t i = 0; i < kPicks; ++i) {
    const auto begin = Clocked::now();
    const auto lease = queue.lease(terms);
    EARMARK_CHECK(lease.has_value() && lease->has_value(), "there is always something to do");
    const bool is_back = queue.put_back(**lease, system_clock().now()).has_value();
    EARMARK_CHECK(is_back, "the lease is ours");
    picks.push_back(us_since(begin));
  }
  std::sort(picks.begin(), picks.end());
  const Json line{{"feeds", feeds},
                  {"tasks", feeds * (1 + kEpisodesPerFeed)},
                  {"picks", picks.size()},
                  {"p50_us", at(picks, 0.5)},
                  {"p99_us", at(picks, 0.99)}};
  std::puts(to_line(line).c_str());
  std::fflush(stdout);
}

}  // namespace
}  // namespace earmark::bench

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: crawl_queue FOLDER FEEDS...\n", stderr);
    return 2;
  }
  for (int i = 2; i < argc; ++i) earmark::bench::measure(argv[1], std::strtoll(argv[i], nullptr, 10));
  return 0;
}
