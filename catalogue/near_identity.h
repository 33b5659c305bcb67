#pragma once
// Whether two fingerprints are of the same recording, from one end to the other: what makes a duplicate by
// its sound. Pure functions; candidates come from what the recordings share (index/self_join.h).
#include "fingerprint/types.h"
#include "index/self_join.h"

namespace earmark::catalogue {

/// Two that sound the same cover this share of each other, from their first peak to their last …
inline constexpr double kNearIdentityCoverage = 0.95;
/// … and have this share of their peaks in common. Measured in docs/store.md.
inline constexpr double kNearIdentityAgreement = 0.65;

/// Whether a stretch in common is long enough for all of the recording to be the other one.
[[nodiscard]] bool may_be_whole(const index::Shared& stretch, const fingerprint::Fingerprint& recording);

/// Frames to add to a time of the recording for the time in the other one.
[[nodiscard]] int shift_of(const index::Shared& stretch);

/// Share of the peaks that a and b have in common when a is moved by about `shift` frames (within a frame and
/// a bin; the smaller of the two shares): about 1 for the same audio, some hundredths by chance. 0 where they
/// do not cover each other.
[[nodiscard]] double likeness(const fingerprint::Fingerprint& a, const fingerprint::Fingerprint& b,
                              int shift);

}  // namespace earmark::catalogue
