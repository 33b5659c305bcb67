#include "crawler/live_run.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "core/log.h"
#include "crawler/pause.h"
#include "crawler/worker_name.h"

namespace earmark::crawler {
namespace {

constexpr std::chrono::milliseconds kHousekeeping{1000};
constexpr int kStatusRounds = 5;  ///< of housekeeping, between two reports to the store
constexpr std::size_t kClipWorkers = 4;
constexpr std::uint64_t kDecoderMemory = 512 << 20;

/// A stream may play for a day before its decoder is started anew; what it uses of a processor meanwhile is
/// minutes.
audio::Decoder::Options decoding(std::size_t streams) {
  audio::Decoder::Options options;
  options.workers = streams + kClipWorkers;
  options.limits.max_duration = std::chrono::hours(24);
  options.limits.cpu_time = std::chrono::hours(12);
  options.limits.memory_bytes = kDecoderMemory;
  return options;
}

class LiveRun {
 public:
  LiveRun(LiveTools tools, const LiveOptions& options, WorkerName name)
      : options_(options),
        name_(std::move(name)),
        folder_(tools.catalogue.registry().store() / "live"),
        tools_(std::move(tools)),
        live_(tools_.live) {
    tools_.worker = name_.text();
    tools_.on_event = [this](const LiveEvent& event) {
      const std::lock_guard lock(events_);
      if (options_.on_event) options_.on_event(event);
    };
  }
  ~LiveRun() {
    report();
    for (const auto& [key, station] : stations_) station->request_stop();
    stations_.clear();
    if (const auto freed = live_.give_back(name_.text()); !freed)
      log(LogLevel::kWarning, "leases stay until they end: {}", freed.error().message);
  }
  LiveRun(const LiveRun&) = delete;
  LiveRun& operator=(const LiveRun&) = delete;

  Status run() {
    EARMARK_TRY_STATUS(keep_stations());
    for (int round = 1; wait_for(kHousekeeping, options_.stop); ++round) {
      if (const Status kept = keep_stations(); !kept)
        log(LogLevel::kWarning, "streams: {}", kept.error().message);
      if (round % kStatusRounds == 0) report();
    }
    return {};
  }

 private:
  /// Starts what is free, ends what is not ours any more.
  Status keep_stations() {
    EARMARK_TRY_STATUS(
        free_the_dead(folder_, [this](const std::string& worker) { return live_.give_back(worker); }));
    EARMARK_TRY(const auto ours, live_.renew(name_.text(), options_.lease));
    for (auto station = stations_.begin(); station != stations_.end();) {
      const std::int64_t key = station->first;
      if (std::find(ours.begin(), ours.end(), key) != ours.end()) {
        ++station;
        continue;
      }
      station = stations_.erase(station);
      EARMARK_TRY_STATUS(live_.give_back(name_.text(), key));
    }
    const auto room =
        static_cast<std::int64_t>(options_.most_streams - std::min(options_.most_streams, stations_.size()));
    EARMARK_TRY(const auto taken, live_.take(name_.text(), options_.lease, room));
    for (const registry::LiveStream& stream : taken) {
      stations_.erase(stream.key);
      stations_.emplace(stream.key, std::make_unique<LiveStation>(tools_, stream));
    }
    return {};
  }

  void report() {
    std::vector<registry::LiveStatus> statuses;
    for (const auto& [key, station] : stations_) statuses.push_back(station->status());
    if (const Status stored = live_.record_status(statuses); !stored)
      log(LogLevel::kWarning, "streams: {}", stored.error().message);
  }

  const LiveOptions& options_;
  const WorkerName name_;
  const std::filesystem::path folder_;
  LiveTools tools_;
  registry::Live& live_;
  std::mutex events_;
  std::map<std::int64_t, std::unique_ptr<LiveStation>> stations_;
};

}  // namespace

Status listen(catalogue::Catalogue& catalogue, const LiveOptions& options) {
  registry::Registry& registry = catalogue.registry();
  EARMARK_TRY(auto name, WorkerName::take(registry.store() / "live"));
  EARMARK_TRY(const auto decoder, audio::Decoder::start(decoding(options.most_streams)));
  EARMARK_TRY(const auto live, registry::Live::open(registry.store(), *options.clock));
  EARMARK_TRY(const auto fetcher, CurlFetcher::create(options.fetching));
  EARMARK_TRY(const auto streams, StreamFetcher::create(options.fetching));
  Politeness politeness(*fetcher, registry, options.politeness, *options.clock);
  const LiveTools tools{catalogue, *live, *decoder, *streams, *fetcher, politeness, *options.clock};
  return LiveRun(tools, options, std::move(name)).run();
}

}  // namespace earmark::crawler
