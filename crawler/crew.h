#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "crawler/crawl.h"
#include "crawler/episode_scan.h"
#include "crawler/feed_visit.h"
#include "crawler/politeness.h"
#include "crawler/worker_name.h"

namespace earmark::crawler {

/// What the threads of one run share: a name in the queue, whose leases are kept alive while this lives and
/// given back when it goes, and the tools of the work. Synchronised.
class Crew {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Crew>> start(catalogue::Catalogue& catalogue, Fetcher& fetcher,
                                                           const CrawlOptions& options);
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// Puts feeds that were added meanwhile into the queue.
  [[nodiscard]] Status take_on_feeds();
  /// Visits the feed of a lease and plans the next visit; a line where it could not be read.
  [[nodiscard]] Result<std::optional<EpisodeLine>> visit(const registry::CrawlLease& lease);
  /// Leases the scan of this episode, waiting while another worker has it, and does it.
  [[nodiscard]] ScanOutcome scan(const registry::Episode& episode);
  /// Does a scan that is leased; nothing: there is nothing to scan any more.
  [[nodiscard]] std::optional<ScanOutcome> scan(const registry::CrawlLease& lease);
  /// Frees what dead workers hold.
  void clear_up();
  /// Forgets fingerprints that are older than is to be kept.
  void prune();

  [[nodiscard]] registry::Registry& registry() { return catalogue_.registry(); }
  [[nodiscard]] catalogue::Catalogue& catalogue() { return catalogue_; }
  [[nodiscard]] const registry::LeaseTerms& terms() const { return terms_; }
  [[nodiscard]] const CrawlOptions& options() const { return options_; }
  [[nodiscard]] const Clock& clock() const { return *options_.clock; }
  /// Waits so long, or until the run is to end; false: it is.
  bool pause(std::chrono::milliseconds length);
  void report(const CrawlProgress& progress);

 private:
  Crew(catalogue::Catalogue& catalogue, Fetcher& fetcher, const CrawlOptions& options, WorkerName name);
  void keep_leases(const std::stop_token& stop);
  [[nodiscard]] std::filesystem::path folder() const;

  catalogue::Catalogue& catalogue_;
  const CrawlOptions& options_;
  WorkerName name_;
  registry::LeaseTerms terms_;
  Politeness politeness_;
  FeedVisit visit_;
  EpisodeScan scan_;
  std::mutex progress_mutex_;
  std::jthread keeper_;
};

}  // namespace earmark::crawler
