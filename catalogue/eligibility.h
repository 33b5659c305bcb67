#pragma once
// What may be registered, and what it is called. Pure functions.
#include <string>

#include "core/hash.h"
#include "fingerprint/types.h"

namespace earmark::catalogue {

/// Shorter audio proves nothing.
inline constexpr std::uint64_t kShortestRecordingMs = 3000;

/// Why the audio cannot be registered; empty when it can.
[[nodiscard]] std::string quarantine_reason(const fingerprint::Fingerprint& fingerprint);

/// What the public id of a recording is made from: length and peaks of its reference form, so that audio and
/// .emfp have the same, and a new embedding model changes nothing. Where there is nothing to hear, the file's
/// bytes.
[[nodiscard]] Sha256 identity_of(const fingerprint::Fingerprint& reference, const Sha256& content_hash);

/// "path/to/A Song.flac", "https://host/a/A%20Song.mp3?x=1" → "A Song".
[[nodiscard]] std::string title_from(const std::string& source);

}  // namespace earmark::catalogue
