#include "crawler/crew.h"

#include <utility>

#include "core/log.h"
#include "crawler/pause.h"

namespace earmark::crawler {
namespace {

constexpr std::int64_t kFeedsAtATime = 1000;
constexpr int kRenewalsPerLease = 3;
constexpr std::chrono::milliseconds kOthersWait{200};  ///< between two looks at a task that another one has

ScanOutcome failed(const registry::Episode& episode, const Error& error) {
  ScanOutcome outcome;
  outcome.episode = episode;
  outcome.scan = fail(error);
  return outcome;
}

}  // namespace

Result<std::unique_ptr<Crew>> Crew::start(catalogue::Catalogue& catalogue, Fetcher& fetcher,
                                          const CrawlOptions& options) {
  EARMARK_TRY(auto name, WorkerName::take(catalogue.registry().store() / "crawl"));
  auto crew = std::unique_ptr<Crew>(new Crew(catalogue, fetcher, options, std::move(name)));
  crew->clear_up();
  crew->prune();
  EARMARK_TRY_STATUS(crew->take_on_feeds());
  return crew;
}

Crew::Crew(catalogue::Catalogue& catalogue, Fetcher& fetcher, const CrawlOptions& options, WorkerName name)
    : catalogue_(catalogue),
      options_(options),
      name_(std::move(name)),
      politeness_(fetcher, catalogue.registry(), options.politeness, *options.clock),
      visit_(catalogue.registry(), fetcher, politeness_, options.schedule, *options.clock),
      scan_(catalogue, fetcher, politeness_, [this](const CrawlProgress& progress) { report(progress); }) {
  terms_.worker = name_.text();
  terms_.length = options.lease;
  terms_.most_per_host = static_cast<std::int64_t>(options.politeness.most_per_host);
  terms_.host_gap = options.politeness.gap;
  keeper_ = std::jthread([this](const std::stop_token& stop) { keep_leases(stop); });
}

Crew::~Crew() {
  keeper_.request_stop();
  keeper_.join();
  if (const auto freed = registry().crawl_queue().take_from(name_.text()); !freed)
    log(LogLevel::kWarning, "leases stay until they end: {}", freed.error().message);
}

std::filesystem::path Crew::folder() const { return catalogue_.registry().store() / "crawl"; }

void Crew::keep_leases(const std::stop_token& stop) {
  while (wait_for(terms_.length / kRenewalsPerLease, stop)) {
    if (const Status renewed = registry().crawl_queue().renew(terms_); !renewed)
      log(LogLevel::kWarning, "leases cannot be renewed: {}", renewed.error().message);
  }
}

void Crew::clear_up() {
  const auto freed = free_the_dead(
      folder(), [this](const std::string& worker) { return registry().crawl_queue().take_from(worker); });
  if (!freed) {
    log(LogLevel::kWarning, "the work of dead workers cannot be freed: {}", freed.error().message);
  } else if (*freed > 0) {
    log(LogLevel::kInfo, "{} tasks of workers that are no more are free again", *freed);
  }
}

void Crew::prune() {
  if (!options_.keep_prints) return;
  if (const auto pruned = registry().crawl_archive().prune(clock().now() - *options_.keep_prints); !pruned)
    log(LogLevel::kWarning, "the archive cannot be pruned: {}", pruned.error().message);
}

bool Crew::pause(std::chrono::milliseconds length) { return wait_for(length, options_.stop); }

void Crew::report(const CrawlProgress& progress) {
  if (!options_.on_progress) return;
  const std::lock_guard lock(progress_mutex_);
  options_.on_progress(progress);
}

Status Crew::take_on_feeds() {
  while (true) {
    EARMARK_TRY(const auto feeds, registry().crawl_feeds().untaken(kFeedsAtATime));
    if (feeds.empty()) return {};
    std::vector<registry::NewCrawlTask> tasks;
    for (const registry::Feed& feed : feeds) {
      const auto url = Url::parse(feed.url);
      tasks.push_back({registry::CrawlTaskKind::kFeed, feed.key, feed.key,
                       url ? url->origin() : std::string(), registry::CrawlLane::kFeed, clock().now()});
    }
    EARMARK_TRY_STATUS(registry().crawl_queue().put(tasks));
    for (const registry::Feed& feed : feeds) {
      // Episodes that wait since before there was a queue.
      EARMARK_TRY_STATUS(enqueue_scans(registry(), feed.key, registry::CrawlLane::kBacklog, clock().now()));
      EARMARK_TRY_STATUS(registry().crawl_feeds().take(feed.key));
    }
  }
}

Result<std::optional<EpisodeLine>> Crew::visit(const registry::CrawlLease& lease) {
  EARMARK_TRY(const auto feed, registry().crawl_feeds().find(lease.feed_key));
  if (!feed) return fail(ErrorCode::kInternal, "a feed went away");
  const FetchProgress progress = [&](std::uint64_t received, std::optional<std::uint64_t> total) {
    report({CrawlProgress::Stage::kFeed, feed->url, {}, received, total});
  };
  EARMARK_TRY(const auto outcome, visit_.run(*feed, progress, options_.stop));
  if (const Status kept = registry().crawl_queue().put_back(lease, outcome.next_at); !kept)
    log(LogLevel::kWarning, "{}: {}", feed->url, kept.error().message);
  if (!outcome.failure) return std::optional<EpisodeLine>();
  const auto status =
      outcome.failure->code == ErrorCode::kRefused ? EpisodeStatus::kRefused : EpisodeStatus::kError;
  return std::optional(EpisodeLine{feed->url, {}, feed->title, {}, status, outcome.failure->message, 0, 0});
}

std::optional<ScanOutcome> Crew::scan(const registry::CrawlLease& lease) {
  const auto episode = registry().feeds().episode_of_version(lease.target_key);
  if (!episode) {
    log(LogLevel::kWarning, "an episode cannot be read: {}", episode.error().message);
    return std::nullopt;  // the lease ends, and it is tried again
  }
  const bool is_over = !*episode || (*episode)->state == registry::ScanState::kScanned || is_final(**episode);
  if (is_over) {
    if (const Status removed = registry().crawl_queue().remove(lease); !removed)
      log(LogLevel::kWarning, "{}", removed.error().message);
    return std::nullopt;
  }
  ScanOutcome outcome;
  outcome.episode = **episode;
  outcome.lease = lease;
  outcome.scan = scan_.run(**episode, options_.stop);
  return outcome;
}

ScanOutcome Crew::scan(const registry::Episode& episode) {
  while (true) {
    const auto task = scan_task(episode, registry::CrawlLane::kNew, clock().now());
    const auto lease = registry().crawl_queue().lease_this(task, terms_);
    if (!lease) return failed(episode, lease.error());
    if (*lease) {
      auto outcome = scan(**lease);
      if (outcome) return *std::move(outcome);
      ScanOutcome done;
      done.episode = episode;
      done.was_done = true;
      return done;
    }
    if (!pause(kOthersWait)) return failed(episode, {ErrorCode::kUnavailable, "stopped"});
    clear_up();
  }
}

}  // namespace earmark::crawler
