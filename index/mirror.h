#pragma once
// A decoy for each claim: the recording played backwards (docs/fingerprint.md, "Decoys").
#include <cstdint>
#include <span>

#include "index/line.h"
#include "index/proof.h"
#include "index/reference_peaks.h"

namespace earmark::index {

/// How far from a line a mirrored passage is looked for.
inline constexpr std::int64_t kMirrorReach = 3750;  ///< frames of the recording; 60 s

/// Strongest agreement of the query's peaks with the recording run backwards from any place of `local`, in
/// the units of Agreement. The query's tempo and pitch are the line's. `skip` as in weigh().
[[nodiscard]] double mirrored_agreement(std::span<const fingerprint::Peak> peaks, std::span<const char> skip,
                                        const LocalPeaks& local, const Line& line);

}  // namespace earmark::index
