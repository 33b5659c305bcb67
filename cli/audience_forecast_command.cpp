#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "audience/forecast_store.h"
#include "cli/commands.h"
#include "cli/day_chart.h"
#include "cli/open_store.h"
#include "cli/table.h"
#include "core/file.h"
#include "core/text.h"

namespace earmark::cli {
namespace {

using Align = Table::Align;

constexpr std::uint64_t kMostSeriesBytes = 64 << 20;
constexpr std::int64_t kMostDays = 1'000'000;

/// A series from a file: values, and the day of the first where it has days.
struct SeriesFile {
  std::int64_t first_day = 0;
  std::vector<double> values;
};

std::string_view unquoted(std::string_view text) {
  while (text.ends_with('\r') || text.ends_with(' ')) text.remove_suffix(1);
  if (text.size() > 1 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return text;
}

/// NaN for an empty field.
std::optional<double> value_of(std::string_view text) {
  if (text.empty()) return std::numeric_limits<double>::quiet_NaN();
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<SeriesFile> parse_series(const std::string& name, std::string_view text) {
  SeriesFile series;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = unquoted(text.substr(0, end));
    const bool is_single = text.substr(0, end).find(',') == std::string_view::npos;
    const std::string_view whole = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    const auto comma = whole.find(',');
    const auto value = value_of(is_single ? line : unquoted(whole.substr(comma + 1)));
    if (!value && number == 1) continue;  // names of the columns
    if (!value || (line.empty() && text.empty()))
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}: line {}: expected a day and a number, or a number", name, number));
    if (!is_single) {
      const auto day = audience::parse_day(unquoted(whole.substr(0, comma)));
      if (!day) return fail(day.error().with_context(fmt::format("{}: line {}", name, number)));
      if (series.values.empty()) series.first_day = *day;
      const std::int64_t at = *day - series.first_day;
      if (at < static_cast<std::int64_t>(series.values.size()) || at > kMostDays)
        return fail(
            ErrorCode::kInvalidArgument,
            fmt::format("{}: line {}: days must go up, and be less than {} apart", name, number, kMostDays));
      series.values.resize(static_cast<std::size_t>(at), std::numeric_limits<double>::quiet_NaN());
    }
    series.values.push_back(*value);
  }
  return series;
}

void print(const audience::DayForecast& made, Console& console) {
  if (console.is_json()) return console.result(audience::encode(made));
  Table days({Align::kLeft, Align::kRight, Align::kRight, Align::kRight});
  days.add({"day", "low", "expected", "high"});
  const auto& forecast = made.forecast;
  for (std::size_t h = 0; h < forecast.mean.size(); ++h)
    days.add({audience::day_text(made.last_day + 1 + static_cast<std::int64_t>(h)),
              fmt::format("{:.1f}", forecast.low[h]), fmt::format("{:.1f}", forecast.mean[h]),
              fmt::format("{:.1f}", forecast.high[h])});
  for (const auto& line : days.lines("")) console.line(line);
  console.line("");
  console.line(
      fmt::format("How the methods did on the known end of the series ({} times):", forecast.origins));
  Table tests({Align::kLeft, Align::kRight, Align::kRight, Align::kRight});
  tests.add({"method", "mean error", "against naive", "weight"});
  for (const auto& test : forecast.back_tests)
    tests.add({test.model, fmt::format("{:.3f}", test.mae), fmt::format("{:.2f}", test.mase),
               percent(test.weight)});
  for (const auto& line : tests.lines("  ")) console.line(line);
  console.line(
      fmt::format("Intervals of {} held {} of what came.", percent(made.level), percent(forecast.coverage)));
}

Status draw_to(const std::string& file, const audience::DayForecast& made,
               const std::vector<double>& measured) {
  DayChart chart;
  chart.title = "Downloads a day, foreseen: " + made.subject;
  constexpr std::size_t kShown = 180;
  const std::size_t skipped = measured.size() > kShown ? measured.size() - kShown : 0;
  chart.measured.assign(measured.begin() + static_cast<std::ptrdiff_t>(skipped), measured.end());
  for (double& value : chart.measured) value = std::isnan(value) ? 0.0 : value;
  chart.first_day = made.last_day + 1 - static_cast<std::int64_t>(chart.measured.size());
  chart.foreseen = made.forecast.mean;
  chart.low = made.forecast.low;
  chart.high = made.forecast.high;
  return write_file_atomically(file, as_bytes(draw(chart)));
}

Exit list_past(audience::AudienceStore& store, const audience::ReportFilter& filter, Console& console) {
  const auto rows = audience::past_forecasts(store, filter);
  if (!rows) return failed(console, rows.error());
  Table table({Align::kLeft, Align::kRight, Align::kRight, Align::kRight, Align::kRight});
  table.add({"made", "days", "over by now", "mean error", "in interval"});
  for (const auto& row : *rows) {
    const bool known = row.known_days > 0;
    if (console.is_json()) {
      console.result({{"subject", row.made.subject},
                      {"made_at", to_rfc3339(row.made.made_at)},
                      {"last_day", audience::day_text(row.made.last_day)},
                      {"days", row.made.forecast.mean.size()},
                      {"known_days", row.known_days},
                      {"mae", known ? Json(row.mae) : Json(nullptr)},
                      {"covered", known ? Json(row.covered) : Json(nullptr)}});
    } else {
      table.add({to_rfc3339(row.made.made_at), std::to_string(row.made.forecast.mean.size()),
                 std::to_string(row.known_days), known ? fmt::format("{:.1f}", row.mae) : "-",
                 known ? percent(row.covered) : "-"});
    }
  }
  if (rows->empty()) {
    console.note(LogLevel::kInfo, "no forecast of that was made yet");
  } else if (!console.is_json()) {
    for (const auto& line : table.lines("")) console.line(line);
  }
  return Exit::kDone;
}

Exit foresee_series(const AudienceForecastOptions& options, audience::ForecastOptions how, Console& console) {
  const auto bytes = read_file(options.series, kMostSeriesBytes);
  if (!bytes) return failed(console, bytes.error());
  const auto series = parse_series(options.series, as_text(*bytes));
  if (!series) return failed(console, series.error());
  how.calendar.seasons = options.seasons;
  how.calendar.year = options.year;
  how.calendar.first = series->first_day;
  how.scale =
      options.as_is ? audience::ForecastOptions::Scale::kAsIs : audience::ForecastOptions::Scale::kLog;
  auto forecast = audience::forecast(series->values, how);
  if (!forecast) return failed(console, forecast.error());
  audience::DayForecast made;
  made.subject = options.series;
  made.last_day = series->first_day + static_cast<std::int64_t>(series->values.size()) - 1;
  made.level = options.level;
  made.forecast = std::move(*forecast);
  if (!options.svg.empty()) {
    const auto drawn = draw_to(options.svg, made, series->values);
    if (!drawn) return failed(console, drawn.error());
  }
  print(made, console);
  return Exit::kDone;
}

}  // namespace

Exit run(const Common& common, const AudienceForecastOptions& options, Console& console) {
  audience::ForecastOptions how;
  how.horizon = options.days;
  how.level = options.level;
  if (!options.series.empty()) return foresee_series(options, how, console);
  const auto store = audience::AudienceStore::open(common.store);
  if (!store) return failed(console, store.error());
  audience::ReportFilter filter;
  filter.show = options.show;
  filter.path = options.path;
  if (options.past) return list_past(**store, filter, console);
  const auto made = audience::make_forecast(**store, filter, how);
  if (!made) return failed(console, made.error());
  if (!options.svg.empty()) {
    filter.to_day = made->last_day;
    const auto series = audience::daily_series(**store, filter);
    if (!series) return failed(console, series.error());
    const auto drawn = draw_to(options.svg, *made, series->downloads);
    if (!drawn) return failed(console, drawn.error());
  }
  print(*made, console);
  return Exit::kDone;
}

}  // namespace earmark::cli
