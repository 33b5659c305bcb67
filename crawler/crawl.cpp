#include "crawler/crawl.h"

#include <filesystem>

#include <fmt/format.h>

#include "core/file.h"
#include "core/log.h"
#include "crawler/ascii.h"
#include "crawler/crawl_pass.h"
#include "crawler/crew.h"
#include "crawler/opml.h"
#include "crawler/retro.h"
#include "crawler/shift.h"

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
  // Before new claims are made, those whose time went by while nobody looked.
  if (const auto fired = catalogue_.registry().claims().tick(); !fired)
    log(LogLevel::kWarning, "deadlines of claims: {}", fired.error().message);
  EARMARK_TRY(const auto crew, Crew::start(catalogue_, fetcher_, options));
  if (options.passes == CrawlOptions::Passes::kUntilStopped) {
    EARMARK_TRY_STATUS(Shift(*crew).run(on_episode, summary));
    return summary;
  }
  EARMARK_TRY_STATUS(RetroScan(catalogue_).run(options.stop, {}));
  EARMARK_TRY_STATUS(CrawlPass(*crew).run(on_episode, summary));
  return summary;
}

}  // namespace earmark::crawler
