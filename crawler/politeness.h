#pragma once
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "crawler/fetcher.h"
#include "crawler/host_gate.h"
#include "crawler/robots.h"
#include "registry/registry.h"

namespace earmark::crawler {

/// The product token by which robots.txt files and podcast:block name us.
inline constexpr const char* kProductToken = "Earmark";

struct PolitenessOptions {
  std::chrono::milliseconds gap{500};             ///< between the begin of two requests to one host
  std::chrono::milliseconds longest_gap{60'000};  ///< that a Crawl-delay may ask for
  std::size_t most_per_host = 2;                  ///< requests at a time
  std::chrono::milliseconds patience{5000};       ///< a host that asks for a longer pause is left for later
};

/// The gate in front of hosts: robots.txt (RFC 9309: kept for a day; a server that fails to give it forbids
/// everything, a missing one nothing), a pause between requests, few at a time, and what hosts ask for with
/// Retry-After. Holds and robots.txt files are in the store, shared by all workers; pauses are counted in
/// this process. Refusals are logged there (CrawlFeeds::events). Synchronised.
class Politeness : public HostGate {
 public:
  Politeness(Fetcher& fetcher, registry::Registry& registry, PolitenessOptions options,
             const Clock& clock = system_clock())
      : fetcher_(fetcher), registry_(registry), options_(options), clock_(clock) {}

  [[nodiscard]] Status enter(const Url& url, const std::stop_token& stop) override;
  void leave(const Url& url, const HostAnswer& answer) override;

 private:
  using Steady = std::chrono::steady_clock;
  struct Host {
    std::mutex asking;  ///< for robots.txt; guards rules and fresh_until
    std::shared_ptr<const Robots> rules;
    Timestamp fresh_until{};
    std::size_t in_flight = 0;      ///< guarded by mutex_
    Steady::time_point next_start;  ///< guarded by mutex_
  };

  [[nodiscard]] std::shared_ptr<Host> host_of(const std::string& origin);
  [[nodiscard]] Status wait_out_hold(const std::string& origin, const std::stop_token& stop);
  [[nodiscard]] Result<std::shared_ptr<const Robots>> rules_of(Host& host, const Url& url,
                                                               const std::stop_token& stop);
  [[nodiscard]] Result<registry::StoredRobots> ask_for_robots(const Url& url, const std::stop_token& stop);
  [[nodiscard]] Status take_slot(Host& host, std::chrono::milliseconds gap, const std::stop_token& stop);
  void note(const char* kind, const std::string& url, const std::string& detail);

  Fetcher& fetcher_;
  registry::Registry& registry_;
  const PolitenessOptions options_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, std::shared_ptr<Host>> hosts_;  ///< guarded by mutex_
};

}  // namespace earmark::crawler
