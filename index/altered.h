#pragma once
// Uses at another speed, tempo or pitch (docs/fingerprint.md, "Altered playback").
#include <span>
#include <vector>

#include "index/query_peaks.h"
#include "index/search.h"

namespace earmark::index {

/// The alterations that are tried: speed 0.8 to 1.25, tempo 0.8 to 1.2 at the pitch it was, and pitch ± 3
/// semitones at the tempo it was. What differs less from the original is found without.
[[nodiscard]] std::span<const Warp> alterations();

/// Lines of altered recordings in the windows that no seed of strength explains. peaks, loud: as for Prover.
[[nodiscard]] std::vector<Seed> find_altered(const Engine::State& state, const QueryPeaks& peaks,
                                             const QueryPeaks& loud, std::span<const Seed> seeds,
                                             std::size_t threads);

}  // namespace earmark::index
