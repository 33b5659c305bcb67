#pragma once
// What a recording sounds like, in numbers. The only header of this module that index/ may see.
//
// Time base: frames of kFrameHop samples at kSampleRate: frame f starts at f * 16 ms.
#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace earmark::fingerprint {

inline constexpr int kSampleRate = 8000;                                                  ///< Hz
inline constexpr int kFrameHop = 128;                                                     ///< samples; 16 ms
inline constexpr double kFramesPerSecond = static_cast<double>(kSampleRate) / kFrameHop;  ///< 62.5
inline constexpr int kPeakBins = 256;    ///< bins of 15.625 Hz
inline constexpr int kBinFraction = 16;  ///< sub-bin steps in Peak::bin16
inline constexpr int kEmbeddingDims = 128;
inline constexpr int kEmbeddingHopFrames = 16;  ///< 0.256 s

/// A local maximum of the spectrogram.
struct Peak {
  std::uint32_t frame = 0;  ///< when, in frames
  std::uint16_t bin16 = 0;  ///< frequency in bins * kBinFraction (interpolated)
  std::uint8_t rank = 0;    ///< 0 = the strongest of its block of one second, 1 the next, …

  [[nodiscard]] int bin() const { return (bin16 + kBinFraction / 2) / kBinFraction; }
  friend bool operator==(const Peak&, const Peak&) = default;
};

/// One embedding: unit-length direction scaled to int8; all zero where there was nothing to hear.
using Embedding = std::array<std::int8_t, kEmbeddingDims>;

/// How much is kept: queries look with more peaks and vectors than references store.
enum class Density : std::uint8_t { kQuery = 0, kReference = 1 };

/// Everything the engine knows of one piece of audio. A value; 3.3 MB an hour at kQuery, 1.9 MB at
/// kReference.
struct Fingerprint {
  std::uint32_t model_version = 0;  ///< of the embeddings (models/README.md)
  Density density = Density::kQuery;
  std::uint64_t samples = 0;  ///< length of the audio at kSampleRate
  std::vector<Peak> peaks;    ///< ordered by frame, then bin16
  std::vector<Embedding>
      embeddings;    ///< [i] begins at frame i * embedding_hop(); last ones end before the audio does
  Embedding item{};  ///< of the recording as a whole

  [[nodiscard]] int embedding_hop() const {
    return density == Density::kQuery ? kEmbeddingHopFrames : 2 * kEmbeddingHopFrames;
  }
  [[nodiscard]] std::uint64_t duration_ms() const { return samples * 1000 / kSampleRate; }
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

}  // namespace earmark::fingerprint
