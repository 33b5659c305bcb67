#pragma once
#include <string_view>

namespace earmark {

/// What stands for a character in XML or HTML, between tags or in double quotes: "&amp;" for '&'. Empty where
/// it stands for itself. What becomes of control characters is for the format to say.
[[nodiscard]] constexpr std::string_view markup_reference(char c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    default: return {};
  }
}

}  // namespace earmark
