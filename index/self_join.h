#pragma once
// What a recording has in common with others, and with itself (docs/fingerprint.md, "Shared material").
// Looked for once, at registration: with landmarks only, in windows that do not overlap, because what is
// shared between recordings is loud and clean, unlike a bed under a voice.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/engine.h"

namespace earmark::index {

/// A stretch that sounds like a stretch of another recording, or of the same one.
struct Shared {
  RecordingKey other = 0;
  std::uint32_t start_ms = 0;
  std::uint32_t end_ms = 0;
  std::uint32_t other_start_ms = 0;
  std::uint32_t other_end_ms = 0;
  double speed = 1.0;  ///< of this recording over the other's
  double score = 0.0;  ///< as Match::score
  double share = 0.0;  ///< as Match::share
  double probability = 0.0;
};

/// Engine::find_repeats gives the strongest of them, each with an earlier passage (`other` is 0), ordered by
/// time.
inline constexpr std::size_t kMostRepeats = 16;

}  // namespace earmark::index
