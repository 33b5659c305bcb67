#include "index/proof.h"

#include <algorithm>
#include <cmath>

#include "index/grading.h"

namespace earmark::index {
namespace {

constexpr int kRobustSearch = 2;       // frames
constexpr std::uint32_t kSecond = 62;  // frames
constexpr int kSideFrom = 5;           // frames
constexpr double kTrimAbove = 2.5;     // standard deviations: repeats of a loop are no null
constexpr int kTrimPasses = 3;
// No null is quieter than counting statistics: a hit weighs up to 4, so its variance is above its mean, and a
// few hits prove nothing.
constexpr double kFloorPerMean = 1.5;
constexpr double kFloorBase = 8.0;

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
  m.deviation = std::sqrt(std::max(squares / n - m.mean * m.mean, kFloorPerMean * m.mean + kFloorBase));
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

FrameRange reach_of(FrameRange range, const Line& line) {
  constexpr double kTilt = 0.03;  // change of speed that callers try around a line
  const double low = line.reference_at(static_cast<double>(range.first));
  const double high = line.reference_at(static_cast<double>(range.last));
  const double room = Agreement::kReach + 8 + kTilt * std::abs(high - low);
  return {static_cast<std::int64_t>(std::floor(std::min(low, high) - room)),
          static_cast<std::int64_t>(std::ceil(std::max(low, high) + room))};
}

Agreement::Agreement(std::span<const fingerprint::Peak> peaks, std::span<const char> skip,
                     const LocalPeaks& local, const Line& line, Tolerance tolerance) {
  constexpr int kCentre = kReach + static_cast<int>(kSpread);
  static constexpr std::uint32_t kWide = kSize + 2 * kSpread;
  std::array<int, kWide + 1>
      same{};  // the last one takes what lies outside, so that the loop needs no branch
  std::array<int, kWide + 1> near{};
  for (std::size_t i = 0; i < peaks.size(); ++i) {
    if (!skip.empty() && skip[i] != 0) continue;
    ++peaks_;
    const GridPeak expected = line.expected(peaks[i]);
    const std::int32_t zero = expected.frame - kCentre;
    const auto vote = [zero](std::array<int, kWide + 1>& counts, std::int32_t frame) {
      ++counts[std::min(static_cast<std::uint32_t>(frame - zero), kWide)];
    };
    const auto vote_same = [&](std::int32_t frame) { vote(same, frame); };
    if (tolerance == Tolerance::kSameBin) {
      visit_same(local, expected.bin16, vote_same);
    } else {
      visit_alike(local, expected.bin16, vote_same, [&](std::int32_t frame) { vote(near, frame); });
    }
  }
  for (std::size_t i = 0; i < kSize; ++i) total_[i] = graded(same, near, i + kSpread);
}

void Agreement::add(const Agreement& other) {
  for (std::size_t i = 0; i < kSize; ++i) total_[i] += other.total_[i];
  peaks_ += other.peaks_;
}

void Agreement::subtract(const Agreement& other) {
  for (std::size_t i = 0; i < kSize; ++i) total_[i] -= other.total_[i];
  peaks_ -= other.peaks_;
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
  int beside = 0;
  for (int d = kSideFrom; d < kNullFrom; ++d)
    beside = std::max({beside, at(proof.shift - d), at(proof.shift + d)});
  proof.sharpness = (proof.agreement - beside) / m.deviation;
  return proof;
}

namespace {

/// Smallest z that is left when one of the groups (of peaks, as they lie in `peaks`) is taken away.
double weakest_without(std::span<const Agreement> groups, const Agreement& all, int shift) {
  double weakest = all.prove(kRobustSearch).z;
  for (const Agreement& group : groups) {
    Agreement rest = all;
    rest.subtract(group);
    const Proof proof = rest.prove(kRobustSearch);
    if (std::abs(proof.shift - shift) <= kRobustSearch) weakest = std::min(weakest, proof.z);
  }
  return weakest;
}

/// Bands of about equal numbers of peaks: edges in bin16 of 125 … 3734 Hz on a mel-like scale.
std::size_t band_of(const fingerprint::Peak& peak) {
  constexpr std::array<int, 4> kEdges = {28, 56, 98, 154};  // bins: 440, 875, 1530, 2400 Hz
  return static_cast<std::size_t>(std::upper_bound(kEdges.begin(), kEdges.end(), peak.bin()) -
                                  kEdges.begin());
}

}  // namespace

Evidence weigh(std::span<const fingerprint::Peak> peaks, std::span<const char> skip, const LocalPeaks& local,
               const Line& line) {
  Evidence evidence;
  if (peaks.empty()) return evidence;
  evidence.frames = static_cast<double>(peaks.back().frame - peaks.front().frame + 1);
  std::vector<Agreement> seconds;
  Agreement all;
  std::array<std::vector<fingerprint::Peak>, 5> by_band;
  for (std::size_t first = 0; first < peaks.size();) {
    std::size_t last = first;
    while (last < peaks.size() && peaks[last].frame < peaks[first].frame + kSecond) ++last;
    seconds.emplace_back(peaks.subspan(first, last - first),
                         skip.empty() ? skip : skip.subspan(first, last - first), local, line);
    all.add(seconds.back());
    first = last;
  }
  for (std::size_t i = 0; i < peaks.size(); ++i) {
    if (skip.empty() || skip[i] == 0) by_band[band_of(peaks[i])].push_back(peaks[i]);
  }
  std::vector<Agreement> bands;
  for (const auto& band : by_band) bands.emplace_back(band, std::span<const char>(), local, line);
  evidence.proof = all.prove(kRobustSearch);
  evidence.without_best_second = weakest_without(seconds, all, evidence.proof.shift);
  evidence.without_best_band = weakest_without(bands, all, evidence.proof.shift);
  return evidence;
}

}  // namespace earmark::index
