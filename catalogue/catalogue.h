#pragma once
// Binds the rights registry to the match engine: one store, one truth (SQL), one derived index that is always
// caught up.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "audio/byte_source.h"
#include "audio/decoder.h"
#include "catalogue/explained.h"
#include "core/hash.h"
#include "core/result.h"
#include "fingerprint/types.h"
#include "index/engine.h"
#include "registry/registry.h"

namespace earmark::catalogue {

/// One input, analysed: ready to be registered or matched.
struct Analysed {
  std::string source;                    ///< path or URL as given
  Sha256 content_hash{};                 ///< of the file's bytes
  fingerprint::Fingerprint fingerprint;  ///< query density, unless it came from a reference .emfp
  std::vector<std::string> warnings;     ///< damage that decoding survived
  std::vector<std::int16_t> opening;     ///< the first two minutes, for Chromaprint; of audio only
};

struct RegisterRequest {
  std::string owner;  ///< party name; empty: the store's default party
  registry::PolicyAction policy = registry::PolicyAction::kTrack;
  std::string title;  ///< empty: made from the file name
  std::string isrc;   ///< empty: none
  enum class Mode { kCommit, kDryRun } mode = Mode::kCommit;
};

enum class RegisterStatus { kRegistered, kDuplicate, kQuarantined };

struct RegisterOutcome {
  RegisterStatus status = RegisterStatus::kRegistered;
  std::string recording_id;  ///< of the new recording, or of the one it duplicates
  std::uint64_t duration_ms = 0;
  std::uint64_t fingerprint_bytes = 0;
  std::string reason;  ///< why it is a duplicate or quarantined; empty otherwise
  std::vector<registry::SharedStretch> shared = {};  ///< what it has in common with others and with itself
  std::vector<registry::RegistrationFinding> findings = {};  ///< by place (catalogue/gates.h)
};

/// A match with the names that the registry knows.
struct MatchedUse {
  index::Match match;
  std::string recording_id;
  std::string source;
  std::string title;
  /// Other recordings that have all of what is heard here too: whose it is, this match cannot say.
  std::vector<std::string> ambiguous_with = {};
};

/// A match with its reasons.
struct ExplainedUse {
  MatchedUse use;
  Explained explained;
};

/// A stretch of audio to be cut out; ms.
struct ClipRange {
  std::uint32_t start_ms = 0;
  std::uint32_t end_ms = 0;
};

struct CatalogueStats {
  index::IndexStats index;
  std::uint64_t store_bytes = 0;
};

/// An open store. Synchronised: every method may be called from any thread, and other processes may use the
/// same store meanwhile (SQLite in WAL mode; each call first catches up with what others have committed).
class Catalogue {
 public:
  struct Options {
    std::filesystem::path store;
    enum class Access { kReadWrite, kReadOnly } access = Access::kReadWrite;
    std::size_t decode_workers = 2;
  };
  /// Makes the store on first use (kReadWrite). A damaged or missing index file is rebuilt from the registry.
  [[nodiscard]] static Result<std::unique_ptr<Catalogue>> open(const Options& options);
  virtual ~Catalogue() = default;

  /// Decodes and fingerprints a file (audio of any known format, or .emfp). Runs outside all locks.
  [[nodiscard]] virtual Result<Analysed> analyse(const std::filesystem::path& path) = 0;
  [[nodiscard]] virtual Result<Analysed> analyse(audio::ByteSource& source) = 0;

  /// Durable, and found by the next match, when it returns. What the gates of registration hold back is
  /// quarantined until a person decides (registry/reviews.h); kRefused: what they do not let in.
  [[nodiscard]] virtual Result<RegisterOutcome> add(const Analysed& input,
                                                    const RegisterRequest& request) = 0;
  /// No longer matched, durably, when it returns. kNotFound.
  [[nodiscard]] virtual Status forget(const std::string& recording_id) = 0;

  /// Uses of registered recordings in the input, ordered by query_start_ms; without those of stretches that
  /// their owners took out of matching.
  [[nodiscard]] virtual Result<std::vector<MatchedUse>> match(const Analysed& input,
                                                              const index::SearchOptions& options) = 0;

  /// match(), each use with its reasons; one search. `threshold`: probability from which a match is reported.
  [[nodiscard]] virtual Result<std::vector<ExplainedUse>> match_explained(const Analysed& input,
                                                                          const index::SearchOptions& options,
                                                                          double threshold) = 0;

  /// FLAC files (8 kHz mono: what the engine hears) of stretches of the audio; empty where it ends before.
  /// Decodes up to the last of them. kUnsupported: an .emfp, which cannot be listened to.
  [[nodiscard]] virtual Result<std::vector<Bytes>> clips(audio::ByteSource& source,
                                                         std::span<const ClipRange> ranges) = 0;

  /// Why the recording is found in the input, or which stage of the search lost it. kNotFound: no such
  /// recording; kConflict: it is not matched at all (quarantined, forgotten), and why.
  [[nodiscard]] virtual Result<Explained> explain(const Analysed& input, const std::string& recording_id,
                                                  const ExplainOptions& options) = 0;

  [[nodiscard]] virtual Result<CatalogueStats> stats() = 0;
  [[nodiscard]] virtual registry::Registry& registry() = 0;
};

}  // namespace earmark::catalogue
