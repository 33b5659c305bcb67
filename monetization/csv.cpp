#include "monetization/csv.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/csv.h"

namespace earmark::monetization {

Result<CsvHeader> CsvHeader::parse(std::string_view line, const std::vector<std::string_view>& needed,
                                   const std::vector<std::string_view>& optional) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  std::vector<std::string> names;
  EARMARK_TRY_STATUS(read_csv_line(line, names));
  CsvHeader header;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto is_in = [&](const auto& list) {
      return std::find(list.begin(), list.end(), names[i]) != list.end();
    };
    if (!is_in(needed) && !is_in(optional))
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("column '{}' is not known: there are {}, {}", names[i], fmt::join(needed, ", "),
                              fmt::join(optional, ", ")));
    header.places_[names[i]] = i;
  }
  for (const auto& name : needed) {
    if (!header.places_.contains(name))
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("the first line must name the columns {}; '{}' is missing",
                              fmt::join(needed, ", "), name));
  }
  return header;
}

std::string_view CsvHeader::field(const std::vector<std::string>& fields, std::string_view column) const {
  const auto place = places_.find(column);
  if (place == places_.end() || place->second >= fields.size()) return {};
  return fields[place->second];
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || rest != end || value < 0) return std::nullopt;
  return value;
}

}  // namespace earmark::monetization
