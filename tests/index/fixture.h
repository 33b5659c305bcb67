#pragma once
// Fingerprints without audio, for tests of the index's data.
#include <cstdint>
#include <random>

#include "fingerprint/types.h"

namespace earmark::test {

/// A recording of so many seconds with random peaks and embeddings, of reference density.
inline fingerprint::Fingerprint random_recording(std::uint32_t seed, std::uint32_t seconds) {
  std::mt19937 random(seed);
  fingerprint::Fingerprint out;
  out.density = fingerprint::Density::kReference;
  out.samples = std::uint64_t{seconds} * fingerprint::kSampleRate;
  const std::uint32_t frames = seconds * 62;
  for (std::uint32_t frame = 0; frame < frames; ++frame) {
    if (random() % 4 == 0) continue;
    out.peaks.push_back(
        {frame, static_cast<std::uint16_t>(128 + random() % 3700), static_cast<std::uint8_t>(random() % 60)});
  }
  for (std::uint32_t frame = 0; frame + 64 < frames; frame += 32) {
    fingerprint::Embedding embedding;
    for (auto& value : embedding) value = static_cast<std::int8_t>(static_cast<int>(random() % 41) - 20);
    out.embeddings.push_back(embedding);
  }
  return out;
}

}  // namespace earmark::test
