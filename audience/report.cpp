#include "audience/report.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "audience/figures.h"
#include "audience/request.h"
#include "audience/sketch.h"

namespace earmark::audience {
namespace {

using storage::Session;

/// " FROM … WHERE …" of a table of figures, and its parameters in order.
constexpr std::string_view kWhere =
    " JOIN audience_assets a ON a.key = d.asset_key WHERE d.reckoned_by = :window"
    " AND (:any_show = 1 OR a.show = :show) AND (:any_path = 1 OR a.path = :path)"
    " AND d.day >= :from_day AND d.day <= :to_day";

constexpr std::int64_t kLastDay = std::int64_t{1} << 40U;

struct Row {
  std::int64_t day = 0;
  std::string show;
  std::string title;
  std::string path;
  std::int64_t downloads = 0;
  std::int64_t bytes = 0;
  Bytes sketch;
};

void map_columns(storage::Columns& columns, Row& row) {
  columns(row.day)(row.show)(row.title)(row.path)(row.downloads)(row.bytes)(row.sketch);
}

/// The row's own columns and the filter's parameters.
template <class T>
Result<std::vector<T>> select(AudienceStore& store, std::string_view columns, std::string_view table,
                              const ReportFilter& f, std::string_view order) {
  const std::string sql = fmt::format("SELECT {} FROM {} d{}{}", columns, table, kWhere, order);
  return store.database().read([&](Session& session) {
    return session.query<T>(sql, {to_string(f.window), f.show.empty() ? 1 : 0, f.show, f.path.empty() ? 1 : 0,
                                  f.path, f.from_day.value_or(0), f.to_day.value_or(kLastDay)});
  });
}

/// A use as the registry knows it.
struct Use {
  std::string url;  ///< of the enclosure it was found in
  std::string recording_id;
  std::string title;
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
};

void map_columns(storage::Columns& columns, Use& use) {
  columns(use.url)(use.recording_id)(use.title)(use.start_ms)(use.end_ms);
}

/// Of the newest scan of each version of an episode; those of one enclosure once.
Result<std::vector<Use>> uses_of(AudienceStore& store, std::string_view recording_id) {
  return store.database().read([&](Session& session) {
    return session.query<Use>(
        "SELECT DISTINCT v.enclosure_url, r.id, r.title, g.query_start_ms, g.query_end_ms FROM sightings g"
        " JOIN scans s ON s.key = g.scan_key JOIN recordings r ON r.key = g.recording_key"
        " JOIN episode_versions v ON v.key = s.version_key"
        " WHERE s.key = (SELECT max(key) FROM scans WHERE version_key = v.key)"
        " AND (:any = 1 OR r.id = :id) ORDER BY v.enclosure_url, g.query_start_ms, r.id",
        {recording_id.empty() ? 1 : 0, recording_id});
  });
}

}  // namespace

static void map_columns(storage::Columns& columns, EpochRow& row) {
  columns(row.epoch)(row.state)(row.rules)(row.lists)(row.requests);
}

static void map_columns(storage::Columns& columns, DroppedRow& row) { columns(row.reason)(row.requests); }

Result<std::vector<ReportRow>> report(AudienceStore& store, const ReportFilter& filter, GroupBy by) {
  EARMARK_TRY(const auto rows,
              select<Row>(store, "d.day, a.show, a.title, a.path, d.downloads, d.bytes, d.sketch",
                          "audience_days", filter, " ORDER BY d.day, a.path"));
  using Key = std::tuple<std::int64_t, std::string, std::string>;
  std::map<Key, std::pair<ReportRow, Sketch>> groups;
  for (const Row& row : rows) {
    Key key;
    if (by == GroupBy::kDay) key = {row.day, "", ""};
    if (by == GroupBy::kShow) key = {0, row.show, ""};
    if (by == GroupBy::kEpisode) key = {0, row.show, row.path};
    auto& [out, sketch] = groups[key];
    out.day = by == GroupBy::kDay ? row.day : 0;
    if (by != GroupBy::kDay) out.show = row.show;
    if (by == GroupBy::kEpisode) {
      out.title = row.title;
      out.path = row.path;
    }
    out.downloads += row.downloads;
    out.bytes += row.bytes;
    EARMARK_TRY(const auto more, Sketch::decode(row.sketch));
    sketch.merge(more);
  }
  std::vector<ReportRow> out;
  for (auto& [key, group] : groups) {
    group.first.listeners = group.second.estimate();
    out.push_back(std::move(group.first));
  }
  if (by != GroupBy::kDay) {
    std::stable_sort(out.begin(), out.end(),
                     [](const ReportRow& a, const ReportRow& b) { return a.downloads > b.downloads; });
  }
  return out;
}

Result<std::vector<ProgramRow>> programs(AudienceStore& store, const ReportFilter& filter,
                                         std::int64_t least_listeners) {
  using Row = std::tuple<std::string, std::string, std::string, std::int64_t, std::int64_t>;
  EARMARK_TRY(const auto rows, select<Row>(store, "d.kind, d.name, d.device, d.downloads, d.listeners",
                                           "audience_programs", filter, ""));
  struct Sum {
    std::int64_t downloads = 0;
    std::int64_t most_listeners = 0;  // on one day and file: there are at least so many different ones
  };
  std::map<std::tuple<std::string, std::string, std::string>, Sum> sums;
  for (const auto& [kind, name, device, downloads, listeners] : rows) {
    Sum& sum = sums[{kind, name, device}];
    sum.downloads += downloads;
    sum.most_listeners = std::max(sum.most_listeners, listeners);
  }
  std::vector<ProgramRow> out;
  ProgramRow other{"other", "", "", 0};
  std::int64_t hidden = 0;  // different ones at least, of those put together
  for (const auto& [key, sum] : sums) {
    if (sum.most_listeners >= least_listeners) {
      out.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), sum.downloads});
    } else {
      other.downloads += sum.downloads;
      hidden += sum.most_listeners;
    }
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const ProgramRow& a, const ProgramRow& b) { return a.downloads > b.downloads; });
  if (other.downloads > 0 && hidden >= least_listeners) out.push_back(other);
  return out;
}

Result<std::vector<DroppedRow>> dropped(AudienceStore& store, const ReportFilter& filter) {
  return store.database().read([&](Session& session) {
    return session.query<DroppedRow>(
        "SELECT reason, sum(requests) FROM audience_dropped WHERE day >= :from_day AND day <= :to_day"
        " GROUP BY reason ORDER BY sum(requests) DESC, reason",
        {filter.from_day.value_or(0), filter.to_day.value_or(kLastDay)});
  });
}

Result<std::vector<EpochRow>> epochs(AudienceStore& store) {
  return store.database().read([](Session& session) {
    return session.query<EpochRow>(
        "SELECT e.epoch, e.state, e.rules, e.lists, coalesce((SELECT sum(requests) FROM audience_batches b"
        " WHERE b.epoch = e.epoch), 0) FROM audience_epochs e ORDER BY e.epoch");
  });
}

Result<std::vector<ReachRow>> reach(AudienceStore& store, std::string_view recording_id,
                                    const ReportFilter& filter) {
  EARMARK_TRY_STATUS(store.take_over_feeds());
  EARMARK_TRY(const auto uses, uses_of(store, recording_id));
  EARMARK_TRY(const auto assets, store.assets());
  std::map<std::string, const Asset*> by_path;
  for (const Asset& asset : assets) by_path[asset.path] = &asset;
  DeliveryQuery query;
  query.from_day = static_cast<std::uint32_t>(filter.from_day.value_or(0));
  if (filter.to_day) query.to_day = static_cast<std::uint32_t>(*filter.to_day);
  std::vector<ReachRow> rows;
  for (const Use& use : uses) {
    const Asset& asset = *by_path.at(path_of(use.url));  // its feed was taken over above
    if (!filter.show.empty() && asset.show != filter.show) continue;
    if (!filter.path.empty() && asset.path != filter.path) continue;
    ReachRow row{use.recording_id, use.title, asset.show, asset.title, asset.path, use.start_ms, use.end_ms};
    row.exact = !asset.media.second_at.empty();
    rows.push_back(row);
    const std::uint64_t first = asset.media.byte_at(static_cast<std::uint64_t>(use.start_ms));
    const std::uint64_t end = asset.media.byte_at(static_cast<std::uint64_t>(use.end_ms));
    query.stretches.push_back({static_cast<std::uint32_t>(asset.key), first, std::max(first, end)});
  }
  EARMARK_TRY(const auto answer, deliveries(store, query, RecountOptions{}));
  std::map<std::uint32_t, std::int64_t> of_asset;
  for (const Download& download : answer.downloads) ++of_asset[download.asset];
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].downloads = of_asset[query.stretches[i].asset];
  for (const Delivery& delivery : answer.deliveries) {
    ReachRow& row = rows[delivery.stretch];
    const Stretch& stretch = query.stretches[delivery.stretch];
    ++row.any;
    row.all += delivery.all ? 1 : 0;
    if (stretch.end == stretch.first) continue;
    row.seconds += static_cast<double>(row.query_end_ms - row.query_start_ms) / 1000.0 *
                   static_cast<double>(delivery.bytes) / static_cast<double>(stretch.end - stretch.first);
  }
  return rows;
}

Result<DailySeries> daily_series(AudienceStore& store, const ReportFilter& filter) {
  EARMARK_TRY(const auto rows, report(store, filter, GroupBy::kDay));
  DailySeries series;
  if (rows.empty()) return series;
  series.first_day = rows.front().day;
  series.downloads.assign(static_cast<std::size_t>(rows.back().day - rows.front().day + 1), 0.0);
  for (const ReportRow& row : rows)
    series.downloads[static_cast<std::size_t>(row.day - series.first_day)] =
        static_cast<double>(row.downloads);
  return series;
}

std::string day_text(std::int64_t day) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

Result<std::int64_t> parse_day(std::string_view text) {
  const auto time = parse_rfc3339(std::string(text) + "T00:00:00Z");
  if (!time || text.size() != 10)
    return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is no day, expected e.g. 2026-11-24", text));
  return std::int64_t{std::chrono::floor<std::chrono::days>(*time).time_since_epoch().count()};
}

}  // namespace earmark::audience
