#include "audience/request.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace earmark::audience {
namespace {

constexpr std::uint64_t kProbeBytes = 2;
constexpr std::uint64_t kNoEnd = ~std::uint64_t{0};
constexpr int kOk = 200;
constexpr int kPartial = 206;

/// "a-b", "a-" and "-n" of one range; both ends where they are named.
struct AskedRange {
  std::optional<std::uint64_t> first;
  std::optional<std::uint64_t> last;
};

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Nothing: no range, several, or none that makes sense.
std::optional<AskedRange> parse_range(std::string_view text) {
  constexpr std::string_view kUnit = "bytes=";
  if (!text.starts_with(kUnit) || text.find(',') != std::string_view::npos) return std::nullopt;
  text.remove_prefix(kUnit.size());
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  AskedRange range{number(text.substr(0, dash)), number(text.substr(dash + 1))};
  if (!range.first && !range.last) return std::nullopt;
  if (range.first && range.last && *range.last < *range.first) return std::nullopt;
  return range;
}

/// "bytes 0-99/1234" -> [0, 99], 1234; the size is 0 for "*".
bool parse_content_range(std::string_view text, std::uint64_t& first, std::uint64_t& last,
                         std::uint64_t& size) {
  constexpr std::string_view kUnit = "bytes ";
  const auto dash = text.find('-');
  const auto slash = text.find('/');
  if (!text.starts_with(kUnit) || dash == std::string_view::npos || slash == std::string_view::npos ||
      slash < dash)
    return false;
  const auto from = number(text.substr(kUnit.size(), dash - kUnit.size()));
  const auto to = number(text.substr(dash + 1, slash - dash - 1));
  if (!from || !to || *to < *from) return false;
  first = *from;
  last = *to;
  size = number(text.substr(slash + 1)).value_or(0);
  return true;
}

/// Where a partial answer's bytes lie in the file, and how long the answer was to be.
struct Place {
  bool known = false;
  std::uint64_t start = 0;
  std::uint64_t length = 0;
  std::uint64_t size = 0;
};

Place place_of(const LogLine& line) {
  Place place;
  std::uint64_t last = 0;
  if (parse_content_range(line.content_range, place.start, last, place.size)) {
    place.length = last - place.start + 1;
    place.known = true;
    return place;
  }
  const auto asked = parse_range(line.range);
  if (!asked) return place;
  if (!asked->first) return place;  // the last n bytes, of how many?
  place.start = *asked->first;
  place.length = asked->last ? *asked->last - *asked->first + 1 : kNoEnd;
  place.known = true;
  return place;
}

bool is_probe(const LogLine& line) {
  const auto asked = parse_range(line.range);
  if (asked && asked->first && asked->last) return *asked->last - *asked->first < kProbeBytes;
  if (asked && !asked->first) return *asked->last <= kProbeBytes;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t size = 0;
  if (parse_content_range(line.content_range, first, last, size))
    return last - first < kProbeBytes && size > kProbeBytes;
  return !asked && line.status == kPartial && line.bytes_sent && *line.bytes_sent <= kProbeBytes;
}

constexpr std::array<std::string_view, kDropCount> kNames = {"malformed",   "method",   "status",  "probe",
                                                             "not_episode", "no_agent", "network", "erased",
                                                             "watch",       "bot",      "volume"};

}  // namespace

std::string_view to_string(Drop drop) { return kNames[static_cast<std::size_t>(drop)]; }

Transfer transfer_of(const LogLine& line) {
  Transfer out;
  if (line.method != "GET") {
    out.drop = Drop::kMethod;
  } else if (line.status != kOk && line.status != kPartial && line.status != 0) {
    out.drop = Drop::kStatus;
  } else if (is_probe(line)) {
    out.drop = Drop::kProbe;
  } else if (line.agent.empty() || line.agent == "-") {
    out.drop = Drop::kNoAgent;
  }
  if (out.drop) return out;
  const std::uint64_t sent = line.bytes_sent.value_or(0);
  if (line.status == kOk) {
    out.flags = Request::kWhole;
    out.bytes = sent;
    return out;
  }
  const Place place = place_of(line);
  out.size = place.size;
  if (!place.known) {
    out.flags = Request::kUnplaced;
    out.bytes = sent;
    return out;
  }
  out.start = place.start;
  // A log without bytes sent: what was asked for, where that has an end, is all that is known.
  out.bytes = line.bytes_sent ? std::min(sent, place.length) : (place.length == kNoEnd ? 0 : place.length);
  out.bytes = std::min(out.bytes, kNoEnd - out.start);
  return out;
}

std::string path_of(std::string_view target) {
  if (const auto scheme = target.find("://"); scheme != std::string_view::npos && target.front() != '/') {
    const auto slash = target.find('/', scheme + 3);
    target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  target = target.substr(0, target.find_first_of("?#"));
  if (target.find('%') == std::string_view::npos) return std::string(target);
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  };
  std::string path;
  for (std::size_t i = 0; i < target.size(); ++i) {
    const int high = target[i] == '%' && i + 2 < target.size() ? digit(target[i + 1]) : -1;
    const int low = high < 0 ? -1 : digit(target[i + 2]);
    if (low < 0) {
      path += target[i];
      continue;
    }
    path += static_cast<char>(16 * high + low);
    i += 2;
  }
  return path;
}

bool is_audio_path(std::string_view path) {
  const auto dot = path.rfind('.');
  if (dot == std::string_view::npos || path.size() - dot > 5) return false;
  std::string ending(path.substr(dot + 1));
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  for (const char* known : {"mp3", "m4a", "m4b", "aac", "ogg", "oga", "opus", "flac", "wav", "mp4"}) {
    if (ending == known) return true;
  }
  return false;
}

bool is_watch_agent(std::string_view agent) {
  return (agent.starts_with("atc/") && agent.find("watchOS") != std::string_view::npos) ||
         agent.find("(null)/(null) watchOS") != std::string_view::npos;
}

}  // namespace earmark::audience
