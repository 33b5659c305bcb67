#include "crawler/crawl.h"

#include <condition_variable>
#include <filesystem>
#include <mutex>

#include <fmt/format.h>

#include "core/file.h"
#include "core/log.h"
#include "crawler/ascii.h"
#include "crawler/crawl_pass.h"
#include "crawler/opml.h"

namespace earmark::crawler {
namespace {

constexpr std::uint64_t kLargestList = 64 << 20;

AddedFeed add_one(registry::Feeds& feeds, std::string_view text) {
  const auto url = Url::parse(text);
  if (!url) return {AddedFeed::Status::kError, std::string(text), url.error().message};
  const auto added = feeds.add(url->text());
  if (!added) return {AddedFeed::Status::kError, url->text(), added.error().message};
  return {added->is_new ? AddedFeed::Status::kAdded : AddedFeed::Status::kKnown, url->text(), {}};
}

Result<std::vector<AddedFeed>> add_list(registry::Feeds& feeds, std::span<const std::byte> document,
                                        const std::string& name) {
  const auto list = parse_opml(document);
  if (!list) return fail(list.error().with_context(name));
  if (list->feeds.empty()) return fail(ErrorCode::kNotFound, name + ": no outline has an xmlUrl");
  std::vector<AddedFeed> added;
  added.reserve(list->feeds.size());
  for (const std::string& url : list->feeds) added.push_back(add_one(feeds, url));
  return added;
}

/// False when it was stopped.
bool wait_until(std::chrono::steady_clock::time_point then, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait_until(lock, stop, then, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace

std::string_view to_string(EpisodeStatus status) {
  switch (status) {
    case EpisodeStatus::kScanned: return "scanned";
    case EpisodeStatus::kUnchanged: return "unchanged";
    case EpisodeStatus::kRefused: return "refused";
    case EpisodeStatus::kError: return "error";
  }
  return "";
}

Result<std::vector<AddedFeed>> Crawler::add(std::string_view what) {
  registry::Feeds& feeds = catalogue_.registry().feeds();
  const std::string name(what);
  std::error_code ignored;
  if (std::filesystem::exists(name, ignored)) {
    EARMARK_TRY(const Bytes bytes, read_file(name, kLargestList));
    return add_list(feeds, bytes, name);
  }
  auto url = Url::parse(what);
  if (!url) {
    const bool is_path = what.find("://") == std::string_view::npos;
    if (is_path) return fail(ErrorCode::kNotFound, name + ": neither a URL nor a file");
    return fail(url.error());
  }
  if (ascii_lower(url->path()).ends_with(".opml")) {
    EARMARK_TRY(const FetchedDocument document, fetcher_.fetch_document({*url, {}, {}, {}, {}}));
    return add_list(feeds, document.body, url->shown());
  }
  const AddedFeed added = add_one(feeds, what);
  if (added.status == AddedFeed::Status::kError) return fail(ErrorCode::kIo, added.reason);
  return std::vector<AddedFeed>{added};
}

Result<CrawlSummary> Crawler::run(const CrawlOptions& options, const OnEpisode& on_episode) {
  CrawlSummary summary;
  for (auto report = CrawlPass::Report::kAll;; report = CrawlPass::Report::kNews) {
    const auto begin = std::chrono::steady_clock::now();
    // Before new claims are made, those whose time went by while nobody looked.
    if (const auto fired = catalogue_.registry().claims().tick(); !fired)
      log(LogLevel::kWarning, "deadlines of claims: {}", fired.error().message);
    CrawlPass pass(catalogue_, fetcher_, options);
    EARMARK_TRY_STATUS(pass.run(report, on_episode, summary));
    if (options.passes == CrawlOptions::Passes::kOne || options.stop.stop_requested()) break;
    if (!wait_until(begin + options.interval, options.stop)) break;
  }
  return summary;
}

}  // namespace earmark::crawler
