#pragma once
// A forecast is a combination of methods, weighted by how each did on the same series before, with intervals
// as wide as its errors were.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "audience/forecast_models.h"
#include "core/result.h"

namespace earmark::audience {

/// How one method did when it was made to foresee the known end of the series.
struct BackTest {
  std::string model;
  double mae = 0.0;     ///< mean absolute error over all origins and horizons, in units of the series
  double mase = 0.0;    ///< over that of the seasonal naive method within the history; below 1 is better
  double weight = 0.0;  ///< in the combination
};

struct Forecast {
  std::vector<double> mean;  ///< [h]; the combination's value
  std::vector<double> low;   ///< [h]: of the interval
  std::vector<double> high;
  std::vector<BackTest> back_tests;  ///< "combination" last
  std::size_t origins = 0;           ///< of the back-test
  double coverage =
      0.0;  ///< share of known values inside the intervals at the origins held out from making them
};

struct ForecastOptions {
  Calendar calendar;
  std::size_t horizon = 28;
  double level = 0.8;       ///< that values lie within the interval
  std::size_t origins = 8;  ///< of the back-test, at most
  enum class Scale {
    kAsIs,
    kLog,  ///< of counts: errors grow with them; low is never below 0
  } scale = Scale::kLog;
};

/// values[n]: one a step, NaN where unknown (filled straight between its neighbours). Deterministic.
/// Errors: kInvalidArgument: fewer than 8 known values, or none within the last quarter; a horizon of 0 or
/// more than
///         four times the history; a level outside (0, 1); counts below 0.
[[nodiscard]] Result<Forecast> forecast(std::span<const double> values, const ForecastOptions& options);

}  // namespace earmark::audience
