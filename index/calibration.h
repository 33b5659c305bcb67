#pragma once
#include "index/landmarks.h"
#include "index/proof.h"

namespace earmark::index {

/// Probability that a proof of this strength, under this warp, is a real use. First calibration: a logistic
/// curve fitted on the development corpus (docs/fingerprint.md has the data, the curve and its reliability).
[[nodiscard]] double probability_of(const Evidence& evidence, const Warp& warp);

}  // namespace earmark::index
