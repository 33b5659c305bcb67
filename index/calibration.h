#pragma once
#include <cstdint>

#include "index/landmarks.h"
#include "index/proof.h"

namespace earmark::index {

/// Probability that evidence of this strength, under this warp, is a real use: a logistic curve fitted on the
/// development corpus (docs/fingerprint.md has the data and the curve). searched: frames of all recordings
/// that were searched; the more there are, the more chances had an accident.
[[nodiscard]] double probability_of(const Evidence& evidence, const Warp& warp, std::uint64_t searched);

}  // namespace earmark::index
