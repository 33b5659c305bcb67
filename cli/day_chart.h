#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace earmark::cli {

/// Figures of days, and those that are foreseen after them.
struct DayChart {
  std::string title;
  std::int64_t first_day = 0;  ///< since 1970
  std::vector<double> measured;
  std::vector<double> foreseen;  ///< the days after; may be empty
  std::vector<double> low;       ///< of an interval about them, as many
  std::vector<double> high;
};

/// The chart as SVG. Deterministic.
[[nodiscard]] std::string draw(const DayChart& chart);

}  // namespace earmark::cli
