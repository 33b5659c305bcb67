#pragma once
// Uses at another speed, tempo or pitch (docs/fingerprint.md, "Altered playback").
#include <span>
#include <vector>

#include "index/candidates.h"
#include "index/query_peaks.h"
#include "index/search.h"
#include "index/windows.h"

namespace earmark::index {

/// The alterations that are tried: speed 0.8 to 1.25, tempo 0.8 to 1.2 at the pitch it was, and pitch ± 3
/// semitones at the tempo it was. What differs less from the original is found without.
[[nodiscard]] std::span<const Warp> alterations();

inline constexpr std::int64_t kAlteredWindow = 2 * kShortWindow;  ///< frames; 10 s
inline constexpr std::size_t kAlteredLines = 4;                   ///< lines a window that are tried

/// The heaviest candidates of all alterations for each of some windows near each other, at most `most` a
/// window.
[[nodiscard]] std::vector<std::vector<Candidate>> altered_candidates(const Engine::State& state,
                                                                     const QueryPeaks& peaks,
                                                                     std::span<const FrameRange> windows,
                                                                     std::size_t most);

/// Lines of altered recordings in the windows that no seed of strength explains. peaks, loud: as for Prover.
[[nodiscard]] std::vector<Seed> find_altered(const Engine::State& state, const QueryPeaks& peaks,
                                             const QueryPeaks& loud, std::span<const Seed> seeds,
                                             std::size_t threads);

}  // namespace earmark::index
