#include "index/proof.h"

#include <algorithm>
#include <cmath>

namespace earmark::index {
namespace {

constexpr std::int32_t kSameBin16 = 8;   // half a bin
constexpr std::int32_t kNearBin16 = 20;  // a bin and a quarter
constexpr int kSmooth = 2;               // frames over which an agreement is spread
constexpr double kTrimAbove = 2.5;       // standard deviations: repeats of a loop are no null
constexpr int kTrimPasses = 3;
constexpr double kDeviationFloor = 0.7;  // times sqrt(mean + 1)

struct Moments {
  double mean = 0.0;
  double deviation = 0.0;
};

Moments moments(std::span<const int> values) {
  double sum = 0.0;
  double squares = 0.0;
  for (const int value : values) {
    sum += value;
    squares += static_cast<double>(value) * value;
  }
  const auto n = static_cast<double>(values.size());
  Moments m;
  m.mean = sum / n;
  m.deviation = std::max(std::sqrt(std::max(0.0, squares / n - m.mean * m.mean)),
                         kDeviationFloor * std::sqrt(m.mean + 1.0));
  return m;
}

/// Moments of the null without the shifts at which a self-similar recording agrees with itself.
Moments trimmed_moments(std::vector<int>& values) {
  Moments m = moments(values);
  for (int pass = 0; pass < kTrimPasses; ++pass) {
    const double limit = m.mean + kTrimAbove * m.deviation;
    const auto kept = std::remove_if(values.begin(), values.end(), [&](int v) { return v > limit; });
    if (kept == values.end()) break;
    values.erase(kept, values.end());
    m = moments(values);
  }
  return m;
}

}  // namespace

Agreement::Agreement(std::span<const fingerprint::Peak> peaks, std::span<const char> skip,
                     const ReferencePeaks& reference, const Line& line) {
  std::array<int, kSize + 2 * kSmooth> same{};
  std::array<int, kSize + 2 * kSmooth> near{};
  constexpr int kCentre = kReach + kSmooth;
  for (std::size_t i = 0; i < peaks.size(); ++i) {
    if (!skip.empty() && skip[i] != 0) continue;
    ++peaks_;
    const auto frame = static_cast<std::int32_t>(std::lround(line.reference_at(peaks[i].frame)));
    const auto bin16 = static_cast<std::int32_t>(std::lround(peaks[i].bin16 * line.warp.frequency));
    const std::int32_t low = (bin16 - kNearBin16 + fingerprint::kBinFraction / 2) / fingerprint::kBinFraction;
    const std::int32_t high =
        (bin16 + kNearBin16 + fingerprint::kBinFraction / 2) / fingerprint::kBinFraction;
    for (std::int32_t bin = low; bin <= high; ++bin) {
      reference.visit(bin, frame - kCentre, frame + kCentre,
                      [&](std::int32_t other, std::int32_t other_bin16) {
                        const std::int32_t distance = std::abs(other_bin16 - bin16);
                        const auto slot = static_cast<std::size_t>(other - frame + kCentre);
                        if (distance <= kSameBin16) {
                          ++same[slot];
                        } else if (distance <= kNearBin16) {
                          ++near[slot];
                        }
                      });
    }
  }
  for (std::size_t i = 0; i < kSize; ++i) {
    const std::size_t c = i + kSmooth;
    total_[i] = 4 * same[c] + 3 * (same[c - 1] + same[c + 1]) + same[c - 2] + same[c + 2] + near[c - 1] +
                near[c] + near[c + 1];
  }
}

Proof Agreement::prove(int search) const {
  search = std::min(search, kMostSearch);
  Proof proof;
  proof.peaks = peaks_;
  for (int shift = -search; shift <= search; ++shift) {
    // Ties go to the smaller shift, so that the answer does not depend on the direction of the search.
    const bool better = at(shift) > at(proof.shift) ||
                        (at(shift) == at(proof.shift) && std::abs(shift) < std::abs(proof.shift));
    if (better) proof.shift = shift;
  }
  std::vector<int> null;
  null.reserve(2 * (kNullTo - kNullFrom + 1));
  for (int d = kNullFrom; d <= kNullTo; ++d) {
    null.push_back(at(proof.shift - d));
    null.push_back(at(proof.shift + d));
  }
  const Moments m = trimmed_moments(null);
  proof.agreement = at(proof.shift);
  proof.expected = m.mean;
  proof.z = (proof.agreement - m.mean) / m.deviation;
  return proof;
}

}  // namespace earmark::index
