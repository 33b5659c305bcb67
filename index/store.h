#pragma once
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "index/engine.h"
#include "index/postings.h"
#include "index/reference_peaks.h"
#include "index/timeline.h"
#include "index/vector_index.h"

namespace earmark::index {

/// One recording as the index keeps it.
struct Recording {
  RecordingKey key = 0;  ///< 0: a free slot
  std::uint64_t samples = 0;
  Timeline::Span span;
  ReferencePeaks peaks;
};

/// The engine's data: both candidate channels and the peaks for proof.
struct Engine::State {
  Timeline timeline;
  std::vector<Recording> recordings;  ///< by slot
  std::unordered_map<RecordingKey, std::uint32_t> slots;
  Postings postings;
  VectorIndex vectors;
  std::uint64_t dead_frames = 0;  ///< removed, but still in the postings
};

}  // namespace earmark::index
