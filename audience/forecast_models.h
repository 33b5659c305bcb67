#pragma once
// Forecasting methods. Each takes a series without gaps and gives the next `horizon` values. Pure.
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace earmark::audience {

/// What is known of the time of a series.
struct Calendar {
  std::vector<unsigned> seasons = {7};  ///< lengths in steps, shortest first; may be empty
  double year = 365.25;                 ///< steps of a year, for annual harmonics; 0: none
  std::int64_t first = 0;               ///< number of the first step (days since 1970)
};

struct ForecastModel {
  std::string name;
  std::function<std::vector<double>(std::span<const double> history, const Calendar&, std::size_t horizon)>
      predict;
};

/// The value one season ago.
[[nodiscard]] std::vector<double> seasonal_naive(std::span<const double> history, const Calendar& calendar,
                                                 std::size_t horizon);

/// Least squares on the calendar (a level, each season's places, harmonics of the year once 18 months are
/// there), with errors that are an AR(p) process, p = two of the shortest season and at least 3; ridge
/// against little data. Source: Box & Jenkins, "Time Series Analysis", ch. 3 (AR); harmonic regression with
/// ARMA errors, Hyndman &
///         Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed., §10.5. Two steps, not iterated.
[[nodiscard]] std::vector<double> ar_regression(std::span<const double> history, const Calendar& calendar,
                                                std::size_t horizon);
/// The same of the differences between neighbours: for levels that wander. Without the year.
[[nodiscard]] std::vector<double> ar_differences(std::span<const double> history, const Calendar& calendar,
                                                 std::size_t horizon);

/// Exponential smoothing with damped trend and, of a season of up to 24 steps, additive season; smoothing
/// weights by least squared one-step errors (coordinate search). Source: ETS(A,Ad,A), Hyndman et al.,
/// "Forecasting with Exponential Smoothing", 2008.
[[nodiscard]] std::vector<double> damped_smoothing(std::span<const double> history, const Calendar& calendar,
                                                   std::size_t horizon);

/// Simple smoothing of what the season leaves, with half of the slope of the straight line through it.
/// Source: Assimakopoulos & Nikolopoulos 2000, in the form of Hyndman & Billah 2003.
[[nodiscard]] std::vector<double> theta(std::span<const double> history, const Calendar& calendar,
                                        std::size_t horizon);

/// All of the above.
[[nodiscard]] const std::vector<ForecastModel>& forecast_models();

}  // namespace earmark::audience
