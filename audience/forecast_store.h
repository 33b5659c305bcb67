#pragma once
// Forecasts of downloads, kept with their back-tests, so that they can be held against what came.
#include <optional>
#include <string>
#include <vector>

#include "audience/forecast.h"
#include "audience/report.h"
#include "core/json.h"

namespace earmark::audience {

/// A forecast of the days after `last_day`.
struct DayForecast {
  std::string subject;  ///< "all", "show TITLE" or "episode PATH"
  std::int64_t last_day = 0;
  Timestamp made_at{};
  double level = 0.8;
  Forecast forecast;
};

/// What the forecast is of: that of the filter.
[[nodiscard]] std::string subject_of(const ReportFilter& filter);

/// Foresees downloads from the figures up to the last day that is over, and keeps the forecast.
/// Errors: those of forecast(); kInvalidArgument: there are no figures.
[[nodiscard]] Result<DayForecast> make_forecast(AudienceStore& store, const ReportFilter& filter,
                                                const ForecastOptions& options);

/// A forecast that was made, and how it went.
struct PastForecast {
  DayForecast made;
  std::size_t known_days = 0;  ///< that are over by now
  double mae = 0.0;            ///< over those
  double covered = 0.0;        ///< share of those inside of the interval
};
/// Oldest first.
[[nodiscard]] Result<std::vector<PastForecast>> past_forecasts(AudienceStore& store,
                                                               const ReportFilter& filter);

/// {"subject","made_at","last_day","level","origins","coverage","back_tests":[…],"days":[{"day","mean","low",
/// "high"}…]}.
[[nodiscard]] Json encode(const DayForecast& made);

}  // namespace earmark::audience
