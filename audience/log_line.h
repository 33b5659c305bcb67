#pragma once
// Lines of access logs, in the formats of web servers and content delivery networks.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace earmark::audience {

enum class LogFormat {
  kCombined,  ///< NCSA combined (Apache, nginx); further quoted fields may hold Range and Content-Range
  kW3c,       ///< W3C extended with its "#Fields:" line (CloudFront, IIS, Akamai)
  kJson,      ///< one JSON object a line (Cloudflare, Fastly, nginx)
  kBunny,     ///< fields between "|" (bunny.net)
};
[[nodiscard]] std::string_view to_string(LogFormat format);  ///< "combined", "w3c", "json", "bunny"
/// kInvalidArgument, with the words that are allowed.
[[nodiscard]] Result<LogFormat> parse_log_format(std::string_view text);
/// The format that the first line of a log looks like; kCombined where nothing else fits.
[[nodiscard]] LogFormat guess_log_format(std::string_view first_line);

/// A request as it was logged. The texts are borrowed from the line or from the parser, until its next line.
struct LogLine {
  std::int64_t time_s = 0;  ///< Unix time
  std::string_view address;
  std::string_view method;
  std::string_view target;  ///< path and query, or a whole URL
  int status = 0;           ///< 0: "000", a transfer that a CDN (Akamai) saw end early
  std::optional<std::uint64_t> bytes_sent;
  std::string_view agent;
  std::string_view range;          ///< as asked: "bytes=0-1"; empty: none, or not logged
  std::string_view content_range;  ///< as answered: "bytes 0-1/1234"; empty: none, or not logged
};

/// Reads lines of one log. Thread-confined; keeps what a format says once for all lines.
class LogParser {
 public:
  explicit LogParser(LogFormat format) : format_(format) {}

  enum class Outcome {
    kRequest,
    kNothing,    ///< empty, or a directive
    kMalformed,  ///< not a line of this format
  };
  [[nodiscard]] Outcome parse(std::string_view line, LogLine& out);

 private:
  enum Field : std::uint8_t {
    kDate,
    kTime,
    kDateTime,
    kEpoch,
    kAddress,
    kMethod,
    kTarget,
    kQuery,
    kStatus,
    kBytes,
    kAgent,
    kRange,
    kRangeStart,
    kRangeEnd,
    kContentRange,
    kIgnored,
    kFieldCount,
  };
  [[nodiscard]] bool parse_combined(std::string_view line, LogLine& out);
  [[nodiscard]] bool parse_bunny(std::string_view line, LogLine& out);
  [[nodiscard]] bool parse_json(std::string_view line, LogLine& out);
  [[nodiscard]] bool parse_w3c(std::string_view line, LogLine& out);
  [[nodiscard]] static Field field_named(std::string_view name);
  /// Fields of a line, in whatever order, to a request.
  [[nodiscard]] bool assemble(LogLine& out);
  [[nodiscard]] bool combined_time(std::string_view text, std::int64_t& time_s);

  LogFormat format_;
  std::vector<Field> w3c_fields_;
  std::array<std::string, kFieldCount> values_;
  std::array<bool, kFieldCount> has_{};
  std::string day_text_;  ///< the day that was read last, "17/May/2015"
  std::int64_t day_s_ = 0;
};

}  // namespace earmark::audience
