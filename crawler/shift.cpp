#include "crawler/shift.h"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "core/log.h"
#include "crawler/crawl_pass.h"
#include "crawler/retro.h"

namespace earmark::crawler {
namespace {

constexpr std::size_t kDoneAhead = 16;
constexpr std::chrono::milliseconds kIdle{200};  ///< between two looks at an empty queue
constexpr std::chrono::milliseconds kHousekeeping{1000};
constexpr int kSeldom = 30;  ///< every so many rounds of housekeeping

}  // namespace

Shift::Shift(Crew& crew) : crew_(crew), done_(kDoneAhead) {}

Status Shift::run(const OnEpisode& on_episode, CrawlSummary& summary) {
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < std::max<std::size_t>(crew_.options().in_flight, 1); ++i)
    threads.emplace_back([this] { work(); });
  threads.emplace_back([this] { keep_house(); });
  const std::stop_callback at_stop(crew_.options().stop, [this] { done_.close(); });
  while (auto done = done_.pop()) {
    if (crew_.options().stop.stop_requested()) break;
    if (done->scan) finish_scan(crew_.catalogue(), *done->scan, crew_.clock().now(), done->line);
    if (done->line.status == EpisodeStatus::kUnchanged) continue;
    count(done->line, summary);
    if (on_episode) on_episode(done->line);
  }
  done_.close();
  return {};
}

void Shift::work() {
  while (!crew_.options().stop.stop_requested()) {
    if (!work_once() && !crew_.pause(kIdle)) return;
  }
}

bool Shift::work_once() {
  auto lease = crew_.registry().crawl_queue().lease(crew_.terms());
  if (!lease) {
    log(LogLevel::kWarning, "the queue cannot be read: {}", lease.error().message);
    return false;
  }
  if (!*lease) return false;
  if ((*lease)->kind == registry::CrawlTaskKind::kScan) {
    auto outcome = crew_.scan(**lease);
    if (!outcome || crew_.options().stop.stop_requested()) return true;
    EpisodeLine line = line_of(outcome->episode);
    return done_.push({std::move(line), std::move(outcome)});
  }
  auto line = crew_.visit(**lease);
  if (!line) {
    if (!crew_.options().stop.stop_requested()) log(LogLevel::kWarning, "a feed: {}", line.error().message);
  } else if (*line) {
    return done_.push({**std::move(line), std::nullopt});
  }
  return true;
}

void Shift::keep_house() {
  RetroScan retro(crew_.catalogue());
  for (int round = 0; crew_.pause(kHousekeeping); ++round) {
    if (const Status taken = crew_.take_on_feeds(); !taken)
      log(LogLevel::kWarning, "new feeds cannot be taken on: {}", taken.error().message);
    const auto looked = retro.run(crew_.options().stop, {});
    if (!looked) log(LogLevel::kWarning, "the past cannot be looked through: {}", looked.error().message);
    crew_.clear_up();
    if (round % kSeldom != 0) continue;
    crew_.prune();
    if (const auto fired = crew_.registry().claims().tick(); !fired)
      log(LogLevel::kWarning, "deadlines of claims: {}", fired.error().message);
  }
}

}  // namespace earmark::crawler
