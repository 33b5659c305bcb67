#pragma once
#include "core/bounded_queue.h"
#include "crawler/crawl.h"
#include "crawler/crew.h"

namespace earmark::crawler {

/// Works the queue off until it is stopped: whatever is due next, of whatever feed.
///
///   workers:  lease ─► feed: visit, plan ──────────────┐
///                 └──► episode: download, analyse ─────┴─► done ──► calling thread: commit, then the line
///   janitor:  feeds that were added, leases of the dead, deadlines of claims, what was registered since
///
/// `done` is bounded: workers wait while commits lag behind.
class Shift {
 public:
  explicit Shift(Crew& crew);

  /// Adds what happened to `summary`.
  [[nodiscard]] Status run(const OnEpisode& on_episode, CrawlSummary& summary);

 private:
  struct Done {
    EpisodeLine line;
    std::optional<ScanOutcome> scan;  ///< nothing: the line is ready
  };

  void work();
  [[nodiscard]] bool work_once();  ///< false: nothing was due
  void keep_house();

  Crew& crew_;
  BoundedQueue<Done> done_;
};

}  // namespace earmark::crawler
