#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "audience/report.h"
#include "cli/commands.h"
#include "cli/day_chart.h"
#include "cli/open_store.h"
#include "cli/table.h"
#include "core/file.h"
#include "core/text.h"

namespace earmark::cli {
namespace {

using Align = Table::Align;
using audience::AudienceStore;
using audience::GroupBy;
using audience::ReportFilter;

Result<ReportFilter> filter_of(const AudienceShowOptions& options) {
  ReportFilter filter;
  EARMARK_TRY(filter.window, audience::parse_window(options.window));
  filter.show = options.show;
  filter.path = options.path;
  if (!options.from.empty()) {
    EARMARK_TRY(filter.from_day, audience::parse_day(options.from));
  }
  if (!options.to.empty()) {
    EARMARK_TRY(filter.to_day, audience::parse_day(options.to));
  }
  return filter;
}

void print(const Table& table, Console& console) {
  for (const auto& line : table.lines("")) console.line(line);
}

Exit nothing(Console& console) {
  if (!console.is_json())
    console.note(LogLevel::kInfo, "no figures for that: see earmark audience import --help");
  return Exit::kDone;
}

Json encode(const audience::ReportRow& row, GroupBy by) {
  Json json = Json::object();
  if (by == GroupBy::kDay) json["day"] = audience::day_text(row.day);
  if (by != GroupBy::kDay) json["show"] = row.show;
  if (by == GroupBy::kEpisode) {
    json["title"] = row.title;
    json["path"] = row.path;
  }
  json["downloads"] = row.downloads;
  json["listeners"] = std::llround(row.listeners);
  json["bytes"] = row.bytes;
  return json;
}

Exit show_downloads(AudienceStore& store, const AudienceShowOptions& options, const ReportFilter& filter,
                    Console& console) {
  const GroupBy by = options.by == "episode" ? GroupBy::kEpisode
                     : options.by == "show"  ? GroupBy::kShow
                                             : GroupBy::kDay;
  const auto rows = audience::report(store, filter, by);
  if (!rows) return failed(console, rows.error());
  if (!options.svg.empty()) {
    const auto series = audience::daily_series(store, filter);
    if (!series) return failed(console, series.error());
    DayChart chart;
    chart.title = options.show.empty() ? "Downloads a day" : "Downloads a day: " + options.show;
    chart.first_day = series->first_day;
    chart.measured = series->downloads;
    const auto written = write_file_atomically(options.svg, as_bytes(draw(chart)));
    if (!written) return failed(console, written.error());
  }
  if (rows->empty()) return nothing(console);
  Table table({Align::kLeft, Align::kLeft, Align::kRight, Align::kRight});
  table.add({by == GroupBy::kDay ? "day" : "show", by == GroupBy::kEpisode ? "episode" : "", "downloads",
             "listeners"});
  for (const auto& row : *rows) {
    if (console.is_json()) {
      console.result(encode(row, by));
      continue;
    }
    table.add({by == GroupBy::kDay ? audience::day_text(row.day) : printable(row.show), printable(row.title),
               std::to_string(row.downloads), std::to_string(std::llround(row.listeners))});
  }
  if (!console.is_json()) print(table, console);
  return Exit::kDone;
}

Exit show_programs(AudienceStore& store, const AudienceShowOptions& options, const ReportFilter& filter,
                   Console& console) {
  const auto rows = audience::programs(store, filter, options.least_listeners);
  if (!rows) return failed(console, rows.error());
  if (rows->empty()) return nothing(console);
  Table table({Align::kLeft, Align::kLeft, Align::kLeft, Align::kRight});
  table.add({"program", "kind", "device", "downloads"});
  for (const auto& row : *rows) {
    if (console.is_json()) {
      console.result(
          {{"kind", row.kind}, {"name", row.name}, {"device", row.device}, {"downloads", row.downloads}});
    } else {
      table.add({row.kind == "other" ? "(too few to be named)" : printable(row.name), row.kind,
                 printable(row.device), std::to_string(row.downloads)});
    }
  }
  if (!console.is_json()) print(table, console);
  return Exit::kDone;
}

Exit show_dropped(AudienceStore& store, const ReportFilter& filter, Console& console) {
  const auto rows = audience::dropped(store, filter);
  if (!rows) return failed(console, rows.error());
  if (rows->empty()) return nothing(console);
  Table table({Align::kLeft, Align::kRight});
  table.add({"reason", "requests"});
  for (const auto& row : *rows) {
    if (console.is_json()) {
      console.result({{"reason", row.reason}, {"requests", row.requests}});
    } else {
      table.add({row.reason, std::to_string(row.requests)});
    }
  }
  if (!console.is_json()) print(table, console);
  return Exit::kDone;
}

Exit show_reach(AudienceStore& store, const AudienceShowOptions& options, const ReportFilter& filter,
                Console& console) {
  const auto rows = audience::reach(store, options.recording_id, filter);
  if (!rows) return failed(console, rows.error());
  if (rows->empty()) {
    if (!console.is_json())
      console.note(LogLevel::kInfo, "no use of it was found in an episode: see earmark crawl --help");
    return Exit::kDone;
  }
  for (const auto& row : *rows) {
    if (console.is_json()) {
      console.result({{"recording_id", row.recording_id},
                      {"title", row.title},
                      {"show", row.show},
                      {"episode", row.episode},
                      {"path", row.path},
                      {"query_start_ms", row.query_start_ms},
                      {"query_end_ms", row.query_end_ms},
                      {"downloads", row.downloads},
                      {"any", row.any},
                      {"all", row.all},
                      {"seconds", row.seconds},
                      {"exact", row.exact}});
      continue;
    }
    console.line(fmt::format("{} in {}, {} to {}: {} downloads, {} with some of it, {} with all{}",
                             printable(row.title.empty() ? row.recording_id : row.title),
                             printable(row.episode),
                             time_code(static_cast<std::uint64_t>(row.query_start_ms)),
                             time_code(static_cast<std::uint64_t>(row.query_end_ms)), row.downloads, row.any,
                             row.all, row.exact ? "" : " (bytes by the mean rate)"));
  }
  return Exit::kDone;
}

Exit show_epochs(AudienceStore& store, Console& console) {
  const auto rows = audience::epochs(store);
  if (!rows) return failed(console, rows.error());
  if (rows->empty()) return nothing(console);
  Table table({Align::kLeft, Align::kLeft, Align::kRight, Align::kLeft, Align::kLeft});
  table.add({"month", "state", "requests", "rules", "lists"});
  for (const auto& row : *rows) {
    if (console.is_json()) {
      console.result({{"month", row.epoch},
                      {"state", row.state},
                      {"requests", row.requests},
                      {"rules", row.rules},
                      {"lists", row.lists}});
    } else {
      table.add({row.epoch, row.state, std::to_string(row.requests), row.rules, printable(row.lists)});
    }
  }
  if (!console.is_json()) print(table, console);
  return Exit::kDone;
}

}  // namespace

Exit run(const Common& common, const AudienceShowOptions& options, Console& console) {
  const auto filter = filter_of(options);
  if (!filter) {
    console.note(LogLevel::kError, filter.error().message);
    return Exit::kUsage;
  }
  const auto store = AudienceStore::open(common.store);
  if (!store) return failed(console, store.error());
  switch (options.what) {
    case AudienceShowOptions::What::kDownloads: return show_downloads(**store, options, *filter, console);
    case AudienceShowOptions::What::kPrograms: return show_programs(**store, options, *filter, console);
    case AudienceShowOptions::What::kDropped: return show_dropped(**store, *filter, console);
    case AudienceShowOptions::What::kReach: return show_reach(**store, options, *filter, console);
    case AudienceShowOptions::What::kEpochs: return show_epochs(**store, console);
  }
  return Exit::kFailed;
}

}  // namespace earmark::cli
