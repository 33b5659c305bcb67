#pragma once

namespace earmark::cli::help {

// The parts of --help that teach: examples first. One text a command; docs/cli.md says more.

inline constexpr const char* kProgram = R"(First steps:
  earmark register ~/Music --owner "My label"     make a catalogue of what you own
  earmark match episode.mp3                       which of it is used there, where, in which second
  earmark explain episode.mp3 rec_1f3b5c7d9e      why it was found there, or why not
  earmark crawl add https://example.com/feed.xml  watch a podcast
  earmark crawl run                               scan what is new in all watched feeds
  earmark claims list                             what was found, with time codes on both sides
  earmark serve                                   all of it over HTTP

Results go to standard output, everything else to standard error. With --json each result is one
JSON object on one line. Exit codes: 0 done; 1 failed; 2 the command line makes no sense; 3
nothing matched (match); 4 done, but some inputs failed (each is named). After a signal: 128 + its
number. `earmark COMMAND --help` explains a command.)";

inline constexpr const char* kRegister =
    R"(Takes audio and video of any usual format, and .emfp fingerprints. Folders are walked: files with
an audio name, without hidden ones. A file that cannot be used is named and does not stop the
others. Each line appears when its recording is safely stored; the same audio again is a duplicate
with the same id.

A manifest is CSV with a header (path,title,artist,isrc,owner,policy in any order; only path is
needed) or JSON Lines with those names. Its paths are meant from its own folder; what a row leaves
empty is taken from --owner and --policy.

Examples:
  earmark register song.flac
  earmark register ~/Music --owner "My label" --policy monetize
  earmark register --manifest catalogue.csv --json > registered.jsonl
  earmark register ~/Music --dry-run

Exit codes: 0 all registered or known; 1 the store cannot be used; 2 usage; 4 some files failed.)";

inline constexpr const char* kMatch =
    R"(For each file: where it uses which recording. Times are given on both sides, in the file and in
the recording; speed is how much faster the file plays it. Only sure matches are shown (--min-
probability, 0.9); --review adds what is between that and 0.5, marked.

Examples:
  earmark match episode.mp3
  earmark match episode.mp3 --review
  earmark match uploads/ --json | jq 'select(.matches != [])'
  earmark match episode.emfp                      a fingerprint made elsewhere; the audio never left its owner

Exit codes: 0 something matched; 1 the store cannot be used; 2 usage; 3 nothing matched; 4 some
files failed.)";

inline constexpr const char* kForget =
    R"(The recordings are no longer matched when the command returns. Their fingerprints are erased, open
claims on them withdrawn.

Example:
  earmark forget rec_1f3b5c7d9e

Exit codes: 0 all forgotten; 1 the store cannot be used; 2 usage; 4 some are not there.)";

inline constexpr const char* kFingerprint =
    R"(Writes DIR/NAME.emfp for each file; register and match take these in place of the audio. Needs no
store. Folders keep their shape below DIR. An older fingerprint of that name is replaced; two
inputs of one name get NAME.emfp and NAME.EXT.emfp.

Examples:
  earmark fingerprint unreleased/ -o fingerprints/
  earmark register fingerprints/ --owner "My label"

Exit codes: 0 done; 1 no decoder could be started; 2 usage; 4 some files failed.)";

inline constexpr const char* kClaims = R"(Examples:
  earmark claims list --status review
  earmark claims evidence clm_1f3b5c7d9e -o claim.zip
  earmark claims notice clm_1f3b5c7d9e --kind dmca
  earmark claims cue-sheet --feed https://example.com/feed.xml)";

inline constexpr const char* kClaimsList =
    R"(Every use that was found in a watched feed, with time codes on both sides, what its owner wants
done, and until when it can be answered.

Examples:
  earmark claims list
  earmark claims list --status review             what a person has to decide
  earmark claims list --feed https://example.com/feed.xml --json

Exit codes: 0 done (also when there are none); 1 the store cannot be used; 2 usage.)";

inline constexpr const char* kServe =
    R"(Answers the HTTP API of docs/api.md until it is stopped (Ctrl-C, SIGTERM): then it finishes what is
in hand and ends. Other commands may use the same store meanwhile; what they change is seen at once.

Every request needs a key (earmark keys create), but with --open, which is for this machine only.
Behind a reverse proxy for the open internet: docs/operations.md.

Examples:
  earmark serve
  earmark serve --listen 127.0.0.1:9000 --open
  earmark serve --listen 0.0.0.0:8443 --tls-cert chain.pem --tls-key key.pem

Exit codes: 0 stopped, all answered; 1 it could not be started; 2 usage.)";

inline constexpr const char* kKeys = R"(Examples:
  earmark keys create --role platform
  earmark keys list
  earmark keys revoke key_abcdefgh23456723)";

inline constexpr const char* kKeysCreate =
    R"(A key belongs to a party and has a role: holder (registers recordings, decides on claims), crawler
(adds feeds), platform (matches), creator (its own feeds and the claims on them), admin (all, of all
parties). Only its hash is kept: a lost key is made anew.

Examples:
  earmark keys create --role admin
  earmark keys create --role holder --party "My label" --label "CMS"

Exit codes: 0 done; 1 the store cannot be used; 2 usage.)";

inline constexpr const char* kKeysRotate =
    R"(The successor has the same role and party. Change it in your programs while both work.

Example:
  earmark keys rotate key_abcdefgh23456723 --grace 24

Exit codes: 0 done; 1 no such key, or it does not work any more; 2 usage.)";

inline constexpr const char* kStore = R"(Example:
  earmark store copy ~/.local/share/earmark postgresql://earmark@db.example/earmark)";

inline constexpr const char* kStoreCopy =
    R"(Copies all tables as they are at one moment, reads both sides again and compares every field, and
only then makes the copy visible: after an error or a crash the target is as empty as before, and
the command can be given again. The signing key, the keys of listeners' ids, own templates and
uploads that wait for their work are copied too; the index is made again by the next command. The
target must be empty; stop what writes to the source first, or its last changes stay behind.

Each side is a folder, or the URL of a PostgreSQL database (12 or later, UTF-8), which --store and
EARMARK_STORE take as well. A password can be in the URL; better, in ~/.pgpass.

Examples:
  createdb -E UTF8 -T template0 earmark
  earmark store copy ~/.local/share/earmark postgresql:///earmark?host=/run/postgresql
  earmark --store postgresql:///earmark?host=/run/postgresql stats
  earmark store copy postgresql:///earmark?host=/run/postgresql ./back

Exit codes: 0 copied and compared; 1 not, and why; 2 usage.)";

inline constexpr const char* kStats = R"(Example:
  earmark stats --json

Exit codes: 0 done; 1 the store cannot be used; 2 usage.)";

inline constexpr const char* kDoctor =
    R"(Looks at the store, the index, the decoders' sandbox, the processor and the disk, and says what to
do where something is wrong.

Example:
  earmark doctor

Exit codes: 0 all is well (warnings included); 1 something is wrong; 2 usage.)";

}  // namespace earmark::cli::help
