#pragma once

namespace earmark::evidence {

/// README.txt of every bundle.
inline constexpr const char* kReadme = R"(EVIDENCE OF A CLAIM

claim.json             what is claimed: both time codes, score, probability, rule, history
episode-clip.flac      10 s of the episode about the middle of the use, as the engine heard it
recording-clip.flac    the same moment of the recording
explanation.svg        why the two are the same: their peaks laid over each other
explanation.json       the figures behind the picture, and the runner-up
fetch.json             how the episode was fetched: URLs, redirects, headers, SHA-256, time
public-key.pem         the key of the store that made this
manifest.json          SHA-256 of every part, and of the manifest before this one
manifest.sig           Ed25519 signature of manifest.json

What is not here, and why, stands in manifest.json under "absent".

To check it:

    earmark verify BUNDLE

or without earmark, in the folder it was unpacked to:

    openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in manifest.json -sigfile manifest.sig
    jq -r '.parts[] | .sha256 + "  " + .name' manifest.json | sha256sum -c

The signature says that whoever holds the key made this, and that nothing was changed since. Whose
key it is, ask them by another way: `earmark doctor` shows it.
)";

}  // namespace earmark::evidence
