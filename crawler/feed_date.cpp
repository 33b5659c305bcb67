#include "crawler/feed_date.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "crawler/ascii.h"

namespace earmark::crawler {
namespace {

constexpr std::size_t kLongestDate = 100;

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.front() == '-') return std::nullopt;
  return value;
}

std::vector<std::string_view> words(std::string_view text) {
  constexpr std::string_view kBetween = " \t\r\n,";
  std::vector<std::string_view> out;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(kBetween, at)) != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(kBetween, at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

std::optional<unsigned> month_number(std::string_view word) {
  constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                        "jul", "aug", "sep", "oct", "nov", "dec"};
  const std::string name = ascii_lower(word).substr(0, 3);
  for (unsigned i = 0; i < kMonths.size(); ++i) {
    if (name == kMonths[i]) return i + 1;
  }
  return std::nullopt;
}

/// RFC 2822 §4.3: 00 to 49 are 2000 and later, 50 to 999 count from 1900.
int full_year(int year) {
  if (year < 50) return year + 2000;
  return year < 1000 ? year + 1900 : year;
}

std::optional<std::chrono::seconds> time_of_day(std::string_view text) {
  std::array<int, 3> parts = {0, 0, 0};
  std::size_t count = 0;
  while (count < parts.size()) {
    const std::size_t colon = std::min(text.find(':'), text.size());
    if (colon == 0) return std::nullopt;
    const auto value = number(text.substr(0, colon));
    if (!value) return std::nullopt;
    parts[count++] = *value;
    if (colon == text.size()) break;
    text.remove_prefix(colon + 1);
  }
  if (count < 2 || parts[0] > 24 || parts[1] > 59 || parts[2] > 60) return std::nullopt;
  return std::chrono::hours(parts[0]) + std::chrono::minutes(parts[1]) + std::chrono::seconds(parts[2]);
}

/// Minutes east of Greenwich; an unknown name counts as UTC (RFC 2822 §4.3).
std::chrono::minutes zone_offset(std::string_view zone) {
  if (zone.size() >= 5 && (zone[0] == '+' || zone[0] == '-')) {
    std::string digits(zone.substr(1));
    if (const std::size_t colon = digits.find(':'); colon != std::string::npos) digits.erase(colon, 1);
    const auto value = digits.size() == 4 ? number(digits) : std::nullopt;
    if (!value || *value / 100 > 14 || *value % 100 > 59) return std::chrono::minutes(0);
    const std::chrono::minutes offset(*value / 100 * 60 + *value % 100);
    return zone[0] == '-' ? -offset : offset;
  }
  constexpr std::array<std::pair<std::string_view, int>, 8> kZones = {{{"edt", -4},
                                                                       {"est", -5},
                                                                       {"cdt", -5},
                                                                       {"cst", -6},
                                                                       {"mdt", -6},
                                                                       {"mst", -7},
                                                                       {"pdt", -7},
                                                                       {"pst", -8}}};
  const std::string name = ascii_lower(zone);
  for (const auto& [known, hours] : kZones) {
    if (name == known) return std::chrono::hours(hours);
  }
  return std::chrono::minutes(0);
}

std::optional<Timestamp> parse_rfc822(std::string_view text) {
  std::vector<std::string_view> parts = words(text);
  if (!parts.empty() && !number(parts.front())) parts.erase(parts.begin());  // the weekday
  std::string dashed;
  if (!parts.empty() && parts.front().find('-', 1) != std::string_view::npos) {  // RFC 850: 06-Nov-94
    dashed = parts.front();
    for (char& c : dashed) {
      if (c == '-') c = ' ';
    }
    const std::vector<std::string_view> date = words(dashed);
    parts.erase(parts.begin());
    parts.insert(parts.begin(), date.begin(), date.end());
  }
  if (parts.size() < 3) return std::nullopt;
  const auto day = number(parts[0]);
  const auto month = month_number(parts[1]);
  const auto year = number(parts[2]);
  if (!day || !month || !year || *year > 9999) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(full_year(*year)), std::chrono::month(*month),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const auto time = parts.size() > 3 ? time_of_day(parts[3]) : std::chrono::seconds(0);
  if (!time) return std::nullopt;
  const std::chrono::minutes zone = parts.size() > 4 ? zone_offset(parts[4]) : std::chrono::minutes(0);
  return std::chrono::sys_days(date) + *time - zone;
}

/// ISO 8601's basic form of the offset, "…-0600", as RFC 3339 wants it.
std::string with_colon_in_zone(std::string_view text) {
  constexpr std::size_t kZoneLength = 5;
  std::string out(text);
  if (out.size() <= kZoneLength) return out;
  const char sign = out[out.size() - kZoneLength];
  if (sign == '+' || sign == '-') out.insert(out.size() - 2, 1, ':');
  return out;
}

}  // namespace

std::optional<Timestamp> parse_feed_date(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return std::nullopt;
  text = text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
  if (text.size() > kLongestDate) return std::nullopt;
  if (const auto time = parse_rfc822(text)) return time;
  if (auto time = parse_rfc3339(text)) return *time;
  if (auto time = parse_rfc3339(with_colon_in_zone(text))) return *time;
  constexpr std::size_t kIsoDateLength = 10;
  if (text.size() == kIsoDateLength) {
    if (auto time = parse_rfc3339(std::string(text) + "T00:00:00Z")) return *time;
  }
  return std::nullopt;
}

}  // namespace earmark::crawler
