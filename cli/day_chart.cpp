#include "cli/day_chart.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "audience/report.h"
#include "evidence/svg.h"

namespace earmark::cli {
namespace {

using evidence::Point;
using evidence::Svg;

constexpr double kWidth = 860.0;
constexpr double kHeight = 320.0;
constexpr double kLeft = 70.0;
constexpr double kRight = 20.0;
constexpr double kTop = 40.0;
constexpr double kBottom = 40.0;
constexpr const char* kMeasured = "#3a7ca5";
constexpr const char* kForeseen = "#d98c3f";

/// 1, 2 or 5 times a power of ten: at most five steps up to `most`.
double step_of(double most) {
  const double power = std::pow(10.0, std::floor(std::log10(std::max(most, 1.0) / 5.0)));
  for (const double times : {1.0, 2.0, 5.0, 10.0}) {
    if (most / (times * power) <= 5.0) return times * power;
  }
  return 10.0 * power;
}

struct Frame {
  std::size_t days = 1;
  double most = 1.0;
  [[nodiscard]] double x(std::size_t day) const {
    return kLeft + (kWidth - kLeft - kRight) * static_cast<double>(day) /
                       static_cast<double>(std::max<std::size_t>(days - 1, 1));
  }
  [[nodiscard]] double y(double value) const {
    return kHeight - kBottom - (kHeight - kTop - kBottom) * std::max(value, 0.0) / most;
  }
};

void draw_axes(Svg& svg, const Frame& frame, const DayChart& chart) {
  const double step = step_of(frame.most);
  for (double value = 0.0; value <= frame.most; value += step) {
    svg.line({kLeft, frame.y(value)}, {kWidth - kRight, frame.y(value)}, {{"stroke", "#dddddd"}});
    svg.text({kLeft - 6, frame.y(value) + 4}, fmt::format("{:g}", value),
             {{"text-anchor", "end"}, {"font-size", "11"}});
  }
  const std::size_t each = std::max<std::size_t>(1, frame.days / 6);
  for (std::size_t day = 0; day < frame.days; day += each) {
    svg.text({frame.x(day), kHeight - kBottom + 18},
             audience::day_text(chart.first_day + static_cast<std::int64_t>(day)),
             {{"text-anchor", "middle"}, {"font-size", "11"}});
  }
}

void draw_line(Svg& svg, const Frame& frame, const std::vector<double>& values, std::size_t from,
               const char* colour) {
  for (std::size_t i = 1; i < values.size(); ++i) {
    svg.line({frame.x(from + i - 1), frame.y(values[i - 1])}, {frame.x(from + i), frame.y(values[i])},
             {{"stroke", colour}, {"stroke-width", "1.5"}});
  }
  if (values.size() == 1) svg.circle({frame.x(from), frame.y(values[0])}, 3.0, {{"fill", colour}});
}

}  // namespace

std::string draw(const DayChart& chart) {
  Frame frame;
  frame.days = std::max<std::size_t>(1, chart.measured.size() + chart.foreseen.size());
  for (const auto* values : {&chart.measured, &chart.foreseen, &chart.high}) {
    for (const double value : *values) frame.most = std::max(frame.most, value);
  }
  Svg svg(kWidth, kHeight, chart.title);
  svg.rect(0, 0, kWidth, kHeight, {{"fill", "white"}});
  svg.text({kLeft, 24}, chart.title, {{"font-size", "15"}});
  draw_axes(svg, frame, chart);
  const std::size_t from = chart.measured.size();
  if (!chart.foreseen.empty()) {
    std::vector<Point> band;
    for (std::size_t i = 0; i < chart.high.size(); ++i)
      band.push_back({frame.x(from + i), frame.y(chart.high[i])});
    for (std::size_t i = chart.low.size(); i-- > 0;)
      band.push_back({frame.x(from + i), frame.y(chart.low[i])});
    svg.polygon(band, {{"fill", kForeseen}, {"fill-opacity", "0.25"}});
  }
  draw_line(svg, frame, chart.measured, 0, kMeasured);
  draw_line(svg, frame, chart.foreseen, from, kForeseen);
  return std::move(svg).finish();
}

}  // namespace earmark::cli
