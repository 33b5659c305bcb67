#include "audience/forecast_store.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <tuple>

namespace earmark::audience {
namespace {

using storage::Session;

/// Reads what encode() wrote. kCorrupt.
Result<DayForecast> decode(const std::string& text) {
  EARMARK_TRY(const auto json, parse_json(text));
  const auto bad = [] { return fail(ErrorCode::kCorrupt, "a stored forecast that is none"); };
  for (const char* field : {"subject", "made_at", "last_day", "level", "days"}) {
    if (!json.is_object() || !json.contains(field)) return bad();
  }
  DayForecast made;
  if (!json.at("subject").is_string() || !json.at("made_at").is_string() ||
      !json.at("last_day").is_string() || !json.at("level").is_number() || !json.at("days").is_array())
    return bad();
  made.subject = json.at("subject").get<std::string>();
  EARMARK_TRY(made.made_at, parse_rfc3339(json.at("made_at").get<std::string>()));
  EARMARK_TRY(made.last_day, parse_day(json.at("last_day").get<std::string>()));
  made.level = json.at("level").get<double>();
  for (const auto& day : json.at("days")) {
    for (const char* field : {"mean", "low", "high"}) {
      if (!day.is_object() || !day.contains(field) || !day.at(field).is_number()) return bad();
    }
    made.forecast.mean.push_back(day.at("mean").get<double>());
    made.forecast.low.push_back(day.at("low").get<double>());
    made.forecast.high.push_back(day.at("high").get<double>());
  }
  return made;
}

std::int64_t today(const AudienceStore& store) {
  return std::int64_t{std::chrono::floor<std::chrono::days>(store.now()).time_since_epoch().count()};
}

double rounded(double value) { return std::round(value * 1000.0) / 1000.0; }

}  // namespace

std::string subject_of(const ReportFilter& filter) {
  if (!filter.path.empty()) return "episode " + filter.path;
  return filter.show.empty() ? "all" : "show " + filter.show;
}

Result<DayForecast> make_forecast(AudienceStore& store, const ReportFilter& filter,
                                  const ForecastOptions& options) {
  ReportFilter over = filter;  // today is not over: it would look like a fall
  over.to_day = std::min(filter.to_day.value_or(today(store) - 1), today(store) - 1);
  EARMARK_TRY(const auto series, daily_series(store, over));
  if (series.downloads.empty())
    return fail(ErrorCode::kInvalidArgument,
                "there are no downloads of " + subject_of(filter) + " to learn from");
  DayForecast made;
  made.subject = subject_of(filter);
  made.last_day = series.first_day + static_cast<std::int64_t>(series.downloads.size()) - 1;
  made.made_at = store.now();
  made.level = options.level;
  ForecastOptions daily = options;
  daily.calendar = Calendar{};
  daily.calendar.first = series.first_day;
  daily.scale = ForecastOptions::Scale::kLog;
  EARMARK_TRY(made.forecast, forecast(series.downloads, daily));
  EARMARK_TRY_STATUS(store.database().write([&](Session& session) -> Status {
    EARMARK_TRY_STATUS(
        session.execute("INSERT INTO audience_forecasts (subject, made_at, last_day, horizon, body)"
                        " VALUES (:subject, :now, :last, :horizon, :body)",
                        {made.subject, made.made_at, made.last_day, options.horizon, to_line(encode(made))}));
    return {};
  }));
  return made;
}

Result<std::vector<PastForecast>> past_forecasts(AudienceStore& store, const ReportFilter& filter) {
  EARMARK_TRY(const auto bodies, store.database().read([&](Session& session) {
    return session.query<std::string>(
        "SELECT body FROM audience_forecasts WHERE subject = :subject ORDER BY key", {subject_of(filter)});
  }));
  ReportFilter over = filter;
  over.from_day.reset();
  over.to_day = today(store) - 1;
  EARMARK_TRY(const auto series, daily_series(store, over));
  std::vector<PastForecast> out;
  for (const auto& body : bodies) {
    PastForecast past;
    EARMARK_TRY(past.made, decode(body));
    const Forecast& forecast = past.made.forecast;
    for (std::size_t h = 0; h < forecast.mean.size(); ++h) {
      const std::int64_t at = past.made.last_day + 1 + static_cast<std::int64_t>(h) - series.first_day;
      if (at < 0 || at >= static_cast<std::int64_t>(series.downloads.size())) continue;
      const double came = series.downloads[static_cast<std::size_t>(at)];
      ++past.known_days;
      past.mae += std::abs(came - forecast.mean[h]);
      past.covered += came >= forecast.low[h] && came <= forecast.high[h] ? 1.0 : 0.0;
    }
    if (past.known_days > 0) {
      past.mae /= static_cast<double>(past.known_days);
      past.covered /= static_cast<double>(past.known_days);
    }
    out.push_back(std::move(past));
  }
  return out;
}

Json encode(const DayForecast& made) {
  Json tests = Json::array();
  for (const auto& test : made.forecast.back_tests)
    tests.push_back({{"model", test.model},
                     {"mae", rounded(test.mae)},
                     {"mase", rounded(test.mase)},
                     {"weight", rounded(test.weight)}});
  Json days = Json::array();
  for (std::size_t h = 0; h < made.forecast.mean.size(); ++h)
    days.push_back({{"day", day_text(made.last_day + 1 + static_cast<std::int64_t>(h))},
                    {"mean", rounded(made.forecast.mean[h])},
                    {"low", rounded(made.forecast.low[h])},
                    {"high", rounded(made.forecast.high[h])}});
  return {{"subject", made.subject},
          {"made_at", made.made_at == Timestamp{} ? Json(nullptr) : Json(to_rfc3339(made.made_at))},
          {"last_day", day_text(made.last_day)},
          {"level", made.level},
          {"origins", made.forecast.origins},
          {"coverage", rounded(made.forecast.coverage)},
          {"back_tests", std::move(tests)},
          {"days", std::move(days)}};
}

}  // namespace earmark::audience
