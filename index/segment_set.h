#pragma once
// The writers' side of the engine: which segments there are, and where each recording is.
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/snapshot.h"
#include "index/store.h"

namespace earmark::index {

struct Engine::Core {
  Core() : Core({}, {}) {}
  Core(std::vector<LiveSegment> segments, std::string tag);

  Snapshot<State> current;

  std::mutex writing;  ///< held for changes, not for reading
  /// Where a recording lives; guarded by writing.
  struct Location {
    const Segment* segment = nullptr;
    std::uint32_t row = 0;
  };
  std::unordered_map<RecordingKey, Location> locations;
  std::size_t frozen =
      0;  ///< so many segments, the first, are being saved: they are not merged; guarded by writing

  std::mutex saving;  ///< one save at a time; taken before writing

  void apply(const IndexChange& change);
  /// Engine::save with the locks taken, for `state`, whose segments are frozen.
  [[nodiscard]] Status save(const std::filesystem::path& path, const State& state, std::uint64_t merge_bytes);
  /// Puts `next` in the place of the segments [first, last). Recordings that were removed since are dead in
  /// it.
  void replace(std::size_t first, std::size_t last, std::shared_ptr<const Segment> next);

 private:
  void locate(const LiveSegment& live);
  void bury(std::vector<LiveSegment>& segments, RecordingKey key);
  void merge_tail(std::vector<LiveSegment>& segments);
};

/// What is left of some segments, as one.
[[nodiscard]] std::shared_ptr<const Segment> merged(std::span<const LiveSegment> segments);

}  // namespace earmark::index
