#pragma once
// Requests to downloads and listeners: the counting rules. Pure: no clock, no store, no address.
#include <cstdint>
#include <span>
#include <vector>

#include "audience/request.h"

namespace earmark::audience {

/// Raised when the same requests and lists would give other figures.
inline constexpr const char* kRulesVersion = "earmark-1 (IAB 2.x style, not certified)";

inline constexpr std::int64_t kDaySeconds = 86'400;

/// When requests of one listener for one episode are one download.
enum class Window : std::uint8_t {
  kCalendarDay,  ///< of one UTC day
  kFirstTouch,   ///< within 24 hours of the first
  kLastTouch,    ///< within 24 hours of the one before
};
inline constexpr Window kWindows[] = {Window::kCalendarDay, Window::kFirstTouch, Window::kLastTouch};
[[nodiscard]] std::string_view to_string(Window window);  ///< "calendar", "first-touch", "last-touch"
/// kInvalidArgument, with the words that are allowed.
[[nodiscard]] Result<Window> parse_window(std::string_view text);

/// What must be known of an episode's file.
struct FileFacts {
  std::uint64_t bytes = 0;       ///< 0: not known
  std::uint64_t minute_end = 0;  ///< bytes of header and the first minute of sound; 0: not known
  /// How much must have been sent before a partial answer counts: header and a minute; all, where the file is
  /// shorter or its rate is not known. Nothing: cannot be said.
  [[nodiscard]] std::optional<std::uint64_t> threshold() const;
};

/// A user agent: the same hash in every import, and whether it is counted.
struct AgentFacts {
  std::uint64_t hash = 0;
  std::optional<Drop> drop;
  std::uint32_t program = 0;  ///< what it is reported as: an index that the caller gives meaning
};

/// A stretch of an episode's file, in bytes, whose delivery is asked for.
struct Stretch {
  std::uint32_t asset = 0;
  std::uint64_t first = 0;
  std::uint64_t end = 0;
};

struct CountInput {
  std::span<const Request> requests;  ///< sorted (operator<=>): by address first
  std::span<const AgentFacts> agents;
  std::span<const FileFacts> files;    ///< by asset
  std::span<const Stretch> stretches;  ///< usually none
  std::uint32_t volume_limit = 0;      ///< downloads an address may have a day; 0: any number
};

/// One listener's download of one episode.
struct Download {
  std::uint32_t asset = 0;
  std::uint32_t day = 0;       ///< of its first request, since 1970, UTC
  std::uint64_t listener = 0;  ///< the same for the same address and user agent; as good as random
  std::uint32_t program = 0;
  std::uint64_t bytes = 0;  ///< different bytes that were sent

  friend auto operator<=>(const Download&, const Download&) = default;
};

/// How much of a stretch one download carried.
struct Delivery {
  std::uint32_t stretch = 0;  ///< index
  std::uint32_t day = 0;
  std::uint64_t listener = 0;
  std::uint64_t bytes = 0;  ///< of the stretch
  bool all = false;         ///< every byte of it
};

struct CountOutput {
  std::vector<Download> downloads;
  std::vector<Delivery> deliveries;
  struct Dropped {
    std::uint32_t day = 0;
    Drop drop = Drop::kBot;
    std::uint64_t requests = 0;
    friend auto operator<=>(const Dropped&, const Dropped&) = default;
  };
  std::vector<Dropped> dropped;  ///< requests, ordered by day and reason
  std::uint64_t undecided = 0;   ///< partial visits to files whose length nobody knows: not counted
};

/// Counts by rules 2 and 3. Requests must be sorted; those of one address must all be there.
///
/// A partial answer (206) counts once the different bytes sent within the window reach the threshold; an
/// answer of the whole (200) counts. Bytes that are in several answers are held once; those of answers whose
/// place in the file was not logged are added up, at most to the length of the file. The window begins with a
/// request that is not dropped, and its download belongs to the day of that request. Cost: O(n) and the
/// downloads.
[[nodiscard]] CountOutput count(const CountInput& input, Window window);

}  // namespace earmark::audience
