#pragma once

namespace earmark::index {

/// Probability that a proof of strength z is a real use. First calibration: a logistic curve fitted on the
/// development corpus (docs/fingerprint.md has the data, the curve and its reliability).
[[nodiscard]] double probability_of(double z);

}  // namespace earmark::index
