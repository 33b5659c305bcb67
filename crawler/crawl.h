#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/catalogue.h"
#include "core/result.h"
#include "crawler/fetcher.h"
#include "crawler/politeness.h"
#include "crawler/schedule.h"

namespace earmark::crawler {

/// What became of one entry of `crawl add`.
struct AddedFeed {
  enum class Status { kAdded, kKnown, kError } status = Status::kAdded;
  std::string url;     ///< in normal form; as given where it is none
  std::string reason;  ///< of an error
};

enum class EpisodeStatus { kScanned, kUnchanged, kRefused, kError };
[[nodiscard]] std::string_view to_string(
    EpisodeStatus status);  ///< "scanned", "unchanged", "refused", "error"

/// One line of `crawl run`. A feed that cannot be read has one line with an empty guid and enclosure.
struct EpisodeLine {
  std::string feed;  ///< URL
  std::string guid;
  std::string title;
  std::string enclosure;  ///< URL
  EpisodeStatus status = EpisodeStatus::kScanned;
  std::string reason;  ///< why refused or error
  std::int64_t matches = 0;
  std::int64_t claims = 0;
};

/// For a person who waits.
struct CrawlProgress {
  enum class Stage { kFeed, kDownload, kScan } stage = Stage::kFeed;
  std::string feed;                    ///< URL
  std::string title;                   ///< of the episode; empty at kFeed
  std::uint64_t received = 0;          ///< bytes, at kFeed and kDownload
  std::optional<std::uint64_t> total;  ///< bytes, where the server said
};

struct CrawlOptions {
  enum class Passes {
    kOne,           ///< every feed once, in order, whether it is due or not
    kUntilStopped,  ///< whatever is due, of whatever feed, for ever
  } passes = Passes::kOne;
  ScheduleBounds schedule;  ///< how often a feed is looked at
  PolitenessOptions politeness;
  std::chrono::milliseconds lease{60'000};  ///< a task of a worker that is gone without a trace is free then
  std::optional<std::chrono::milliseconds> keep_prints;  ///< of episodes, in the archive; nothing: for ever
  std::size_t in_flight = 2;  ///< episodes that are downloaded or scanned at a time
  std::stop_token stop;       ///< ends the run soon; what is committed stays
  std::function<void(const CrawlProgress&)>
      on_progress;  ///< may be empty; called on any thread, one call at a time
  const Clock* clock = &system_clock();
};

/// Called on the calling thread, when what the line says is committed. A run until stopped leaves out what is
/// unchanged.
using OnEpisode = std::function<void(const EpisodeLine&)>;

struct CrawlSummary {
  std::uint64_t scanned = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t refused = 0;  ///< episodes and feeds
  std::uint64_t errors = 0;   ///< episodes and feeds
  std::uint64_t matches = 0;  ///< of what was scanned in this run
  std::uint64_t claims = 0;
};

/// Watches feeds: finds new episodes, scans each version once, records sightings and claims. Which addresses
/// may be fetched is the fetcher's to say. Each episode is one transaction: a killed run loses nothing that a
/// line was given for, and the next one goes on where it was. Any number of runs, in any number of processes,
/// share the work through the queue in the store. Synchronised by what it is made of; one run at a time.
class Crawler {
 public:
  Crawler(catalogue::Catalogue& catalogue, Fetcher& fetcher) : catalogue_(catalogue), fetcher_(fetcher) {}

  /// `what` is the URL of a feed, the path of an OPML file, or the URL of one (its path ends in ".opml"): an
  /// entry for each feed in it. An entry that is no URL is an error of its own and does not stop the others.
  /// Feeds are not fetched here.
  [[nodiscard]] Result<std::vector<AddedFeed>> add(std::string_view what);

  /// Fails only where the store does; a feed or an episode that does is a line. Lines of one pass come in the
  /// order in which feeds were added, and in a feed in the order in which episodes were first seen, whatever
  /// `in_flight` is; those of a run until stopped as they are committed. What was registered since is looked
  /// for in the archive too. Feeds that are paused, gone or opted out are passed over.
  [[nodiscard]] Result<CrawlSummary> run(const CrawlOptions& options, const OnEpisode& on_episode);

 private:
  catalogue::Catalogue& catalogue_;
  Fetcher& fetcher_;
};

}  // namespace earmark::crawler
