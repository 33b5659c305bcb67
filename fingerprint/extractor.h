#pragma once
#include <memory>
#include <span>

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
