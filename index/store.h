#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "index/engine.h"
#include "index/postings.h"
#include "index/reference_peaks.h"
#include "index/timeline.h"
#include "index/vector_index.h"

namespace earmark::index {

/// One recording as the index keeps it.
struct Recording {
  RecordingKey key = 0;
  std::uint64_t samples = 0;
  Timeline::Span span;
  ReferencePeaks peaks;
};

/// The recordings of all segments by slot. A view.
class Recordings {
 public:
  explicit Recordings(const std::vector<LiveSegment>& segments) : segments_(&segments) {}
  [[nodiscard]] Recording operator[](std::uint32_t slot) const;
  /// The slot of a recording that was not removed. Looks at all of them: not for searches.
  [[nodiscard]] std::optional<std::uint32_t> find(RecordingKey key) const;

 private:
  const std::vector<LiveSegment>* segments_;
};

/// The engine's data at one moment: immutable, held by a search as long as it runs.
struct Engine::State {
  /// Puts the segments in their places on the timeline.
  State(std::vector<LiveSegment> live, std::string state_tag);
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::vector<LiveSegment> segments;
  std::string tag;
  Timeline timeline{segments};
  Recordings recordings{segments};
  Postings postings{segments};
  VectorIndex vectors{segments};
};

}  // namespace earmark::index
