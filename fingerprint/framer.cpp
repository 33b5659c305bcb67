#include "fingerprint/framer.h"

#include <cmath>
#include <numbers>

namespace earmark::fingerprint {

std::vector<float> hann_window(std::size_t n) {
  std::vector<float> window(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double phase = 2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(n);
    window[i] = static_cast<float>(0.5 - 0.5 * std::cos(phase));
  }
  return window;
}

}  // namespace earmark::fingerprint
