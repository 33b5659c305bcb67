#include "crawler/feed_text.h"

#include <charconv>
#include <cmath>

#include "crawler/ascii.h"

namespace earmark::crawler {
namespace {

constexpr std::size_t kLongestField = 4096;  ///< bytes
constexpr double kLongestSeconds = 366.0 * 24 * 3600;

}  // namespace

std::string tidied(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!space) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  if (out.size() > kLongestField) {
    std::size_t end = kLongestField;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) --end;
    out.resize(end);
  }
  return out;
}

std::string_view attribute(const XmlElement& element, std::string_view name) {
  for (const XmlAttribute& candidate : element.attributes) {
    if (ascii_lower(candidate.name) == name) return candidate.value;
  }
  return {};
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  const std::string digits = tidied(text);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool is_number = !digits.empty() && error == std::errc() && end == digits.data() + digits.size();
  return is_number ? std::optional(value) : std::nullopt;
}

std::optional<std::int64_t> seconds_as_ms(std::string_view text) {
  constexpr double kMsPerSecond = 1000.0;
  const std::string digits = tidied(text);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool is_number = !digits.empty() && error == std::errc() && end == digits.data() + digits.size();
  if (!is_number || !(value >= 0) || value > kLongestSeconds) return std::nullopt;
  return std::llround(value * kMsPerSecond);
}

bool is_yes(std::string_view text) {
  const std::string word = ascii_lower(tidied(text));
  return word == "yes" || word == "true";
}

}  // namespace earmark::crawler
