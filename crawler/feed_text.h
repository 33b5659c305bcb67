#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crawler/xml.h"

namespace earmark::crawler {

/// One space for each run of white space, none at the ends; cut at a character boundary to 4096 bytes.
[[nodiscard]] std::string tidied(std::string_view text);

/// The value of the attribute with this name (in lower case; the element's may be in any); empty: none.
[[nodiscard]] std::string_view attribute(const XmlElement& element, std::string_view name);

/// A whole number that is not negative; nothing for anything else.
[[nodiscard]] std::optional<std::uint64_t> whole_number(std::string_view text);

/// A decimal number of seconds as ms ("60", "33.833"); nothing for anything else and beyond a year.
[[nodiscard]] std::optional<std::int64_t> seconds_as_ms(std::string_view text);

/// "yes" and "true", in any case.
[[nodiscard]] bool is_yes(std::string_view text);

}  // namespace earmark::crawler
