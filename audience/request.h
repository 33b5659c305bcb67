#pragma once
// From a line of a log to what measurement keeps of it.
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "audience/log_line.h"

namespace earmark::audience {

/// Why a request is not counted. The names are a contract (docs/audience.md).
enum class Drop : std::uint8_t {
  kMalformed,   ///< not a line of the format, or its address or time is none
  kMethod,      ///< HEAD and whatever else is not GET
  kStatus,      ///< 304, redirects, errors
  kProbe,       ///< a range of two bytes or less: a client that asks whether ranges work
  kNotEpisode,  ///< no known enclosure, and no audio file by its name
  kNoAgent,     ///< no User-Agent
  kNetwork,     ///< a data centre or VPN
  kErased,      ///< of a month whose key was erased
  kWatch,       ///< an Apple Watch that fetches what its telephone fetched
  kBot,         ///< by the lists of user agents
  kVolume,      ///< an address with more downloads a day than people have
};
inline constexpr std::size_t kDropCount = 11;
[[nodiscard]] std::string_view to_string(Drop drop);  ///< "malformed", "method", …

/// A request that may count. `address` is keyed (listener_keys.h); no field tells who it was.
struct Request {
  enum Flag : std::uint8_t {
    kWhole = 1,     ///< answered with 200
    kUnplaced = 2,  ///< part of a file, and the log does not say which: `bytes` of it, `start` is 0
    kSafe = 4,      ///< of a network that may exceed the volume limit
  };
  // The order of the members is that of counting: what belongs to one visit comes together, in order of time.
  std::uint64_t address = 0;
  std::uint32_t agent = 0;  ///< index of the agents it comes with
  std::uint32_t asset = 0;
  std::uint32_t time_s = 0;  ///< Unix time
  std::uint8_t flags = 0;
  std::uint64_t start = 0;  ///< first byte sent
  std::uint64_t bytes = 0;  ///< how many were sent from there

  friend auto operator<=>(const Request&, const Request&) = default;
};

/// The bytes that a request was answered with, or why it does not count.
struct Transfer {
  std::optional<Drop> drop;
  std::uint64_t start = 0;
  std::uint64_t bytes = 0;
  std::uint8_t flags = 0;
  std::uint64_t size = 0;  ///< of the file, where the answer said so; else 0
};

/// Rules 1 and 2 as far as one request can be judged alone (docs/audience.md). What is known of the file does
/// not matter here: it may become known later, and then counts for what was logged before.
/// Source: IAB Podcast Technical Measurement Guidelines 2.x, sections 5 and 6.
[[nodiscard]] Transfer transfer_of(const LogLine& line);

/// The path of a request's target: without scheme, host, query and fragment, percent-encoding undone.
[[nodiscard]] std::string path_of(std::string_view target);

/// Whether a path ends as the name of an audio file does.
[[nodiscard]] bool is_audio_path(std::string_view path);

/// Whether a user agent is one of those that an Apple Watch sends for what its telephone has fetched already.
[[nodiscard]] bool is_watch_agent(std::string_view agent);

}  // namespace earmark::audience
