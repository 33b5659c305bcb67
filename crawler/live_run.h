#pragma once
#include <chrono>
#include <functional>
#include <stop_token>

#include "catalogue/catalogue.h"
#include "crawler/live_station.h"
#include "crawler/politeness.h"

namespace earmark::crawler {

struct LiveOptions {
  CurlFetcher::Options fetching;
  PolitenessOptions politeness;
  std::chrono::milliseconds lease{
      30'000};                      ///< a stream of a worker that is gone without a trace is free then
  std::size_t most_streams = 1000;  ///< that this run listens to
  std::stop_token stop;
  std::function<void(const LiveEvent&)>
      on_event;  ///< one call at a time, on any thread; what it says is stored
  const Clock* clock = &system_clock();
};

/// Listens to the store's live streams until stopped: those that are there, and those that are added or
/// removed meanwhile. Any number of runs, in any number of processes, share the streams. Fails only where the
/// store or the sandbox does, or where the options are wrong.
[[nodiscard]] Status listen(catalogue::Catalogue& catalogue, const LiveOptions& options);

}  // namespace earmark::crawler
