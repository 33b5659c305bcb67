#pragma once
#include <span>
#include <vector>

namespace earmark::audience {

/// The weights w that make |X w - y|² + Σ ridge[j] w[j]² least. `rows` of X one after the other: X[n x k],
/// y[n]. Threads: none needed, no state. Cost: O(n k² + k³). Home of Eigen in this module.
[[nodiscard]] std::vector<double> ridge_regression(std::span<const double> rows, std::span<const double> y,
                                                   std::span<const double> ridge);

}  // namespace earmark::audience
