#pragma once
// The proof: do single peaks of the query agree with the recording along a line, more than they do with the
// same recording at shifted offsets? (docs/fingerprint.md; the null is empirical, so tonality and density of
// both sides are in it.)
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "index/line.h"
#include "index/neighbourhood.h"
#include "index/query_peaks.h"
#include "index/reference_peaks.h"

namespace earmark::index {

inline constexpr int kNullFrom = 12;  ///< frames: shifts of 0.2 s …
inline constexpr int kNullTo = 150;   ///< … to 2.4 s are the null
inline constexpr int kMostSearch =
    24;  ///< frames around the line that a proof may search for the best offset

/// How well query and recording agree.
struct Proof {
  double z = 0.0;  ///< agreement in standard deviations above the trimmed null
  double sharpness =
      0.0;  ///< the same, above the best shift 5 to 11 frames away: chords agree broadly, recordings sharply
  int shift = 0;           ///< frames by which the line should move (reference later by this much)
  double agreement = 0.0;  ///< H at the best shift
  double expected = 0.0;   ///< mean of the null
  int peaks = 0;           ///< query peaks that took part
};

enum class Tolerance : std::uint8_t {
  kSameBin,  ///< half the cost, and enough to tell what is hopeless
  kGraded,   ///< neighbouring bins count too
};

/// Weighted agreements (index/grading.h) by shift: at(d) for |d| <= kReach.
class Agreement {
 public:
  static constexpr int kReach = kNullTo + kMostSearch + 4;

  /// Correlates the query's peaks in `peaks` with the recording along `line`. `skip[i]`, where given, leaves
  /// out peaks[i]. `local` must hold the recording's peaks of reach_of(peaks, line).
  Agreement(std::span<const fingerprint::Peak> peaks, std::span<const char> skip, const LocalPeaks& local,
            const Line& line, Tolerance tolerance = Tolerance::kGraded);

  /// No agreement at all: what others are added to.
  Agreement() = default;
  void add(const Agreement& other);
  void subtract(const Agreement& other);

  [[nodiscard]] int at(int shift) const { return total_[static_cast<std::size_t>(shift + kReach)]; }
  [[nodiscard]] int peaks() const { return peaks_; }
  /// Best shift within ±search, and its z.
  [[nodiscard]] Proof prove(int search) const;

 private:
  static constexpr std::size_t kSize = 2 * kReach + 1;
  std::array<int, kSize> total_{};
  int peaks_ = 0;
};

/// The stretch of the recording, [first, last), that a proof of the line over `range` of the query looks at,
/// with room for the line to be moved and tilted a little.
[[nodiscard]] FrameRange reach_of(FrameRange range, const Line& line);

/// Share of the query's peaks that agree beyond chance (an exact agreement weighs 4).
[[nodiscard]] inline double agreeing_share(const Proof& proof) {
  return proof.peaks == 0 ? 0.0 : (proof.agreement - proof.expected) / (4.0 * proof.peaks);
}

/// A proof, and what is left of it without its best part. Chance and kindred chords put their agreement into
/// one moment or one band; a recording spreads it.
struct Evidence {
  Proof proof;
  double without_best_second = 0.0;  ///< z without the second that agrees most
  double without_best_band = 0.0;    ///< z without the fifth of the spectrum that agrees most
  Resemblance resemblance;           ///< of the embeddings along the line
  double frames = 0.0;               ///< from the first peak that was weighed to the last
};

[[nodiscard]] Evidence weigh(std::span<const fingerprint::Peak> peaks, std::span<const char> skip,
                             const LocalPeaks& local, const Line& line);

}  // namespace earmark::index
