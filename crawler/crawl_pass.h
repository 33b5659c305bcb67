#pragma once
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/bounded_queue.h"
#include "crawler/crawl.h"
#include "registry/registry.h"

namespace earmark::crawler {

/// One walk over all feeds.
///
///   walker thread:  feed → fetch → episodes ──► entries (in order) ──► calling thread: commit, then the line
///                                           └─► work ──► scanners: download, analyse, match ──┘
///
/// Scanners write nothing, so the store sees the same commits in the same order for any number of them.
class CrawlPass {
 public:
  enum class Report { kAll, kNews };  ///< kNews: no lines for what is unchanged

  CrawlPass(catalogue::Catalogue& catalogue, Fetcher& fetcher, const CrawlOptions& options);

  /// Adds what happened to `summary`.
  [[nodiscard]] Status run(Report report, const OnEpisode& on_episode, CrawlSummary& summary);

 private:
  /// What the download and the match of one episode gave.
  using Scanned = Result<registry::NewScan>;

  /// One line to come: ready, or to be made from a scan.
  struct Entry {
    EpisodeLine line;
    std::int64_t version_key = 0;
    std::future<Scanned> scan;  ///< not valid: the line is ready
  };
  struct Work {
    registry::Episode episode;
    std::promise<Scanned> result;
  };

  void walk();
  void walk_feed(const registry::Feed& feed);
  [[nodiscard]] Status refresh(const registry::Feed& feed);
  [[nodiscard]] Status store_feed(const registry::Feed& feed, const FetchedDocument& document);
  void push_feed_failure(const registry::Feed& feed, const Error& error);
  void push_episode(registry::Episode episode);
  void scan_all();
  [[nodiscard]] Scanned scan(const registry::Episode& episode);
  void finish(Entry& entry);
  void report_progress(const CrawlProgress& progress);

  catalogue::Catalogue& catalogue_;
  Fetcher& fetcher_;
  const CrawlOptions& options_;
  std::vector<registry::Feed> feeds_;
  BoundedQueue<Entry> entries_;
  BoundedQueue<Work> work_;
  std::mutex progress_mutex_;
};

}  // namespace earmark::crawler
