#include "audience/forecast.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace earmark::audience {
namespace {

constexpr std::size_t kLeastKnown = 8;
constexpr std::size_t kMostHorizons = 4;  // times the history
constexpr double kOptimism = 1.1;  // errors of back-tests that also chose the weights are that much too small
constexpr double kSharpness = 4.0;  // a method with twice the error has a sixteenth of the weight

/// Errors of one origin: [model][h], of known values only (NaN elsewhere).
struct Origin {
  std::size_t at = 0;
  std::vector<std::vector<double>> predicted;
};

std::vector<double> without_gaps(std::span<const double> values) {
  std::vector<double> out(values.begin(), values.end());
  std::size_t last = out.size();  // index of the last known value
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (std::isnan(out[i])) continue;
    for (std::size_t gap = last == out.size() ? 0 : last + 1; gap < i; ++gap) {
      const double share =
          last == out.size() ? 1.0 : static_cast<double>(gap - last) / static_cast<double>(i - last);
      out[gap] = last == out.size() ? out[i] : out[last] + share * (out[i] - out[last]);
    }
    last = i;
  }
  for (std::size_t i = last + 1; i < out.size(); ++i) out[i] = out[last];
  return out;
}

/// Quantile of sorted-in-place values by linear interpolation; NaN of nothing.
double quantile(std::vector<double> values, double share) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(values.begin(), values.end());
  const double at = share * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, values.size() - 1);
  return values[low] + (at - static_cast<double>(low)) * (values[high] - values[low]);
}

class Forecaster {
 public:
  Forecaster(std::vector<double> known, std::vector<double> filled, const ForecastOptions& options)
      : known_(std::move(known)), filled_(std::move(filled)), options_(options) {}

  Forecast run() {
    back_test();
    Forecast out;
    weigh(out);
    std::vector<std::vector<double>> predicted;
    for (const auto& model : forecast_models())
      predicted.push_back(model.predict(filled_, options_.calendar, options_.horizon));
    out.mean = combined(predicted, options_.horizon);
    const auto widths = half_widths(origins_.size());
    for (std::size_t h = 0; h < options_.horizon; ++h) {
      out.low.push_back(out.mean[h] - widths[h]);
      out.high.push_back(out.mean[h] + widths[h]);
    }
    out.origins = origins_.size();
    out.coverage = held_out_coverage();
    return out;
  }

 private:
  /// Origins so that every one has a history to learn from; the test reaches at most a sixth of the series,
  /// because a method must be judged with nearly as much history as it will have.
  void back_test() {
    const std::size_t n = filled_.size();
    const std::size_t reach = std::clamp<std::size_t>(n / 6, 1, options_.horizon);
    const std::size_t first = std::max(n * 2 / 3, std::min(n - reach, kLeastKnown));
    const std::size_t last = n - reach;
    const std::size_t count = std::min(options_.origins, last >= first ? last - first + 1 : 1);
    for (std::size_t i = 0; i < count; ++i) {
      Origin origin;
      origin.at = count == 1 ? last : first + (last - first) * i / (count - 1);
      const auto history = std::span(filled_).first(origin.at);
      for (const auto& model : forecast_models())
        origin.predicted.push_back(model.predict(history, options_.calendar, reach));
      origins_.push_back(std::move(origin));
    }
    reach_ = reach;
  }

  /// Mean absolute error of foreseen values [origin][h].
  template <class Of>
  [[nodiscard]] double mae(Of&& of) const {
    double sum = 0.0;
    double count = 0.0;
    for (const Origin& origin : origins_) {
      const std::vector<double> values = of(origin);
      for (std::size_t h = 0; h < reach_; ++h) {
        const double known = known_[origin.at + h];
        if (std::isnan(known)) continue;
        sum += std::abs(values[h] - known);
        count += 1.0;
      }
    }
    return count > 0.0 ? sum / count : 0.0;
  }

  void weigh(Forecast& out) {
    const std::size_t season = options_.calendar.seasons.empty() ? 1 : options_.calendar.seasons.front();
    double naive = 0.0;
    for (std::size_t i = season; i < filled_.size(); ++i) naive += std::abs(filled_[i] - filled_[i - season]);
    naive /= std::max(1.0, static_cast<double>(filled_.size()) - static_cast<double>(season));
    double sum = 0.0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t m = 0; m < forecast_models().size(); ++m) {
      const double error = mae([m](const Origin& origin) { return origin.predicted[m]; });
      out.back_tests.push_back({forecast_models()[m].name, error, naive > 0.0 ? error / naive : 0.0, 0.0});
      least = std::min(least, error);
    }
    for (const BackTest& test : out.back_tests) {
      weights_.push_back(least > 0.0 ? std::pow(least / test.mae, kSharpness) : (test.mae > 0.0 ? 0.0 : 1.0));
      sum += weights_.back();
    }
    for (std::size_t m = 0; m < weights_.size(); ++m) out.back_tests[m].weight = weights_[m] /= sum;
    const double error = mae([this](const Origin& origin) { return combined(origin.predicted, reach_); });
    out.back_tests.push_back({"combination", error, naive > 0.0 ? error / naive : 0.0, 1.0});
  }

  [[nodiscard]] std::vector<double> combined(const std::vector<std::vector<double>>& predicted,
                                             std::size_t horizon) const {
    std::vector<double> out(horizon, 0.0);
    for (std::size_t m = 0; m < predicted.size(); ++m) {
      for (std::size_t h = 0; h < horizon; ++h) out[h] += weights_[m] * predicted[m][h];
    }
    return out;
  }

  /// Half of the interval at each horizon, from the errors at horizons near it: as far as back-tests reached,
  /// then as wide as there. Errors of the first `count` origins are used.
  [[nodiscard]] std::vector<double> half_widths(std::size_t count) const {
    std::vector<std::vector<double>> errors(reach_);
    for (std::size_t i = 0; i < count; ++i) {
      const auto values = combined(origins_[i].predicted, reach_);
      for (std::size_t h = 0; h < reach_; ++h) {
        const double known = known_[origins_[i].at + h];
        if (!std::isnan(known)) errors[h].push_back(std::abs(values[h] - known));
      }
    }
    std::vector<double> widths;
    double least = 0.0;
    for (std::size_t h = 0; h < options_.horizon; ++h) {
      const std::size_t centre = std::min(h, reach_ - 1);
      const std::size_t from = centre * 2 / 3;
      const std::size_t to = std::min(reach_, centre * 3 / 2 + 2);
      std::vector<double> near;
      for (std::size_t g = std::min(from, reach_ - 1); g < to; ++g)
        near.insert(near.end(), errors[g].begin(), errors[g].end());
      const double width = kOptimism * quantile(near, options_.level);
      if (!std::isnan(width)) least = std::max(least, width);  // farther is never surer
      widths.push_back(least);
    }
    return widths;
  }

  /// How many values of the last half of the origins lie in intervals made from the first half.
  [[nodiscard]] double held_out_coverage() const {
    const std::size_t half = origins_.size() / 2;
    if (half == 0) return 0.0;
    const auto widths = half_widths(half);
    double inside = 0.0;
    double all = 0.0;
    for (std::size_t i = half; i < origins_.size(); ++i) {
      const auto values = combined(origins_[i].predicted, reach_);
      for (std::size_t h = 0; h < reach_; ++h) {
        const double known = known_[origins_[i].at + h];
        if (std::isnan(known)) continue;
        inside += std::abs(values[h] - known) <= widths[h] ? 1.0 : 0.0;
        all += 1.0;
      }
    }
    return all > 0.0 ? inside / all : 0.0;
  }

  std::vector<double> known_;
  std::vector<double> filled_;
  const ForecastOptions& options_;
  std::size_t reach_ = 1;
  std::vector<Origin> origins_;
  std::vector<double> weights_;
};

Status check(std::span<const double> values, const ForecastOptions& options) {
  std::size_t known = 0;
  std::size_t last = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) continue;
    if (!std::isfinite(values[i]) || (options.scale == ForecastOptions::Scale::kLog && values[i] < 0.0))
      return fail(ErrorCode::kInvalidArgument, fmt::format("value {} of the series is {}", i + 1, values[i]));
    ++known;
    last = i;
  }
  if (known < kLeastKnown)
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("the series has {} known values, a forecast needs {}", known, kLeastKnown));
  if (last + 1 < values.size() - values.size() / 4)
    return fail(ErrorCode::kInvalidArgument, "nothing is known of the last quarter of the series");
  if (options.horizon == 0 || options.horizon > kMostHorizons * values.size())
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("a horizon of {}, expected 1 to {} after {} values", options.horizon,
                            kMostHorizons * values.size(), values.size()));
  if (!(options.level > 0.0 && options.level < 1.0))
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("a level of {}, expected between 0 and 1", options.level));
  return {};
}

}  // namespace

Result<Forecast> forecast(std::span<const double> values, const ForecastOptions& options) {
  EARMARK_TRY_STATUS(check(values, options));
  const bool logs = options.scale == ForecastOptions::Scale::kLog;
  std::vector<double> known(values.begin(), values.end());
  if (logs) {
    for (double& value : known) value = std::log1p(value);
  }
  std::vector<double> filled = without_gaps(known);
  Forecast out = Forecaster(std::move(known), std::move(filled), options).run();
  if (logs) {
    for (auto* part : {&out.mean, &out.low, &out.high}) {
      for (double& value : *part) value = std::max(0.0, std::expm1(std::min(value, 700.0)));
    }
  }
  return out;
}

}  // namespace earmark::audience
