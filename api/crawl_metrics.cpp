#include "api/crawl_metrics.h"

#include <algorithm>

#include <fmt/format.h>

namespace earmark::api {
namespace {

MetricFamily family(std::string_view name, std::string_view type, std::string_view help, std::int64_t value) {
  return {name, type, help, {{"", static_cast<double>(value)}}};
}

MetricFamily by_label(std::string_view name, std::string_view type, std::string_view help,
                      std::string_view label,
                      const std::vector<std::pair<std::string, std::int64_t>>& values) {
  MetricFamily out{name, type, help, {}};
  for (const auto& [value, count] : values)
    out.samples.push_back({fmt::format("{}=\"{}\"", label, value), static_cast<double>(count)});
  return out;
}

}  // namespace

Result<std::vector<MetricFamily>> crawl_metrics(registry::Registry& registry) {
  EARMARK_TRY(const auto totals, registry.crawl_feeds().totals());
  EARMARK_TRY(const auto queue, registry.crawl_queue().state());
  EARMARK_TRY(const auto events, registry.crawl_feeds().event_counts());
  EARMARK_TRY(const auto revision, registry.recordings().revision());
  EARMARK_TRY(const auto archive, registry.crawl_archive().state(revision));
  constexpr double kMsPerSecond = 1000.0;
  const auto age = queue.oldest_due_at ? system_clock().now() - *queue.oldest_due_at : Timestamp::duration(0);
  return std::vector<MetricFamily>{
      by_label("earmark_crawl_feeds", "gauge", "Feeds by state.", "state",
               {{"active", totals.active},
                {"paused", totals.paused},
                {"opted_out", totals.opted_out},
                {"gone", totals.gone}}),
      family("earmark_crawl_feeds_failing", "gauge", "Feeds whose last visit failed.", totals.failing),
      by_label("earmark_crawl_visits_total", "counter", "Visits of feeds by how they ended.", "outcome",
               {{"changed", totals.changes},
                {"not_modified", totals.not_modified},
                {"failed", totals.errors},
                {"unchanged", totals.checks - totals.changes - totals.not_modified - totals.errors}}),
      by_label("earmark_crawl_episodes", "gauge", "Versions of episodes by the state of their scan.", "state",
               {{"pending", totals.pending},
                {"scanned", totals.scanned},
                {"refused", totals.refused},
                {"error", totals.failed}}),
      by_label("earmark_crawl_queue_tasks", "gauge", "Tasks in the crawler's queue.", "kind",
               {{"feed", queue.feeds}, {"scan", queue.scans}}),
      family("earmark_crawl_queue_due", "gauge", "Tasks that could be done now.", queue.due),
      family("earmark_crawl_queue_leased", "gauge", "Tasks that workers have in hand.", queue.leased),
      {"earmark_crawl_queue_age_seconds",
       "gauge",
       "How long the oldest task that is due has waited.",
       {{"", std::max(0.0, static_cast<double>(age.count()) / kMsPerSecond)}}},
      family("earmark_crawl_hosts_held", "gauge", "Hosts that asked to be left alone.", queue.hosts_held),
      by_label("earmark_crawl_events_total", "counter", "Refusals, opt-outs, moves and the like.", "kind",
               events),
      family("earmark_crawl_archive_bytes", "gauge", "Fingerprints of scanned episodes.", archive.bytes),
      family("earmark_crawl_archive_behind", "gauge",
             "Scanned episodes that were not matched against the newest registrations yet.", archive.behind),
  };
}

}  // namespace earmark::api
