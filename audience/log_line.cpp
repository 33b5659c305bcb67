#include "audience/log_line.h"

#include <charconv>
#include <chrono>
#include <cstring>

#include "core/json.h"
#include "core/time.h"

namespace earmark::audience {
namespace {

template <class T>
bool number(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

/// Two digits; -1: none.
int two_digits(std::string_view text, std::size_t at) {
  const int tens = text[at] - '0';
  const int ones = text[at + 1] - '0';
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : 10 * tens + ones;
}

/// Days since 1970 of "17/May/2015", in seconds.
bool day_of(std::string_view text, std::int64_t& seconds) {
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto month = kMonths.find(text.substr(3, 3));
  int year = 0;
  const int day = two_digits(text, 0);
  if (text[2] != '/' || text[6] != '/' || month == std::string_view::npos || month % 3 != 0) return false;
  if (!number(text.substr(7, 4), year)) return false;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month / 3 + 1)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return false;
  seconds = std::int64_t{std::chrono::sys_days{date}.time_since_epoch().count()} * 86'400;
  return true;
}

/// What stands between the next two quotes from `at` on; `at` goes behind the second. A quote after a
/// backslash is part of the text (Apache), as nginx's \x22 is.
bool quoted(std::string_view line, std::size_t& at, std::string_view& text) {
  const auto open = line.find('"', at);
  if (open == std::string_view::npos) return false;
  for (auto close = line.find('"', open + 1); close != std::string_view::npos;
       close = line.find('"', close + 1)) {
    std::size_t slashes = 0;
    while (line[close - 1 - slashes] == '\\') ++slashes;
    if (slashes % 2 == 1) continue;
    text = line.substr(open + 1, close - open - 1);
    at = close + 1;
    return true;
  }
  return false;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Undoes percent-encoding. CloudFront writes "%2520" for the space of a user agent: twice, then.
std::string decoded_agent(std::string text) {
  for (int round = 0; round < 2 && text.find('%') != std::string::npos; ++round) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = high < 0 ? -1 : hex_digit(text[i + 2]);
      if (low < 0) {
        out += text[i];
      } else {
        out += static_cast<char>(16 * high + low);
        i += 2;
      }
    }
    text = std::move(out);
  }
  return text;
}

bool is_none(std::string_view text) { return text.empty() || text == "-"; }

}  // namespace

std::string_view to_string(LogFormat format) {
  switch (format) {
    case LogFormat::kCombined: return "combined";
    case LogFormat::kW3c: return "w3c";
    case LogFormat::kJson: return "json";
    case LogFormat::kBunny: return "bunny";
  }
  return "combined";
}

Result<LogFormat> parse_log_format(std::string_view text) {
  for (const auto format : {LogFormat::kCombined, LogFormat::kW3c, LogFormat::kJson, LogFormat::kBunny}) {
    if (text == to_string(format)) return format;
  }
  return fail(ErrorCode::kInvalidArgument,
              "log format '" + std::string(text) + "': there are combined, w3c, json, bunny");
}

LogFormat guess_log_format(std::string_view first_line) {
  if (first_line.starts_with('#')) return LogFormat::kW3c;
  if (first_line.starts_with('{')) return LogFormat::kJson;
  if (first_line.starts_with("HIT|") || first_line.starts_with("MISS|") || first_line.starts_with("-|"))
    return LogFormat::kBunny;
  return LogFormat::kCombined;
}

LogParser::Outcome LogParser::parse(std::string_view line, LogLine& out) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty()) return Outcome::kNothing;
  out = {};
  if (line.front() == '#' && format_ == LogFormat::kW3c) {
    constexpr std::string_view kFields = "#Fields:";
    if (!line.starts_with(kFields)) return Outcome::kNothing;
    w3c_fields_.clear();
    line.remove_prefix(kFields.size());
    while (!line.empty()) {
      const auto end = std::min(line.find_first_of(" \t"), line.size());
      if (end > 0) w3c_fields_.push_back(field_named(line.substr(0, end)));
      line.remove_prefix(std::min(end + 1, line.size()));
    }
    return Outcome::kNothing;
  }
  bool good = false;
  switch (format_) {
    case LogFormat::kCombined: good = parse_combined(line, out); break;
    case LogFormat::kW3c: good = parse_w3c(line, out); break;
    case LogFormat::kJson: good = parse_json(line, out); break;
    case LogFormat::kBunny: good = parse_bunny(line, out); break;
  }
  return good ? Outcome::kRequest : Outcome::kMalformed;
}

bool LogParser::combined_time(std::string_view text, std::int64_t& time_s) {
  // "17/May/2015:10:05:03 +0000"
  constexpr std::size_t kDay = 11;
  if (text.size() != 26 || text[kDay] != ':' || text[14] != ':' || text[17] != ':') return false;
  if (std::memcmp(text.data(), day_text_.data(), day_text_.size()) != 0 || day_text_.empty()) {
    if (!day_of(text.substr(0, kDay), day_s_)) return false;
    day_text_ = text.substr(0, kDay);
  }
  const int hour = two_digits(text, 12);
  const int minute = two_digits(text, 15);
  const int second = two_digits(text, 18);
  const int off_hours = two_digits(text, 22);
  const int off_minutes = two_digits(text, 24);
  if (hour < 0 || minute < 0 || second < 0 || off_hours < 0 || off_minutes < 0) return false;
  if (hour > 23 || minute > 59 || second > 60 || off_hours > 23 || off_minutes > 59) return false;
  const int offset_s = (off_hours * 60 + off_minutes) * 60;
  time_s = day_s_ + (hour * 60 + minute) * 60 + second - (text[21] == '-' ? -offset_s : offset_s);
  return true;
}

bool LogParser::parse_combined(std::string_view line, LogLine& out) {
  const auto space = line.find(' ');
  const auto open = line.find('[');
  if (space == std::string_view::npos || open == std::string_view::npos || open < space) return false;
  out.address = line.substr(0, space);
  const auto close = line.find(']', open);
  if (close == std::string_view::npos) return false;
  if (!combined_time(line.substr(open + 1, close - open - 1), out.time_s)) return false;
  std::size_t at = close;
  std::string_view request;
  if (!quoted(line, at, request)) return false;
  const auto method_end = request.find(' ');
  const auto target_end = request.rfind(' ');
  if (method_end == std::string_view::npos) return false;
  out.method = request.substr(0, method_end);
  out.target = target_end == method_end ? request.substr(method_end + 1)
                                        : request.substr(method_end + 1, target_end - method_end - 1);
  if (at >= line.size() || line[at] != ' ') return false;
  const auto status_end = line.find(' ', at + 1);
  if (status_end == std::string_view::npos) return false;
  if (!number(line.substr(at + 1, status_end - at - 1), out.status)) return false;
  const auto bytes_end = std::min(line.find(' ', status_end + 1), line.size());
  const auto bytes = line.substr(status_end + 1, bytes_end - status_end - 1);
  std::uint64_t sent = 0;
  if (bytes != "-" && !number(bytes, sent)) return false;
  out.bytes_sent = sent;
  at = bytes_end;
  std::string_view referer;
  if (!quoted(line, at, referer) || !quoted(line, at, out.agent)) return true;  // "common": no agent
  for (std::string_view more; quoted(line, at, more);) {
    if (more.starts_with("bytes=")) out.range = more;
    if (more.starts_with("bytes ")) out.content_range = more;
  }
  return true;
}

LogParser::Field LogParser::field_named(std::string_view name) {
  static constexpr std::pair<std::string_view, Field> kNames[] = {
      {"date", kDate},
      {"time", kTime},
      {"c-ip", kAddress},
      {"cs-method", kMethod},
      {"cs-uri-stem", kTarget},
      {"cs-uri", kTarget},
      {"cs-uri-query", kQuery},
      {"sc-status", kStatus},
      {"sc-bytes", kBytes},
      {"cs(User-Agent)", kAgent},
      {"cs(Range)", kRange},
      {"cs-range", kRange},
      {"sc-range-start", kRangeStart},
      {"sc-range-end", kRangeEnd},
      {"sc(Content-Range)", kContentRange},
      // JSON: Cloudflare, Fastly's and nginx's usual names
      {"ClientIP", kAddress},
      {"ClientRequestMethod", kMethod},
      {"ClientRequestURI", kTarget},
      {"EdgeResponseStatus", kStatus},
      {"EdgeResponseBytes", kBytes},
      {"EdgeResponseBodyBytes", kBytes},
      {"ClientRequestUserAgent", kAgent},
      {"EdgeStartTimestamp", kDateTime},
      {"client_ip", kAddress},
      {"remote_addr", kAddress},
      {"request_method", kMethod},
      {"method", kMethod},
      {"url", kTarget},
      {"request_uri", kTarget},
      {"uri", kTarget},
      {"status", kStatus},
      {"response_status", kStatus},
      {"body_bytes_sent", kBytes},
      {"bytes_sent", kBytes},
      {"response_body_size", kBytes},
      {"user_agent", kAgent},
      {"http_user_agent", kAgent},
      {"request_user_agent", kAgent},
      {"timestamp", kDateTime},
      {"time_iso8601", kDateTime},
      {"msec", kEpoch},
      {"http_range", kRange},
      {"range", kRange},
      {"sent_http_content_range", kContentRange},
      {"content_range", kContentRange},
  };
  for (const auto& [known, field] : kNames) {
    if (name == known) return field;
  }
  return kIgnored;
}

bool LogParser::parse_w3c(std::string_view line, LogLine& out) {
  if (w3c_fields_.empty()) return false;
  has_.fill(false);
  const char separator = line.find('\t') == std::string_view::npos ? ' ' : '\t';
  for (std::size_t i = 0; i < w3c_fields_.size(); ++i) {
    if (line.empty()) return false;
    const auto end = std::min(line.find(separator), line.size());
    const Field field = w3c_fields_[i];
    values_[field] = line.substr(0, end);
    has_[field] = !is_none(values_[field]);
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  if (has_[kAgent]) values_[kAgent] = decoded_agent(std::move(values_[kAgent]));
  if (has_[kDate] && has_[kTime]) {
    values_[kDateTime] = values_[kDate] + "T" + values_[kTime] + "Z";
    has_[kDateTime] = true;
  }
  return assemble(out);
}

bool LogParser::parse_json(std::string_view line, LogLine& out) {
  const auto json = earmark::parse_json(line);
  if (!json || !json->is_object()) return false;
  has_.fill(false);
  for (const auto& [name, value] : json->items()) {
    const Field field = field_named(name);
    if (field == kIgnored || value.is_null() || value.is_structured()) continue;
    const bool is_time_number = field == kDateTime && value.is_number();
    const Field goes_to = is_time_number ? kEpoch : field;
    values_[goes_to] = value.is_string() ? value.get<std::string>() : value.dump();
    has_[goes_to] = !is_none(values_[goes_to]);
  }
  return assemble(out);
}

bool LogParser::parse_bunny(std::string_view line, LogLine& out) {
  // cache|status|timestamp ms|bytes|zone|address|referer|url|edge|agent|id|country
  static constexpr Field kOrder[] = {kIgnored, kStatus,  kEpoch,  kBytes,   kIgnored,
                                     kAddress, kIgnored, kTarget, kIgnored, kAgent};
  has_.fill(false);
  for (const Field field : kOrder) {
    const auto end = line.find('|');
    if (end == std::string_view::npos) return false;
    values_[field] = line.substr(0, end);
    has_[field] = !is_none(values_[field]);
    line.remove_prefix(end + 1);
  }
  values_[kMethod] = "GET";  // the format has no method: the network logs what it delivered
  has_[kMethod] = true;
  return assemble(out);
}

bool LogParser::assemble(LogLine& out) {
  if (!has_[kAddress] || !has_[kMethod] || !has_[kTarget] || !has_[kStatus]) return false;
  if (has_[kEpoch]) {
    const std::string_view text = values_[kEpoch];
    double value = 0.0;
    if (!number(text, value) || !(value >= 0.0) || value > 1e19) return false;
    while (value > 1e11) value /= 1000.0;  // milliseconds, microseconds, nanoseconds
    out.time_s = static_cast<std::int64_t>(value);
  } else {
    const auto time = parse_rfc3339(values_[kDateTime]);
    if (!has_[kDateTime] || !time) return false;
    out.time_s = std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count();
  }
  out.address = values_[kAddress];
  out.method = values_[kMethod];
  out.target = values_[kTarget];
  if (!number(std::string_view(values_[kStatus]), out.status)) return false;
  std::uint64_t sent = 0;
  if (has_[kBytes]) {
    if (!number(std::string_view(values_[kBytes]), sent)) return false;
    out.bytes_sent = sent;
  }
  if (has_[kAgent]) out.agent = values_[kAgent];
  if (has_[kRangeStart] && has_[kRangeEnd]) {
    values_[kRange] = "bytes=" + values_[kRangeStart] + "-" + values_[kRangeEnd];
    has_[kRange] = true;
  }
  if (has_[kRange]) out.range = values_[kRange];
  if (has_[kContentRange]) out.content_range = values_[kContentRange];
  return true;
}

}  // namespace earmark::audience
