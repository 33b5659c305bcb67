#pragma once
// Log-frequency patches: what the embeddings are projected from.
#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace earmark::fingerprint {

inline constexpr int kBandWindow = 1024;  ///< samples; 128 ms
inline constexpr int kBandHop = 256;      ///< samples; 32 ms = 2 frames of the time base
inline constexpr int kBands = 64;         ///< 15 an octave from 200 Hz to 3.85 kHz
inline constexpr int kBandsPerOctave = 15;
inline constexpr double kFirstBandHz = 200.0;
inline constexpr int kPatchRows = 32;                           ///< rows of 32 ms: 1.024 s
inline constexpr int kPatchFeatures = kPatchRows / 2 * kBands;  ///< rows are averaged by two: 16 x 64

/// One row of the band spectrogram: natural logarithm of band power.
using BandRow = std::array<float, kBands>;

/// Sums a power spectrum into overlapping triangular bands and takes the logarithm.
class BandFilter {
 public:
  BandFilter();
  /// power[kBandWindow / 2 + 1] (unnormalised, of a Hann window) -> row.
  [[nodiscard]] BandRow apply(std::span<const float> power) const;

 private:
  struct Tap {
    int bin;
    float weight;
  };
  std::array<std::vector<Tap>, kBands> taps_;
};

/// Normalises a patch for projection: floors it 9 nepers below its loudest cell, averages rows by two,
/// removes the mean and the spectral envelope (15-band moving average of the time mean: equalisers and
/// microphones), divides by the standard deviation.
///
/// Shapes: rows[kPatchRows] -> features[kPatchFeatures] (time-major: 16 x 64). Returns false, features
/// untouched, where the patch is silent or flat and has nothing to say.
[[nodiscard]] bool normalise_patch(std::span<const BandRow> rows, std::span<float> features);

}  // namespace earmark::fingerprint
