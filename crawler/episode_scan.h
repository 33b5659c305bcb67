#pragma once
#include <functional>
#include <optional>

#include "catalogue/catalogue.h"
#include "crawler/crawl.h"
#include "crawler/fetcher.h"
#include "registry/registry.h"

namespace earmark::crawler {

/// What the fetch and the match of one episode gave, to be stored by finish_scan().
struct ScanOutcome {
  registry::Episode episode;  ///< as it was when the work began
  std::optional<registry::CrawlLease> lease;
  Result<registry::NewScan> scan = fail(ErrorCode::kInternal, "not scanned");
  bool was_done = false;  ///< another worker had scanned it before
};

/// Fetches an episode, analyses and matches it: everything up to the store. Synchronised by what it is made
/// of.
class EpisodeScan {
 public:
  EpisodeScan(catalogue::Catalogue& catalogue, Fetcher& fetcher, HostGate& gate,
              std::function<void(const CrawlProgress&)> on_progress)
      : catalogue_(catalogue), fetcher_(fetcher), gate_(gate), on_progress_(std::move(on_progress)) {}

  [[nodiscard]] Result<registry::NewScan> run(const registry::Episode& episode, const std::stop_token& stop);

 private:
  catalogue::Catalogue& catalogue_;
  Fetcher& fetcher_;
  HostGate& gate_;
  std::function<void(const CrawlProgress&)> on_progress_;
};

/// The line of an episode as the store knows it.
[[nodiscard]] EpisodeLine line_of(const registry::Episode& episode);

/// No more attempts: the failure is the episode's own, and was the same often enough.
[[nodiscard]] bool is_final(const registry::Episode& episode);

/// Commits what the scan gave, finishes its task, and completes the line. When that was stored, the task is
/// done or waits for its next attempt.
void finish_scan(catalogue::Catalogue& catalogue, const ScanOutcome& outcome, Timestamp now,
                 EpisodeLine& line);

}  // namespace earmark::crawler
