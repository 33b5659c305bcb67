#pragma once
// Whether two fingerprints are of the same recording, from one end to the other: what makes a duplicate by
// its sound. Pure functions; searching for candidates costs a few seconds of audio, however long the
// recording is.
#include <cstdint>
#include <vector>

#include "fingerprint/types.h"
#include "index/engine.h"

namespace earmark::catalogue {

/// Two that sound the same cover this share of each other, from their first peak to their last …
inline constexpr double kNearIdentityCoverage = 0.95;
/// … and have this share of their peaks in common. Measured in docs/store.md.
inline constexpr double kNearIdentityAgreement = 0.65;

/// A piece of a recording to look for, and where it begins.
struct Probe {
  std::uint32_t first_frame = 0;
  fingerprint::Fingerprint piece;
};

/// Some seconds from two places of the recording; all of a short one; nothing of one without peaks.
[[nodiscard]] std::vector<Probe> make_probes(const fingerprint::Fingerprint& recording);

/// Frames to add to a time of the recording that `probe` is from, for the time in the recording that was
/// matched.
[[nodiscard]] int shift_of(const Probe& probe, const index::Match& match);

/// Share of the peaks that a and b have in common when a is moved by about `shift` frames (within a frame and
/// a bin; the smaller of the two shares): about 1 for the same audio, some hundredths by chance. 0 where they
/// do not cover each other.
[[nodiscard]] double likeness(const fingerprint::Fingerprint& a, const fingerprint::Fingerprint& b,
                              int shift);

}  // namespace earmark::catalogue
