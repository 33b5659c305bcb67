#pragma once

namespace earmark::cli::help {

inline constexpr const char* kExplain =
    R"(Says why a recording is found in a file, or which stage of the search lost it: the candidate lines
and their ranks, the proof, what else could be playing, the probability and the threshold. The
search itself is run; nothing is decided anew.

Examples:
  earmark explain episode.mp3 rec_1f3b5c7d9e
  earmark explain episode.mp3 rec_1f3b5c7d9e --svg why.svg
  earmark explain episode.emfp rec_1f3b5c7d9e --at 192000 --json    only what plays about 3:12

Exit codes: 0 explained, found or not; 1 the store or the file cannot be used, or there is no such
recording; 2 usage.)";

inline constexpr const char* kRecordings = R"(Example:
  earmark recordings show rec_1f3b5c7d9e)";

inline constexpr const char* kRecordingsShow =
    R"(One recording: what it is, whose, and what it shares with other recordings (the same sound throughout,
loops and samples, jingles), with time codes on both sides. A use that lies only inside shared
material cannot say which recording it is of: it goes to review.

Example:
  earmark recordings show rec_1f3b5c7d9e --json

Exit codes: 0 done; 1 the store cannot be used, or there is no such recording; 2 usage.)";

inline constexpr const char* kClaimsEvidence =
    R"(Writes everything that a claim rests on into one file (ZIP or TAR, by its name): both time codes, 10 s
of sound of both sides, the picture and figures of the match, how the episode was fetched, the
versions of rule and engine. Hashed, chained to the bundle before, and signed with the store's key.

Examples:
  earmark claims evidence clm_1f3b5c7d9e -o claim.zip
  earmark verify claim.zip

Exit codes: 0 written; 1 the store cannot be used, or there is no such claim; 2 usage.)";

inline constexpr const char* kClaimsNotice =
    R"(A draft for a claim, from a template: dmca (a notice, six elements), counter (a counter-notice), dsa-
notice (Art. 16), dsa-statement (statement of reasons, Art. 17), in English or Chinese. A draft is no
legal advice; a person reads, completes and signs it. Templates in STORE/templates are taken in place
of the built-in ones.

Examples:
  earmark claims notice clm_1f3b5c7d9e --kind dmca --fill signer="A. Lee" --fill email=a@example.com
  earmark claims notice clm_1f3b5c7d9e --kind counter --language zh -o draft.txt
  earmark claims notice --write-templates ~/templates      to edit them

Exit codes: 0 done; 1 the store cannot be used, or there is no such claim; 2 usage.)";

inline constexpr const char* kClaimsCueSheet =
    R"(What plays where, one row a use, in the order of the episode: as CSV or JSON.

Examples:
  earmark claims cue-sheet --feed https://example.com/feed.xml > cues.csv
  earmark claims cue-sheet --feed https://example.com/feed.xml --guid episode-12 --format json

Exit codes: 0 done; 1 the store cannot be used; 2 usage.)";

inline constexpr const char* kVerify =
    R"(Checks a bundle of evidence without the store it came from: every part against the manifest, the
manifest against its signature, the signature against the public key. Takes the ZIP or TAR, or the
folder it was unpacked to.

Examples:
  earmark verify claim.zip
  earmark verify claim.zip --key 3b6a27bcceb6a42d62a3a8d02a6f0d73…    and signed by that key

Exit codes: 0 all of it is true; 1 it is not, or cannot be read; 2 usage.)";

}  // namespace earmark::cli::help
