// `crawl preview`, `crawl export`, `crawl retro`, `crawl robots`.
#include <filesystem>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/crawl_parts.h"
#include "cli/open_store.h"
#include "cli/stop.h"
#include "core/file.h"
#include "core/text.h"
#include "crawler/feed_json.h"
#include "crawler/feed_visit.h"
#include "crawler/opml.h"
#include "crawler/politeness.h"
#include "crawler/retro.h"
#include "crawler/robots.h"
#include "crawler/schedule.h"
#include "crawler/text_encoding.h"

namespace earmark::cli {
namespace {

constexpr std::uint64_t kLargestFeed = 64 << 20;

struct Previewed {
  std::string url;  ///< or path
  crawler::Feed feed;
  std::optional<crawler::FetchRecord> fetch;  ///< nothing: it came from a file
};

Result<Previewed> read_file_feed(const std::string& path) {
  EARMARK_TRY(const Bytes bytes, read_file(path, kLargestFeed));
  EARMARK_TRY(const auto base, crawler::Url::parse("http://localhost/"));
  auto feed = crawler::parse_feed(bytes, base, {});
  if (!feed) return fail(feed.error().with_context(path));
  return Previewed{path, *std::move(feed), std::nullopt};
}

Result<Previewed> fetch_feed(const Common& common, const CrawlPreviewOptions& options) {
  EARMARK_TRY(auto url, crawler::Url::parse(options.feed));
  EARMARK_TRY(const auto fetcher,
              crawler::CurlFetcher::create(fetching_options(common, options.allow_private, options.contact)));
  EARMARK_TRY(auto document, fetcher->fetch_document({std::move(url), {}, {}, {}, {}}));
  EARMARK_TRY(const auto base, crawler::Url::parse(document.record.final_url()));
  auto feed = crawler::parse_feed(document.body, base, crawler::charset_of(document.record.content_type));
  if (!feed) return fail(feed.error().with_context(base.shown()));
  return Previewed{document.record.final_url(), *std::move(feed), std::move(document.record)};
}

Json encode_preview(const Previewed& preview) {
  const crawler::Feed& feed = preview.feed;
  const auto opt_out = crawler::opt_out_of(feed.tags);
  Json json{{"type", "feed"},
            {"feed", preview.url},
            {"title", feed.title},
            {"episodes", feed.items.size()},
            {"without_enclosure", feed.items_without_enclosure},
            {"complete", feed.is_complete},
            {"crawlable", !opt_out.has_value()},
            {"opt_out", opt_out ? Json(*opt_out) : Json(nullptr)},
            {"tags", crawler::to_json(feed.tags)},
            {"warnings", feed.warnings}};
  if (preview.fetch) {
    Json chain = Json::array();
    for (const auto& hop : preview.fetch->chain) chain.push_back({{"url", hop.url}, {"status", hop.status}});
    json["chain"] = std::move(chain);
    json["etag"] = preview.fetch->etag;
    json["last_modified"] = preview.fetch->last_modified;
    json["bytes"] = preview.fetch->bytes;
  }
  return json;
}

void show_preview(const Previewed& preview, Console& console) {
  const crawler::Feed& feed = preview.feed;
  console.line(fmt::format("{}  {}", printable(feed.title), printable(preview.url)));
  console.line(fmt::format("{} episodes, {} items without an enclosure{}", feed.items.size(),
                           feed.items_without_enclosure,
                           feed.is_complete ? "" : "; the document is cut off"));
  if (const auto opt_out = crawler::opt_out_of(feed.tags))
    console.line("asks not to be crawled: " + printable(*opt_out));
  const Json tags = crawler::to_json(feed.tags);
  for (const auto& [name, value] : tags.items())
    console.line(fmt::format("  {:<16} {}", name,
                             printable(value.is_string() ? value.get<std::string>() : to_line(value))));
  for (const std::string& warning : feed.warnings) console.line("  warning: " + printable(warning));
}

Result<std::vector<registry::CrawlFeed>> watched(const Common& common) {
  EARMARK_TRY(const auto registry, open_registry(common));
  return registry->crawl_feeds().list();
}

/// The rules of a file, or those of the site that a URL is of.
Result<crawler::Robots> read_robots(const Common& common, const CrawlRobotsOptions& options) {
  std::error_code ignored;
  if (std::filesystem::exists(options.robots, ignored)) {
    EARMARK_TRY(const Bytes bytes, read_file(options.robots, kLargestFeed));
    return crawler::Robots::parse(as_text(bytes), crawler::kProductToken);
  }
  EARMARK_TRY(const auto site, crawler::Url::parse(options.robots));
  EARMARK_TRY(auto url, crawler::Url::parse(site.origin() + "/robots.txt"));
  EARMARK_TRY(const auto fetcher,
              crawler::CurlFetcher::create(fetching_options(common, options.allow_private, options.contact)));
  const auto document = fetcher->fetch_document({std::move(url), {}, {}, {}, {}});
  if (!document && document.error().code != ErrorCode::kNotFound) return fail(document.error());
  return crawler::Robots::parse(document ? as_text(document->body) : std::string_view(),
                                crawler::kProductToken);
}

}  // namespace

Exit run(const Common& common, const CrawlRobotsOptions& options, Console& console) {
  const auto robots = read_robots(common, options);
  if (!robots) return failed(console, robots.error());
  const auto delay = robots->crawl_delay();
  for (const std::string& path : options.paths) {
    const auto verdict = robots->judge(path);
    if (console.is_json()) {
      console.result({{"path", path},
                      {"allowed", verdict.is_allowed},
                      {"rule", verdict.rule},
                      {"crawl_delay_ms", delay ? Json(delay->count()) : Json(nullptr)}});
    } else {
      const std::string why = verdict.rule.empty() ? std::string() : "  (" + printable(verdict.rule) + ")";
      console.line(
          fmt::format("{:<9}  {}{}", verdict.is_allowed ? "allowed" : "forbidden", printable(path), why));
    }
  }
  return Exit::kDone;
}

Exit run(const Common& common, const CrawlPreviewOptions& options, Console& console) {
  std::error_code ignored;
  const bool is_file = std::filesystem::exists(options.feed, ignored);
  const auto preview = is_file ? read_file_feed(options.feed) : fetch_feed(common, options);
  if (!preview) return failed(console, preview.error());
  if (console.is_json()) {
    console.result(encode_preview(*preview));
  } else {
    show_preview(*preview, console);
  }
  const auto& items = preview->feed.items;
  for (std::size_t i = 0; i < std::min(items.size(), options.most); ++i) {
    if (console.is_json()) {
      Json line{{"type", "episode"}};
      const Json item = crawler::to_json(items[i]);
      for (const auto& [name, value] : item.items()) line[name == "type" ? "media_type" : name] = value;
      console.result(line);
    } else {
      console.line(fmt::format("{:<24}  {}  {}", items[i].published ? to_rfc3339(*items[i].published) : "",
                               printable(items[i].title), printable(items[i].enclosure.url)));
    }
  }
  for (const crawler::LiveItem& live : preview->feed.live_items) {
    if (console.is_json()) {
      Json line{{"type", "live"}};
      const Json item = crawler::to_json(live);
      for (const auto& [name, value] : item.items()) line[name == "type" ? "media_type" : name] = value;
      console.result(line);
    } else {
      console.line(fmt::format("live {:<19}  {}  {}", live.status, printable(live.item.title),
                               printable(live.item.enclosure.url)));
    }
  }
  return Exit::kDone;
}

Exit run(const Common& common, const CrawlExportOptions& options, Console& console) {
  const auto feeds = watched(common);
  if (!feeds) return failed(console, feeds.error());
  if (console.is_json() && options.file.empty()) {
    for (const registry::CrawlFeed& feed : *feeds)
      console.result({{"feed", feed.url}, {"title", feed.title}, {"url", feed.where()}});
    return Exit::kDone;
  }
  std::vector<crawler::OpmlEntry> entries;
  for (const registry::CrawlFeed& feed : *feeds) entries.push_back({feed.title, feed.where()});
  const std::string opml = crawler::write_opml("Earmark: watched feeds", entries);
  if (options.file.empty()) {
    console.line(opml.substr(0, opml.size() - 1));
    return Exit::kDone;
  }
  if (const Status written = write_file_atomically(options.file, as_bytes(opml)); !written)
    return failed(console, written.error());
  if (console.is_json()) console.result({{"file", options.file}, {"feeds", entries.size()}});
  return Exit::kDone;
}

Exit run(const Common& common, const CrawlRetroOptions&, Console& console) {
  const auto catalogue = open_catalogue(common, 1);
  if (!catalogue) return failed(console, catalogue.error());
  const auto revision = (*catalogue)->registry().recordings().revision();
  if (!revision) return failed(console, revision.error());
  const auto archive = (*catalogue)->registry().crawl_archive().state(*revision);
  if (!archive) return failed(console, archive.error());
  const StopWatch watch;
  std::int64_t before_ms = 0;
  console.begin_progress("match", static_cast<std::size_t>(archive->behind));
  const auto on_find = [&](const crawler::RetroFind& find, const crawler::RetroProgress&) {
    if (console.is_json()) {
      console.result({{"feed", find.feed},
                      {"guid", find.guid},
                      {"title", find.title},
                      {"enclosure", find.enclosure},
                      {"matches", find.matches},
                      {"claims", find.claims},
                      {"new_claims", find.new_claims}});
    } else {
      console.line(fmt::format("{:>3} matches {:>3} new claims  {}", find.matches, find.new_claims,
                               printable(find.title.empty() ? find.guid : find.title)));
    }
  };
  const auto progress =
      crawler::RetroScan(**catalogue).run(watch.token(), on_find, [&](const crawler::RetroProgress& so_far) {
        console.advance(static_cast<std::uint64_t>(so_far.duration_ms - before_ms));
        before_ms = so_far.duration_ms;
      });
  console.end_progress();
  if (!progress) return failed(console, progress.error());
  if (!console.is_json()) {
    console.line(fmt::format("{} of {} episodes looked at; {} new claims in {} episodes", progress->looked_at,
                             std::max(progress->to_look_at, progress->looked_at), progress->new_claims,
                             progress->found));
  }
  return Exit::kDone;
}

}  // namespace earmark::cli
