#pragma once
// Catalogues larger than any corpus that we have: recordings that nobody made, with the statistics of real
// ones.
#include <cstdint>
#include <span>

#include "fingerprint/types.h"

namespace earmark::bench {

/// Draws fingerprints that an index cannot tell from real ones by their hashes and vectors, and that are of
/// no recording.
///
/// A drawn recording is a mosaic: pieces of half a second from random places of random real recordings, each
/// one to three semitones higher or lower and up to 3 % faster or slower. Most pairs of peaks that are hashed
/// lie within a piece and keep the distribution of hashes, while nothing lasts long enough to be proven. An
/// embedding is a mixture of the piece's and a random real one. Immutable; draw() may be called by many
/// threads.
class Simulator {
 public:
  /// `real` is at reference density, not empty, each of five seconds or more, and outlives the simulator.
  Simulator(std::span<const fingerprint::Fingerprint> real, std::uint64_t seed);

  /// Recording `number`: the same for the same seed and number. As long as one of the real ones.
  [[nodiscard]] fingerprint::Fingerprint draw(std::uint64_t number) const;

 private:
  std::span<const fingerprint::Fingerprint> real_;
  std::uint64_t seed_;
};

/// How often two hashes of the simulated recordings and of the real ones coincide, over how often two of
/// different real recordings do: 1 where the simulation makes posting lists as long as reality does.
[[nodiscard]] double coincidence(std::span<const fingerprint::Fingerprint> real,
                                 std::span<const fingerprint::Fingerprint> simulated);

}  // namespace earmark::bench
