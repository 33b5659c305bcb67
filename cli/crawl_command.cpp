#include <algorithm>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/crawl_parts.h"
#include "cli/encode.h"
#include "cli/open_store.h"
#include "cli/stop.h"
#include "core/text.h"
#include "crawler/crawl.h"

namespace earmark::cli {
namespace {

using crawler::AddedFeed;
using crawler::EpisodeLine;
using crawler::EpisodeStatus;

std::string_view to_string(AddedFeed::Status status) {
  switch (status) {
    case AddedFeed::Status::kAdded: return "added";
    case AddedFeed::Status::kKnown: return "known";
    case AddedFeed::Status::kError: return "error";
  }
  return "error";
}

void print(const AddedFeed& feed, Console& console) {
  const bool is_error = feed.status == AddedFeed::Status::kError;
  if (console.is_json()) {
    console.result({{"feed", feed.url},
                    {"status", to_string(feed.status)},
                    {"error", is_error ? Json(feed.reason) : Json(nullptr)}});
  } else if (is_error) {
    console.note(LogLevel::kError, feed.reason);
  } else {
    console.line(fmt::format("{:<6} {}", to_string(feed.status), printable(feed.url)));
  }
}

void print(const EpisodeLine& episode, Console& console) {
  if (console.is_json()) {
    console.result(encode(episode));
    return;
  }
  const std::string& name =
      episode.title.empty() ? (episode.guid.empty() ? episode.feed : episode.guid) : episode.title;
  const bool is_news = episode.status == EpisodeStatus::kScanned;
  const std::string found = is_news
                                ? fmt::format("{:>3} matches {:>3} claims", episode.matches, episode.claims)
                                : fmt::format("{:22}", "");
  const std::string reason = episode.reason.empty() ? "" : "  (" + printable(episode.reason) + ")";
  console.line(
      fmt::format("{:<9} {}  {}{}", crawler::to_string(episode.status), found, printable(name), reason));
}

std::string activity_of(const crawler::CrawlProgress& progress) {
  using Stage = crawler::CrawlProgress::Stage;
  const std::string& name = progress.title.empty() ? progress.feed : progress.title;
  const std::string share = progress.total && *progress.total > 0
                                ? fmt::format(" {} %", 100 * progress.received / *progress.total)
                                : std::string();
  switch (progress.stage) {
    case Stage::kFeed: return "read " + name;
    case Stage::kDownload: return fmt::format("download{} {}", share, name);
    case Stage::kScan: return "scan " + name;
  }
  return name;
}

crawler::CrawlOptions crawl_options(const Common& common, const CrawlRunOptions& options) {
  using Passes = crawler::CrawlOptions::Passes;
  crawler::CrawlOptions crawl;
  crawl.passes = options.once ? Passes::kOne : Passes::kUntilStopped;
  crawl.schedule.shortest = options.interval;
  crawl.politeness.gap = options.delay;
  crawl.politeness.most_per_host = options.per_host;
  crawl.in_flight = options.workers > 0 ? options.workers : std::max<std::size_t>(2, common.threads);
  if (options.keep_days > 0) crawl.keep_prints = std::chrono::hours(24 * options.keep_days);
  return crawl;
}

}  // namespace

crawler::CurlFetcher::Options fetching_options(const Common& common, bool allow_private,
                                               const std::string& contact) {
  using Policy = crawler::AddressGuard::Policy;
  crawler::CurlFetcher::Options fetching;
  fetching.guard = crawler::AddressGuard(allow_private ? Policy::kAllowAll : Policy::kPublicOnly);
  fetching.spool_folder = common.store / "spool";
  fetching.contact = contact;
  return fetching;
}

Result<CrawlParts> make_crawl_parts(const Common& common, bool allow_private, const std::string& contact) {
  CrawlParts parts;
  EARMARK_TRY(parts.catalogue, open_catalogue(common, common.threads));
  EARMARK_TRY(parts.fetcher, crawler::CurlFetcher::create(fetching_options(common, allow_private, contact)));
  return parts;
}

Exit run(const Common& common, const CrawlAddOptions& options, Console& console) {
  const auto parts = make_crawl_parts(common, false, {});
  if (!parts) return failed(console, parts.error());
  crawler::Crawler crawler(*parts->catalogue, *parts->fetcher);
  Exit exit = Exit::kDone;
  for (const auto& what : options.feeds) {
    if (stop_signal() != 0) break;
    auto added = crawler.add(what);
    if (!added) added = std::vector{AddedFeed{AddedFeed::Status::kError, what, added.error().message}};
    for (const AddedFeed& feed : *added) {
      if (feed.status == AddedFeed::Status::kError) exit = Exit::kSomeFailed;
      print(feed, console);
    }
  }
  return exit;
}

Exit run(const Common& common, const CrawlRunOptions& options, Console& console) {
  const auto parts = make_crawl_parts(common, options.allow_private, options.contact);
  if (!parts) return failed(console, parts.error());
  crawler::Crawler crawler(*parts->catalogue, *parts->fetcher);
  const StopWatch watch;
  crawler::CrawlOptions crawl = crawl_options(common, options);
  crawl.stop = watch.token();
  crawl.on_progress = [&](const crawler::CrawlProgress& progress) {
    console.activity(activity_of(progress));
  };
  if (const auto feeds = parts->catalogue->registry().feeds().list(); feeds && feeds->empty()) {
    console.note(LogLevel::kWarning, "no feeds are watched yet (earmark crawl add)");
  }
  console.begin_progress("crawl", 0);
  const auto summary = crawler.run(crawl, [&](const EpisodeLine& episode) {
    console.advance(0);
    print(episode, console);
  });
  console.end_progress();
  if (!summary) return failed(console, summary.error());
  if (!console.is_json()) {
    console.line(fmt::format("{} scanned, {} unchanged, {} refused, {} errors; {} matches, {} claims",
                             summary->scanned, summary->unchanged, summary->refused, summary->errors,
                             summary->matches, summary->claims));
  }
  return summary->errors + summary->refused > 0 ? Exit::kSomeFailed : Exit::kDone;
}

}  // namespace earmark::cli
