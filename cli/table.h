#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace earmark::cli {

/// "mm:ss.mmm", and "h:mm:ss.mmm" from one hour on.
[[nodiscard]] std::string time_code(std::uint64_t ms);

/// "1.9 MB": at most four digits, decimal units.
[[nodiscard]] std::string byte_count(std::uint64_t bytes);

/// "99.9 %"; 100 % only for 1.
[[nodiscard]] std::string percent(double fraction);

/// Rows of cells as lines with aligned columns, for people. Cells must be printable (core/text.h).
class Table {
 public:
  enum class Align { kLeft, kRight };

  explicit Table(std::vector<Align> columns) : columns_(std::move(columns)) {}
  /// As many cells as there are columns.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  /// One line a row, without line ends, each after `indent`.
  [[nodiscard]] std::vector<std::string> lines(std::string_view indent) const;

 private:
  std::vector<Align> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace earmark::cli
