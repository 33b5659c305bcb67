#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace earmark::monetization {

/// Cuts a line of CSV into its fields (RFC 4180, without line ends in fields). kInvalidArgument: a quote that
/// does not end. The vector is reused, so that a long file costs no allocation a line.
[[nodiscard]] Status split_csv(std::string_view line, std::vector<std::string>& fields);

/// "a,b" in quotes where the text needs them.
[[nodiscard]] std::string csv_field(std::string_view text);

/// Where the columns of a file are.
class CsvHeader {
 public:
  /// kInvalidArgument: a column of `needed` is missing, or one is neither there nor in `optional`.
  [[nodiscard]] static Result<CsvHeader> parse(std::string_view line,
                                               const std::vector<std::string_view>& needed,
                                               const std::vector<std::string_view>& optional);
  /// The field of that column; empty where there is none.
  [[nodiscard]] std::string_view field(const std::vector<std::string>& fields, std::string_view column) const;
  [[nodiscard]] std::size_t size() const { return places_.size(); }

 private:
  std::map<std::string, std::size_t, std::less<>> places_;
};

/// A whole number that is not negative. Nothing for anything else.
[[nodiscard]] std::optional<std::int64_t> whole_number(std::string_view text);

}  // namespace earmark::monetization
