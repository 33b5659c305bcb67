// `crawl status`, `crawl pause`, `crawl resume`.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/open_store.h"
#include "cli/table.h"
#include "core/text.h"
#include "crawler/url.h"

namespace earmark::cli {
namespace {

Json time_or_null(const std::optional<Timestamp>& time) {
  return time ? Json(to_rfc3339(*time)) : Json(nullptr);
}

/// Everything that `crawl status` says of the crawl as a whole.
struct Overview {
  registry::CrawlQueueState queue;
  registry::ArchiveState archive;
  registry::CrawlTotals totals;
  std::vector<std::pair<std::string, std::int64_t>> events;
  std::size_t workers = 0;
};

Result<Overview> look(registry::Registry& registry) {
  Overview overview;
  EARMARK_TRY(overview.queue, registry.crawl_queue().state());
  EARMARK_TRY(const auto revision, registry.recordings().revision());
  EARMARK_TRY(overview.archive, registry.crawl_archive().state(revision));
  EARMARK_TRY(overview.totals, registry.crawl_feeds().totals());
  EARMARK_TRY(overview.events, registry.crawl_feeds().event_counts());
  EARMARK_TRY(const auto workers, registry.crawl_queue().workers());
  overview.workers = workers.size();
  return overview;
}

std::int64_t age_ms(const registry::CrawlQueueState& queue) {
  if (!queue.oldest_due_at) return 0;
  return std::max<std::int64_t>(0, (system_clock().now() - *queue.oldest_due_at).count());
}

Json encode_overview(const Overview& overview) {
  const registry::CrawlTotals& sums = overview.totals;
  Json events = Json::object();
  for (const auto& [kind, count] : overview.events) events[kind] = count;
  return {{"type", "status"},
          {"feeds",
           {{"active", sums.active},
            {"paused", sums.paused},
            {"opted_out", sums.opted_out},
            {"gone", sums.gone},
            {"failing", sums.failing}}},
          {"checks", sums.checks},
          {"not_modified", sums.not_modified},
          {"changes", sums.changes},
          {"errors", sums.errors},
          {"episodes",
           {{"pending", sums.pending},
            {"scanned", sums.scanned},
            {"refused", sums.refused},
            {"error", sums.failed}}},
          {"queue",
           {{"feeds", overview.queue.feeds},
            {"episodes", overview.queue.scans},
            {"due", overview.queue.due},
            {"leased", overview.queue.leased},
            {"oldest_due_ms", age_ms(overview.queue)},
            {"workers", overview.workers},
            {"hosts", overview.queue.hosts},
            {"hosts_held", overview.queue.hosts_held}}},
          {"archive",
           {{"episodes", overview.archive.episodes},
            {"duration_ms", overview.archive.duration_ms},
            {"bytes", overview.archive.bytes},
            {"behind", overview.archive.behind}}},
          {"events", std::move(events)}};
}

Json encode_feed(const registry::CrawlFeed& feed) {
  const auto details = parse_json(feed.details.empty() ? "null" : feed.details);
  return {
      {"type", "feed"},
      {"feed", feed.url},
      {"title", feed.title},
      {"state", registry::to_string(feed.state)},
      {"reason", feed.reason},
      {"fetched_at_url", feed.where()},
      {"checks", feed.checks},
      {"not_modified", feed.not_modified},
      {"changes", feed.changes},
      {"errors", feed.errors},
      {"failures", feed.failures},
      {"error", feed.error.empty() ? Json(nullptr) : Json(feed.error)},
      {"interval_ms", feed.interval.count()},
      {"checked_at", time_or_null(feed.checked_at)},
      {"changed_at", time_or_null(feed.changed_at)},
      {"next_at", feed.state == registry::CrawlState::kActive ? time_or_null(feed.next_at) : Json(nullptr)},
      {"details", details ? *details : Json(nullptr)}};
}

Json encode_event(const registry::CrawlEvent& event) {
  return {{"type", "event"},    {"at", to_rfc3339(event.at)},
          {"kind", event.kind}, {"feed", event.feed.empty() ? Json(nullptr) : Json(event.feed)},
          {"url", event.url},   {"detail", event.detail}};
}

void show_overview(const Overview& overview, Console& console) {
  const registry::CrawlTotals& sums = overview.totals;
  Table table({Table::Align::kLeft, Table::Align::kRight, Table::Align::kLeft});
  const auto count = [](std::int64_t n) { return fmt::format("{}", n); };
  table.add({"feeds", count(sums.active),
             fmt::format("watched; {} paused, {} opted out, {} gone, {} failing", sums.paused, sums.opted_out,
                         sums.gone, sums.failing)});
  table.add({"looks", count(sums.checks),
             fmt::format("{} unchanged by 304, {} found something, {} failed", sums.not_modified,
                         sums.changes, sums.errors)});
  table.add(
      {"episodes", count(sums.scanned),
       fmt::format("scanned; {} waiting, {} refused, {} failed", sums.pending, sums.refused, sums.failed)});
  table.add({"queue", count(overview.queue.due),
             fmt::format("due of {} feeds and {} episodes; {} in work by {} workers; the oldest waits {}",
                         overview.queue.feeds, overview.queue.scans, overview.queue.leased, overview.workers,
                         time_code(static_cast<std::uint64_t>(age_ms(overview.queue))))});
  table.add({"hosts", count(overview.queue.hosts),
             fmt::format("{} asked to be left alone for a while", overview.queue.hosts_held)});
  table.add(
      {"archive", count(overview.archive.episodes),
       fmt::format("episodes, {}, {}; {} to be matched against later registrations",
                   time_code(static_cast<std::uint64_t>(overview.archive.duration_ms)),
                   byte_count(static_cast<std::uint64_t>(overview.archive.bytes)), overview.archive.behind)});
  for (const auto& [kind, number] : overview.events)
    table.add({printable(kind), count(number), "in the log"});
  for (const auto& line : table.lines("")) console.line(line);
}

void show_feed(const registry::CrawlFeed& feed, Console& console) {
  const std::string& why = feed.reason.empty() ? feed.error : feed.reason;
  const std::string next =
      feed.state == registry::CrawlState::kActive && feed.next_at ? "next " + to_rfc3339(*feed.next_at) : "";
  console.line(fmt::format("{:<9} {:>5} looks {:>3} failures  {}  {}{}", registry::to_string(feed.state),
                           feed.checks, feed.failures, printable(feed.url), next,
                           why.empty() ? "" : "  (" + printable(why) + ")"));
}

Status show_events(registry::Registry& registry, std::int64_t most, Console& console) {
  if (most == 0) return {};
  EARMARK_TRY(const auto events, registry.crawl_feeds().events(most));
  for (const registry::CrawlEvent& event : events) {
    if (console.is_json()) {
      console.result(encode_event(event));
    } else {
      console.line(fmt::format("{}  {:<15} {}  {}", to_rfc3339(event.at), event.kind, printable(event.url),
                               printable(event.detail)));
    }
  }
  return {};
}

Status set_state(registry::Registry& registry, const std::string& text, bool resume) {
  EARMARK_TRY(const auto url, crawler::Url::parse(text));
  EARMARK_TRY(const auto feed, registry.feeds().find(url.text()));
  if (!feed) return fail(ErrorCode::kNotFound, url.shown() + ": not watched (earmark crawl status --feeds)");
  const auto state = resume ? registry::CrawlState::kActive : registry::CrawlState::kPaused;
  return registry.crawl_feeds().set_state(feed->key, state, resume ? "" : "by the operator");
}

}  // namespace

Exit run(const Common& common, const CrawlStatusOptions& options, Console& console) {
  const auto registry = open_registry(common);
  if (!registry) return failed(console, registry.error());
  const auto overview = look(**registry);
  if (!overview) return failed(console, overview.error());
  if (console.is_json()) {
    console.result(encode_overview(*overview));
  } else {
    show_overview(*overview, console);
  }
  if (options.feeds) {
    const auto feeds = (*registry)->crawl_feeds().list();
    if (!feeds) return failed(console, feeds.error());
    for (const registry::CrawlFeed& feed : *feeds) {
      if (console.is_json()) {
        console.result(encode_feed(feed));
      } else {
        show_feed(feed, console);
      }
    }
  }
  if (const Status shown = show_events(**registry, options.events, console); !shown)
    return failed(console, shown.error());
  return Exit::kDone;
}

Exit run(const Common& common, const CrawlPauseOptions& options, Console& console) {
  const auto registry = open_registry(common);
  if (!registry) return failed(console, registry.error());
  Exit exit = Exit::kDone;
  for (const std::string& feed : options.feeds) {
    const Status done = set_state(**registry, feed, options.resume);
    const char* const word = options.resume ? "active" : "paused";
    if (!done) exit = Exit::kSomeFailed;
    if (console.is_json()) {
      console.result({{"feed", feed},
                      {"state", done ? Json(word) : Json(nullptr)},
                      {"error", done ? Json(nullptr) : Json(done.error().message)}});
    } else if (!done) {
      console.note(LogLevel::kError, done.error().message);
    } else {
      console.line(fmt::format("{:<6} {}", word, printable(feed)));
    }
  }
  return exit;
}

}  // namespace earmark::cli
