#pragma once
// What may be registered, and what is there already. Pure functions.
#include <string>

#include "core/hash.h"
#include "fingerprint/types.h"
#include "index/engine.h"

namespace earmark::catalogue {

/// Shorter audio proves nothing.
inline constexpr std::uint64_t kShortestRecordingMs = 3000;
/// A duplicate by its sound covers this share of both recordings, from their first sound to their last …
inline constexpr double kNearIdentityCoverage = 0.95;
/// … at the same speed and pitch …
inline constexpr double kNearIdentitySpeed = 0.001;
inline constexpr double kNearIdentityCents = 10.0;
/// … and has this share of its peaks in common with the other. Measured in docs/store.md.
inline constexpr double kNearIdentityAgreement = 0.45;

/// Why the audio cannot be registered; empty when it can.
[[nodiscard]] std::string quarantine_reason(const fingerprint::Fingerprint& fingerprint);

/// What the public id of a recording is made from: length and peaks of its reference form, so that audio and
/// .emfp have the same, and a new embedding model changes nothing. Where there is nothing to hear, the file's
/// bytes.
[[nodiscard]] Sha256 identity_of(const fingerprint::Fingerprint& reference, const Sha256& content_hash);

/// Whether the match runs from one end of both to the other, at the same speed and pitch.
[[nodiscard]] bool covers_both(const index::Match& match, const fingerprint::Fingerprint& query,
                               const fingerprint::Fingerprint& reference);

/// Of the peaks of the one with more unmatched ones, the share that the other has at the place where the
/// match puts it (within a frame and a bin): about 1 for the same audio, some hundredths by chance. Both in
/// reference form.
[[nodiscard]] double peak_agreement(const index::Match& match, const fingerprint::Fingerprint& query,
                                    const fingerprint::Fingerprint& reference);

/// "path/to/A Song.flac", "https://host/a/A%20Song.mp3?x=1" → "A Song".
[[nodiscard]] std::string title_from(const std::string& source);

}  // namespace earmark::catalogue
