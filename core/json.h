#pragma once
// The home of nlohmann-json. Headers that only name Json include <nlohmann/json_fwd.hpp> through here
// sparingly.
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/result.h"

namespace earmark {

/// JSON with the members in the order in which they were written.
using Json = nlohmann::ordered_json;

/// One line without a line end; bytes that are not UTF-8 (file names!) become U+FFFD.
[[nodiscard]] std::string to_line(const Json& value);

/// Parses one document. kCorrupt with the byte position on anything else.
[[nodiscard]] Result<Json> parse_json(std::string_view text);

}  // namespace earmark
