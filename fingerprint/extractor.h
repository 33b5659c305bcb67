#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "fingerprint/types.h"

namespace earmark::fingerprint {

/// Turns samples into a fingerprint in one pass, in any pieces: the same samples give the same fingerprint,
/// byte for byte, however they are cut. Thread-confined. Memory: a few seconds of audio plus the fingerprint
/// itself.
class Extractor {
 public:
  Extractor();
  ~Extractor();
  Extractor(Extractor&&) noexcept;
  Extractor& operator=(Extractor&&) noexcept;

  /// samples[n]: mono, kSampleRate, nominal range [-1, 1]. NaN and infinities count as 0.
  void push(std::span<const float> samples);

  /// What no later sample can change. Times count from the first sample that was pushed.
  struct Settled {
    std::vector<Peak> peaks;            ///< those not taken before
    std::vector<Embedding> embeddings;  ///< likewise
    std::int64_t frames = 0;            ///< up to where all peaks are known; a multiple of a block's
  };
  /// Takes it out, for audio that has no end: the extractor keeps a few seconds only, however long that goes.
  [[nodiscard]] Settled take_settled();
  /// Of the embeddings.
  [[nodiscard]] static std::uint32_t model_version();

  /// The fingerprint (Density::kQuery) of all that was pushed; the extractor must not be used afterwards.
  /// Less than one window of audio, or silence, gives one without peaks.
  [[nodiscard]] Fingerprint finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The reference form of a query-density fingerprint: fewer peaks and vectors. A reference comes back
/// unchanged.
[[nodiscard]] Fingerprint thin(const Fingerprint& fingerprint);

}  // namespace earmark::fingerprint
