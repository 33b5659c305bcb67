#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "index/segment.h"

namespace earmark::index {

/// A segment in its place among the others, and which of its recordings were removed since it was made.
struct LiveSegment {
  std::shared_ptr<const Segment> segment;
  std::shared_ptr<const std::vector<char>> dead;  ///< [recordings]; null where none is
  std::uint32_t dead_count = 0;
  bool stored = false;           ///< there is a file of it
  std::uint32_t base = 0;        ///< of its places on the common timeline
  std::uint32_t first_slot = 0;  ///< slot of its first recording

  [[nodiscard]] bool is_dead(std::size_t recording) const {
    return dead != nullptr && (*dead)[recording] != 0;
  }
  [[nodiscard]] std::span<const char> dead_flags() const {
    return dead ? std::span<const char>(*dead) : std::span<const char>();
  }
};

/// All segments one after the other: one 32-bit number (a place) names a recording and a moment in it. 2^32
/// frames are 19,000 hours. Where segments begin depends on how they were merged; the order of recordings
/// does not.
class Timeline {
 public:
  struct Span {
    std::uint32_t first = 0;
    std::uint32_t frames = 0;
    std::uint32_t slot = 0;  ///< State::recordings
  };

  /// A recording in its segment.
  struct Location {
    const LiveSegment* live = nullptr;
    std::size_t row = 0;
  };

  Timeline() = default;
  explicit Timeline(const std::vector<LiveSegment>& segments);

  /// The recording at a place; nothing in a gap, and where it was removed.
  [[nodiscard]] std::optional<Span> find(std::int64_t place) const;
  [[nodiscard]] static std::optional<Location> locate(const std::vector<LiveSegment>& segments,
                                                      std::int64_t place);
  /// Length of all recordings that are not removed together, in frames.
  [[nodiscard]] std::uint64_t frames() const { return frames_; }

 private:
  const std::vector<LiveSegment>* segments_ = nullptr;
  std::uint64_t frames_ = 0;
};

}  // namespace earmark::index
