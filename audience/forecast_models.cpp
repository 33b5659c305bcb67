#include "audience/forecast_models.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include "audience/least_squares.h"

namespace earmark::audience {
namespace {

constexpr unsigned kMostHarmonics = 8;
constexpr double kSeasonRidge = 1.0;
constexpr double kMonthsForYear = 1.5;  // years of data before the year's harmonics are fitted

double mean(std::span<const double> values) {
  return values.empty()
             ? 0.0
             : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Regressors of the calendar.
struct Design {
  std::vector<unsigned> seasons;
  unsigned harmonics = 0;
  double year = 0.0;
  std::int64_t first = 0;

  Design(const Calendar& calendar, std::size_t n, bool with_year)
      : year(calendar.year), first(calendar.first) {
    for (const unsigned season : calendar.seasons) {
      if (season > 1 && n >= 2 * std::size_t{season}) seasons.push_back(season);
    }
    if (with_year && year > 0.0 && static_cast<double>(n) >= kMonthsForYear * year)
      harmonics = kMostHarmonics;
  }
  [[nodiscard]] std::size_t width() const {
    return 1 + std::accumulate(seasons.begin(), seasons.end(), std::size_t{0}) + 2 * std::size_t{harmonics};
  }
  void put_row(std::size_t step, std::vector<double>& rows) const {
    const std::int64_t t = first + static_cast<std::int64_t>(step);
    rows.push_back(1.0);
    for (const unsigned season : seasons) {
      const auto place = static_cast<std::size_t>(t % season);
      for (std::size_t i = 0; i < season; ++i) rows.push_back(i == place ? 1.0 : 0.0);
    }
    for (unsigned k = 1; k <= harmonics; ++k) {
      const double angle = 2.0 * std::numbers::pi * k * static_cast<double>(t) / year;
      rows.push_back(std::sin(angle));
      rows.push_back(std::cos(angle));
    }
  }
};

/// The calendar's part of the history and the horizon.
std::vector<double> fit_calendar(std::span<const double> y, const Design& design, std::size_t horizon) {
  std::vector<double> rows;
  rows.reserve((y.size() + horizon) * design.width());
  for (std::size_t i = 0; i < y.size() + horizon; ++i) design.put_row(i, rows);
  std::vector<double> ridge{1e-9};
  ridge.resize(design.width(), kSeasonRidge);
  const auto weights = ridge_regression(std::span(rows).first(y.size() * design.width()), y, ridge);
  std::vector<double> fitted;
  for (std::size_t i = 0; i < y.size() + horizon; ++i) {
    const auto row = std::span(rows).subspan(i * design.width(), design.width());
    fitted.push_back(std::inner_product(row.begin(), row.end(), weights.begin(), 0.0));
  }
  return fitted;
}

/// Continues a series of mean zero as an AR(p) process.
std::vector<double> continue_ar(std::span<const double> y, std::size_t order, std::size_t horizon) {
  std::vector<double> out(y.begin(), y.end());
  if (y.size() > 3 * order) {
    std::vector<double> rows;
    for (std::size_t i = order; i < y.size(); ++i) {
      for (std::size_t lag = 1; lag <= order; ++lag) rows.push_back(y[i - lag]);
    }
    const double power =
        std::inner_product(y.begin(), y.end(), y.begin(), 0.0) / static_cast<double>(y.size());
    const std::vector<double> ridge(order, 1e-9 + power);
    const auto weights = ridge_regression(rows, y.subspan(order), ridge);
    for (std::size_t h = 0; h < horizon; ++h) {
      double next = 0.0;
      for (std::size_t lag = 1; lag <= order; ++lag) next += weights[lag - 1] * out[out.size() - lag];
      out.push_back(next);
    }
  } else {
    out.resize(y.size() + horizon, 0.0);
  }
  out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(y.size()));
  // An unstable fit must not run away.
  double most = 0.0;
  for (const double value : y) most = std::max(most, std::abs(value));
  for (double& value : out) value = std::clamp(std::isfinite(value) ? value : 0.0, -2.0 * most, 2.0 * most);
  return out;
}

std::size_t order_of(const Calendar& calendar, std::size_t n) {
  const std::size_t season = calendar.seasons.empty() ? 1 : calendar.seasons.front();
  return std::clamp<std::size_t>(2 * season, 3, std::max<std::size_t>(3, n / 8));
}

unsigned shortest_season(const Calendar& calendar, std::size_t n) {
  return calendar.seasons.empty() || n < 2 * std::size_t{calendar.seasons.front()} ? 1
                                                                                   : calendar.seasons.front();
}

/// What damped_smoothing() tries: states run through the history.
struct Smoother {
  std::array<double, 4> w{0.2, 0.05, 0.1, 0.9};  ///< of level, trend, season; damping
  unsigned season = 1;

  struct State {
    double level = 0.0;
    double trend = 0.0;
    std::vector<double> places;
  };
  [[nodiscard]] State begin(std::span<const double> y) const {
    State state;
    state.places.assign(season, 0.0);
    const std::size_t head = std::min(y.size(), std::max<std::size_t>(2 * season, 4));
    state.level = mean(y.first(head));
    if (season > 1) {
      std::vector<double> count(season, 0.0);
      for (std::size_t i = 0; i < head; ++i) {
        state.places[i % season] += y[i] - state.level;
        count[i % season] += 1.0;
      }
      for (unsigned i = 0; i < season; ++i) state.places[i] /= std::max(count[i], 1.0);
    }
    return state;
  }
  /// Sum of the squared errors of foreseeing each value from those before it.
  double run(std::span<const double> y, State& state) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      double& place = state.places[i % season];
      const double base = state.level + w[3] * state.trend;
      const double error = y[i] - base - place;
      state.level = base + w[0] * error;
      state.trend = w[3] * state.trend + w[0] * w[1] * error;
      if (season > 1) place += (1.0 - w[0]) * w[2] * error;
      sum += error * error;
    }
    return sum;
  }
  [[nodiscard]] double loss(std::span<const double> y) const {
    State state = begin(y);
    const double sum = run(y, state);
    return std::isfinite(sum) ? sum : 1e300;
  }
  void tune(std::span<const double> y, std::size_t parameters) {
    constexpr std::array<double, 4> kLow = {0.01, 0.0, 0.0, 0.8};
    constexpr std::array<double, 4> kHigh = {0.99, 0.99, 0.99, 0.995};
    double best = loss(y);
    for (double step = 0.2; step > 0.01; step /= 2.0) {
      for (bool improved = true; improved;) {
        improved = false;
        for (std::size_t i = 0; i < parameters; ++i) {
          for (const double sign : {1.0, -1.0}) {
            Smoother other = *this;
            other.w[i] = std::clamp(w[i] + sign * step * (kHigh[i] - kLow[i]), kLow[i], kHigh[i]);
            if (const double tried = other.loss(y); tried < best * (1.0 - 1e-6)) {
              best = tried;
              *this = other;
              improved = true;
            }
          }
        }
      }
    }
  }
};

}  // namespace

std::vector<double> seasonal_naive(std::span<const double> history, const Calendar& calendar,
                                   std::size_t horizon) {
  const std::size_t season = shortest_season(calendar, history.size());
  std::vector<double> out(history.begin(), history.end());
  for (std::size_t h = 0; h < horizon; ++h)
    out.push_back(out.size() < season ? 0.0 : out[out.size() - season]);
  out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(history.size()));
  return out;
}

std::vector<double> ar_regression(std::span<const double> history, const Calendar& calendar,
                                  std::size_t horizon) {
  const Design design(calendar, history.size(), true);
  const std::vector<double> fitted = fit_calendar(history, design, horizon);
  std::vector<double> errors;
  for (std::size_t i = 0; i < history.size(); ++i) errors.push_back(history[i] - fitted[i]);
  std::vector<double> out = continue_ar(errors, order_of(calendar, history.size()), horizon);
  for (std::size_t h = 0; h < horizon; ++h) out[h] += fitted[history.size() + h];
  return out;
}

std::vector<double> ar_differences(std::span<const double> history, const Calendar& calendar,
                                   std::size_t horizon) {
  if (history.size() < 4) return seasonal_naive(history, calendar, horizon);
  std::vector<double> steps;
  for (std::size_t i = 1; i < history.size(); ++i) steps.push_back(history[i] - history[i - 1]);
  Calendar later = calendar;
  later.first += 1;
  const Design design(later, steps.size(), false);
  const std::vector<double> fitted = fit_calendar(steps, design, horizon);
  // The mean step is not foreseen: a drift that was is seldom a drift that will be.
  const std::size_t turn = design.seasons.empty() ? 1 : design.seasons.back();
  const double drift = mean(std::span(fitted).subspan(steps.size() % turn, steps.size() / turn * turn));
  std::vector<double> errors;
  for (std::size_t i = 0; i < steps.size(); ++i) errors.push_back(steps[i] - fitted[i]);
  std::vector<double> out = continue_ar(errors, order_of(calendar, steps.size()), horizon);
  double level = history.back();
  for (std::size_t h = 0; h < horizon; ++h) {
    level += out[h] + fitted[steps.size() + h] - drift;
    out[h] = level;
  }
  return out;
}

std::vector<double> damped_smoothing(std::span<const double> history, const Calendar& calendar,
                                     std::size_t horizon) {
  constexpr unsigned kLongestSeason = 24;
  Smoother smoother;
  smoother.season = shortest_season(calendar, history.size());
  if (smoother.season > kLongestSeason) smoother.season = 1;
  smoother.tune(history, smoother.w.size());
  Smoother::State state = smoother.begin(history);
  static_cast<void>(smoother.run(history, state));
  std::vector<double> out;
  double trend = state.trend;
  double level = state.level;
  for (std::size_t h = 0; h < horizon; ++h) {
    trend *= smoother.w[3];
    level += trend;
    out.push_back(level + state.places[(history.size() + h) % smoother.season]);
  }
  return out;
}

std::vector<double> theta(std::span<const double> history, const Calendar& calendar, std::size_t horizon) {
  const Design design(calendar, history.size(), false);
  const std::vector<double> season = fit_calendar(history, design, horizon);
  const double level = mean(std::span(season).first(history.size()));
  std::vector<double> rest;
  for (std::size_t i = 0; i < history.size(); ++i) rest.push_back(history[i] - season[i] + level);
  const auto n = static_cast<double>(rest.size());
  double slope = 0.0;
  double spread = 0.0;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const double t = static_cast<double>(i) - (n - 1.0) / 2.0;
    slope += t * rest[i];
    spread += t * t;
  }
  slope = spread > 0.0 ? slope / spread : 0.0;
  Smoother smoother;
  smoother.w = {0.5, 0.0, 0.0, 0.8};
  smoother.tune(rest, 1);
  Smoother::State state = smoother.begin(rest);
  static_cast<void>(smoother.run(rest, state));
  const double alpha = smoother.w[0];
  std::vector<double> out;
  for (std::size_t h = 0; h < horizon; ++h) {
    const double drift = slope / 2.0 * (static_cast<double>(h) + (1.0 - std::pow(1.0 - alpha, n)) / alpha);
    out.push_back(state.level + drift + season[history.size() + h] - level);
  }
  return out;
}

const std::vector<ForecastModel>& forecast_models() {
  static const std::vector<ForecastModel> kModels = {{"seasonal-naive", seasonal_naive},
                                                     {"ar-regression", ar_regression},
                                                     {"ar-differences", ar_differences},
                                                     {"damped-smoothing", damped_smoothing},
                                                     {"theta", theta}};
  return kModels;
}

}  // namespace earmark::audience
