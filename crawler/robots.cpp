#include "crawler/robots.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "crawler/ascii.h"

namespace earmark::crawler {
namespace {

constexpr std::size_t kMostBytes = 500 << 10;  ///< RFC 9309 §2.5
constexpr std::size_t kMostRules = 20'000;
constexpr std::size_t kLongestPattern = 2048;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

bool is_unreserved(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

enum class Part { kPath, kPattern };

/// So that octets compare equal whichever way they were written (§2.2.2): unreserved characters stand for
/// themselves, what is not ASCII is encoded, hexadecimal digits are capitals. "*" and "$" are encoded too
/// where they do not mean anything (§2.2.3).
std::string normalised(std::string_view text, Part part) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto octet = static_cast<unsigned char>(text[i]);
    bool is_encoded = octet >= 0x80 || octet <= ' ' || octet == 0x7F;
    if (octet == '*') is_encoded = part == Part::kPath;
    if (octet == '$') is_encoded = part == Part::kPath || i + 1 < text.size();
    if (octet == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      octet = static_cast<unsigned char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      is_encoded = !is_unreserved(octet);
      i += 2;
    }
    if (is_encoded) {
      out += '%';
      out += kDigits[octet >> 4U];
      out += kDigits[octet & 0xFU];
    } else {
      out += static_cast<char>(octet);
    }
  }
  return out;
}

/// Whether `pattern` matches the beginning of `path`; "*" stands for anything, "$" at the end for the end.
/// Time: O(|pattern| · |path|) at worst; a rule can make us busy, but not for long.
bool matches(std::string_view pattern, std::string_view path) {
  const bool is_anchored = pattern.ends_with('$');
  if (is_anchored) pattern.remove_suffix(1);
  std::size_t in_pattern = 0, in_path = 0;
  std::size_t star = std::string_view::npos, star_path = 0;
  while (true) {
    if (in_pattern == pattern.size() && (!is_anchored || in_path == path.size())) return true;
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      star_path = in_path;
    } else if (in_pattern < pattern.size() && in_path < path.size() && pattern[in_pattern] == path[in_path]) {
      ++in_pattern;
      ++in_path;
    } else if (star != std::string_view::npos && star_path < path.size()) {
      in_pattern = star + 1;
      in_path = ++star_path;
    } else {
      return false;
    }
  }
}

struct Line {
  std::string key;
  std::string_view value;
};

/// "key: value" without its comment; an empty key: the line is none.
Line read_line(std::string_view text) {
  text = trimmed(text.substr(0, text.find('#')));
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {};
  return {ascii_lower(trimmed(text.substr(0, colon))), trimmed(text.substr(colon + 1))};
}

/// The product token that a user-agent line names: the letters, "-" and "_" that it begins with (§2.2.1).
std::string product_of(std::string_view value) {
  std::size_t length = 0;
  while (length < value.size() && (std::isalpha(static_cast<unsigned char>(value[length])) != 0 ||
                                   value[length] == '-' || value[length] == '_')) {
    ++length;
  }
  return ascii_lower(value.substr(0, length));
}

std::optional<std::chrono::milliseconds> delay_of(std::string_view value) {
  constexpr double kMsPerSecond = 1000.0, kLongest = 86'400.0;
  double seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error != std::errc() || end != value.data() + value.size() || !(seconds >= 0)) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(seconds, kLongest) * kMsPerSecond));
}

/// Calls `use` with each line; CR, LF and CRLF end one.
template <class Use>
void for_each_line(std::string_view text, Use&& use) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    use(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

Robots Robots::disallow_all() {
  Robots robots;
  robots.rules_.push_back({"/", false});
  return robots;
}

Robots Robots::parse(std::string_view text, std::string_view product) {
  for (const char c : kByteOrderMark) {  // or what is left of one
    if (text.starts_with(c)) text.remove_prefix(1);
  }
  text = text.substr(0, kMostBytes);
  const std::string own = ascii_lower(product);
  Robots ours, everybodys;
  bool names_us = false;       // some group does
  bool group_is_ours = false;  // the group that is being read
  bool group_is_general = false;
  bool in_names = false;  // the line before named a crawler too
  for_each_line(text, [&](std::string_view raw) {
    const Line line = read_line(raw);
    if (line.key == "user-agent") {
      if (!in_names) group_is_ours = group_is_general = false;
      in_names = true;
      const bool is_us = !own.empty() && product_of(line.value) == own;
      names_us = names_us || is_us;
      group_is_ours = group_is_ours || is_us;
      group_is_general = group_is_general || line.value == "*" || line.value.starts_with("* ");
      return;
    }
    const bool is_rule = line.key == "allow" || line.key == "disallow";
    if (!is_rule && line.key != "crawl-delay") return;  // "sitemap" and the like end no group (§2.2.4)
    in_names = false;
    for (auto [belongs, to] : {std::pair{group_is_ours, &ours}, std::pair{group_is_general, &everybodys}}) {
      if (!belongs) continue;
      if (!is_rule) {
        if (const auto delay = delay_of(line.value)) to->crawl_delay_ = delay;
      } else if (!line.value.empty() && line.value.size() <= kLongestPattern &&
                 to->rules_.size() < kMostRules) {
        to->rules_.push_back({normalised(line.value, Part::kPattern), line.key == "allow"});
      }
    }
  });
  return names_us ? ours : everybodys;
}

Robots::Verdict Robots::judge(std::string_view path) const {
  if (path == "/robots.txt") return {};
  const std::string wanted = normalised(path, Part::kPath);
  const Rule* decisive = nullptr;
  for (const Rule& rule : rules_) {
    const bool is_weaker =
        decisive != nullptr &&
        (rule.pattern.size() < decisive->pattern.size() ||
         (rule.pattern.size() == decisive->pattern.size() && (decisive->is_allow || !rule.is_allow)));
    if (!is_weaker && matches(rule.pattern, wanted)) decisive = &rule;
  }
  if (decisive == nullptr) return {};
  return {decisive->is_allow, (decisive->is_allow ? "allow: " : "disallow: ") + decisive->pattern};
}

}  // namespace earmark::crawler
