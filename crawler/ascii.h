#pragma once
#include <string>
#include <string_view>

namespace earmark::crawler {

/// The text with A to Z in lower case, whatever the locale.
[[nodiscard]] inline std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

}  // namespace earmark::crawler
