#include "audience/forecast.h"

#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "audience/forecast_store.h"
#include "audience/least_squares.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::audience {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

/// Counts with a week and noise.
std::vector<double> weekly(std::size_t n, double noise, std::uint32_t seed = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<double> error(0.0, noise);
  std::vector<double> out;
  for (std::size_t i = 0; i < n; ++i)
    out.push_back(1000.0 * std::exp((i % 7 < 2 ? 0.6 : 0.0) + error(random)));
  return out;
}

ForecastOptions as_is(std::size_t horizon) {
  ForecastOptions options;
  options.horizon = horizon;
  options.scale = ForecastOptions::Scale::kAsIs;
  return options;
}

TEST(LeastSquares, FindsTheLine) {
  const std::vector<double> rows = {1, 0, 1, 1, 1, 2, 1, 3};
  const std::vector<double> y = {5, 7, 9, 11};
  const auto w = ridge_regression(rows, y, std::vector<double>{1e-12, 1e-12});
  EXPECT_NEAR(w.at(0), 5.0, 1e-6);
  EXPECT_NEAR(w.at(1), 2.0, 1e-6);
}

TEST(ForecastModels, EachForeseesAWeekThatRepeats) {
  const auto series = weekly(140, 0.0);
  const auto next = weekly(154, 0.0);
  for (const auto& model : forecast_models()) {
    const auto values = model.predict(series, Calendar{}, 14);
    ASSERT_EQ(values.size(), 14U) << model.name;
    for (std::size_t h = 0; h < 14; ++h)
      EXPECT_NEAR(values[h], next[140 + h], 60.0) << model.name << " " << h;
  }
}

TEST(ForecastModels, ARegressionFindsThePlantedProcess) {
  // x' = 0.8 x + e: the best forecast of h steps is 0.8^h x.
  std::mt19937 random(7);
  std::normal_distribution<double> error(0.0, 1.0);
  std::vector<double> series = {0.0};
  for (int i = 0; i < 4000; ++i) series.push_back(0.8 * series.back() + error(random));
  Calendar calendar;
  calendar.seasons.clear();
  calendar.year = 0.0;
  const auto values = ar_regression(series, calendar, 5);
  for (std::size_t h = 0; h < 5; ++h)
    EXPECT_NEAR(values[h], std::pow(0.8, static_cast<double>(h + 1)) * series.back(), 0.25);
}

TEST(ForecastModels, LiveThroughShortAndConstantSeries) {
  for (const std::size_t n : {1U, 2U, 3U, 8U, 13U}) {
    const std::vector<double> constant(n, 5.0);
    for (const auto& model : forecast_models()) {
      const auto values = model.predict(constant, Calendar{}, 10);
      ASSERT_EQ(values.size(), 10U) << model.name;
      for (const double value : values) EXPECT_TRUE(std::isfinite(value)) << model.name << " " << n;
      if (n >= 8) {
        EXPECT_NEAR(values[9], 5.0, 1.5) << model.name << " " << n;
      }
    }
  }
}

TEST(Forecast, HoldsWhatComesAsOftenAsItSays) {
  double inside = 0.0;
  constexpr std::size_t kHorizon = 28;
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    const auto all = weekly(240 + kHorizon, 0.2, seed);
    ForecastOptions options;
    options.horizon = kHorizon;
    ASSERT_OK_AND(const auto made, forecast(std::span(all).first(240), options));
    for (std::size_t h = 0; h < kHorizon; ++h) {
      EXPECT_LE(made.low[h], made.mean[h]);
      EXPECT_GE(made.high[h], made.mean[h]);
      inside += all[240 + h] >= made.low[h] && all[240 + h] <= made.high[h] ? 1.0 : 0.0;
    }
  }
  EXPECT_NEAR(inside / (20 * kHorizon), 0.8, 0.07);
}

TEST(Forecast, SaysHowEachMethodDid) {
  ASSERT_OK_AND(const auto made, forecast(weekly(200, 0.3), {}));
  ASSERT_EQ(made.back_tests.size(), forecast_models().size() + 1);
  double weight = 0.0;
  for (std::size_t i = 0; i + 1 < made.back_tests.size(); ++i) weight += made.back_tests[i].weight;
  EXPECT_NEAR(weight, 1.0, 1e-9);
  EXPECT_EQ(made.back_tests.back().model, "combination");
  EXPECT_LT(made.back_tests.back().mae, made.back_tests.front().mae) << "better than the naive method";
}

TEST(Forecast, BridgesGaps) {
  auto series = weekly(100, 0.0);
  for (std::size_t i = 30; i < 34; ++i) series[i] = kUnknown;
  series.front() = series.back() = kUnknown;
  ASSERT_OK_AND(const auto made, forecast(series, {}));
  for (const double value : made.mean) EXPECT_TRUE(value > 500.0 && value < 3000.0) << value;
}

TEST(Forecast, RefusesWhatCannotBeForeseen) {
  const std::vector<double> few = {1, 2, 3};
  EXPECT_FAILS(forecast(few, {}), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(forecast({}, {}), ErrorCode::kInvalidArgument);
  auto negative = weekly(50, 0.1);
  negative[7] = -1.0;
  EXPECT_FAILS(forecast(negative, {}), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(forecast(negative, as_is(10)));
  EXPECT_FAILS(forecast(weekly(50, 0.1), as_is(201)), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(forecast(weekly(50, 0.1), as_is(0)), ErrorCode::kInvalidArgument);
  auto old = weekly(50, 0.1);
  std::fill(old.begin() + 30, old.end(), kUnknown);
  EXPECT_FAILS(forecast(old, as_is(10)), ErrorCode::kInvalidArgument);
}

class StandingClock : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return now_; }
  void stand_at_day(std::int64_t day) { now_ = Timestamp{std::chrono::hours(24 * day + 5)}; }

 private:
  Timestamp now_{};
};

TEST(ForecastStore, HoldsForecastsAgainstWhatCame) {
  const test::TempDir folder;
  StandingClock clock;
  constexpr std::int64_t kFirst = 20'000;
  clock.stand_at_day(kFirst + 100);
  ASSERT_OK_AND(const auto store, AudienceStore::open(folder.path(), clock));
  const auto series = weekly(140, 0.1);
  ASSERT_OK(store->database().write([&](storage::Session& session) -> Status {
    EARMARK_TRY(const auto asset, ensure_asset(session, "/show/a.mp3"));
    for (std::size_t i = 0; i < series.size(); ++i) {
      EARMARK_TRY_STATUS(
          session.execute("INSERT INTO audience_days (epoch, reckoned_by, day, asset_key, downloads, "
                          "listeners, bytes, sketch)"
                          " VALUES ('x', 'calendar', :day, :asset, :downloads, 1, 1, :sketch)",
                          {kFirst + static_cast<std::int64_t>(i), asset, std::llround(series[i]), Bytes()}));
    }
    return {};
  }));
  ReportFilter filter;
  filter.show = "show";
  ForecastOptions options;
  options.horizon = 14;
  ASSERT_OK_AND(const auto made, make_forecast(*store, filter, options));
  EXPECT_EQ(made.last_day, kFirst + 99) << "today is not over";
  clock.stand_at_day(kFirst + 110);

  ASSERT_OK_AND(const auto past, past_forecasts(*store, filter));

  ASSERT_EQ(past.size(), 1U);
  EXPECT_EQ(past[0].known_days, 10U);
  EXPECT_GT(past[0].mae, 0.0);
  EXPECT_LT(past[0].mae, 300.0);
  EXPECT_EQ(past[0].made.forecast.mean.size(), 14U);
  filter.show = "other";
  EXPECT_TRUE(past_forecasts(*store, filter)->empty());
  EXPECT_FAILS(make_forecast(*store, filter, options), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace earmark::audience
