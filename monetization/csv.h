#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace earmark::monetization {

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
