#pragma once
#include <future>
#include <optional>
#include <string>

#include "core/bounded_queue.h"
#include "crawler/crawl.h"
#include "crawler/crew.h"
#include "registry/registry.h"

namespace earmark::crawler {

/// One walk over all feeds, in order.
///
///   walker thread:  feed → visit → episodes ──► entries (in order) ──► calling thread: commit, then the line
///                                           └─► work ──► scanners: download, analyse, match ──┘
///
/// Scanners write nothing, so the store sees the same commits in the same order for any number of them. What
/// another worker has leased is waited for.
class CrawlPass {
 public:
  explicit CrawlPass(Crew& crew);

  /// Adds what happened to `summary`.
  [[nodiscard]] Status run(const OnEpisode& on_episode, CrawlSummary& summary);

 private:
  /// One line to come: ready, or to be made from a scan.
  struct Entry {
    EpisodeLine line;
    std::future<ScanOutcome> scan;  ///< not valid: the line is ready
  };
  struct Work {
    registry::Episode episode;
    std::promise<ScanOutcome> result;
  };

  void walk();
  void walk_feed(const registry::CrawlFeed& feed);
  void push_failure(const registry::CrawlFeed& feed, const Error& error);
  void push_episode(registry::Episode episode);
  void scan_all();

  Crew& crew_;
  BoundedQueue<Entry> entries_;
  BoundedQueue<Work> work_;
};

/// Adds one line to the summary.
void count(const EpisodeLine& line, CrawlSummary& summary);

}  // namespace earmark::crawler
