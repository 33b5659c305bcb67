#pragma once
// What the registry keeps, as plain values. Public ids are text and the same in every store that was given
// the same input (docs/store.md); keys are rows of one store and are never shown.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/hash.h"
#include "core/result.h"
#include "core/time.h"

namespace earmark::registry {

/// What an owner wants to happen where a recording is used.
enum class PolicyAction { kTrack, kMonetize, kBlock };
[[nodiscard]] std::string_view to_string(PolicyAction action);  ///< "track", "monetize", "block"
/// kInvalidArgument, with the words that are allowed.
[[nodiscard]] Result<PolicyAction> parse_policy_action(std::string_view text);

/// Only registered recordings are matched.
enum class RecordingStatus { kRegistered, kQuarantined, kForgotten };
[[nodiscard]] std::string_view to_string(RecordingStatus status);  ///< "registered", …

struct Recording {
  std::int64_t key = 0;  ///< also its index::RecordingKey
  std::string id;        ///< "rec_…"
  RecordingStatus status = RecordingStatus::kRegistered;
  std::string owner;  ///< party name
  std::string title;
  std::string isrc;            ///< empty: none
  std::string source;          ///< path or URL as first given
  std::string content_sha256;  ///< hex, of the file's bytes
  std::int64_t duration_ms = 0;
  std::int64_t fingerprint_bytes = 0;
  PolicyAction action = PolicyAction::kTrack;
  std::string rule_id;  ///< "rule_…"
  std::int64_t rule_version = 0;
  std::string reason;  ///< why quarantined; empty otherwise
  Timestamp created_at{};
  Timestamp changed_at{};
};

/// A stretch that a new recording has in common with another one, or with itself; times in ms.
struct NewShared {
  std::int64_t other_key = 0;  ///< 0: the recording itself
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  std::int64_t other_start_ms = 0;
  std::int64_t other_end_ms = 0;
  double speed = 1.0;
  double score = 0.0;
  double share = 0.0;
};
/// Something that registration noticed, with its place: [start_ms, end_ms) of the recording, and where it is
/// in another one.
struct RegistrationFinding {
  std::string code;  ///< "owned_by_another", "public_domain", … (docs/registry.md)
  enum class Severity {
    kNote,    ///< for the record
    kReview,  ///< a person decides
    kRefuse,  ///< it is not taken
  } severity = Severity::kNote;
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  std::int64_t other_key = 0;  ///< of the other recording; 0: none
  std::int64_t other_start_ms = 0;
  std::int64_t other_end_ms = 0;
  std::string detail;  ///< in words
};
[[nodiscard]] std::string_view to_string(
    RegistrationFinding::Severity severity);  ///< "note", "review", "refuse"
[[nodiscard]] Result<RegistrationFinding::Severity> parse_severity(std::string_view text);

struct NewRecording {
  Sha256 identity{};      ///< what the public id is made from: of the audio's fingerprint (docs/store.md)
  Sha256 content_hash{};  ///< of the file's bytes
  std::string owner;      ///< empty: the store's default party
  std::string title;
  std::string isrc;
  std::string source;
  PolicyAction action = PolicyAction::kTrack;
  std::int64_t duration_ms = 0;
  Bytes fingerprint;              ///< .emfp, reference density; empty when quarantined
  Bytes chromaprint;              ///< items, little-endian; empty: none is known
  std::string quarantine_reason;  ///< not empty: kept, never matched
  std::vector<NewShared> shared;  ///< with what is registered already
  /// In quarantine until a person decides: comes with its fingerprint, so that it can be taken in.
  enum class Hold { kNone, kForReview } hold = Hold::kNone;
  std::vector<RegistrationFinding> findings;
};

/// Something that happened to a recording; append-only.
struct RecordingEvent {
  std::int64_t sequence = 0;
  std::string recording_id;
  Timestamp at{};
  std::string kind;    ///< "registered", "duplicate", "forgotten", "restored", "quarantined"
  std::string detail;  ///< one JSON object
};

/// An entry of the log from which index holders catch up.
struct CatalogueChange {
  enum class Kind { kAdded, kRemoved };
  std::int64_t revision = 0;  ///< 1, 2, 3 … without gaps
  std::string chain;          ///< digest of this change and all before it: tells histories apart
  std::int64_t recording_key = 0;
  Kind kind = Kind::kAdded;
};

struct Party {
  std::int64_t key = 0;
  std::string name;
  Timestamp created_at{};
};

struct Feed {
  std::int64_t key = 0;
  std::string url;  ///< identity, byte for byte: normalise before adding
  std::string title;
  std::string etag;  ///< validators of the last good fetch; empty: none
  std::string last_modified;
  std::optional<Timestamp> fetched_at;  ///< last good fetch (or "not modified")
  std::string error;                    ///< why the last fetch failed; empty after a good one
  std::int64_t failures = 0;            ///< in a row
  Timestamp added_at{};
};

/// One <item> of a feed. Its identity is (feed, guid); a changed enclosure URL or length makes a new version.
struct EpisodeInput {
  std::string guid;  ///< not empty
  std::string title;
  std::optional<Timestamp> published_at;
  std::string enclosure_url;   ///< not empty
  std::string enclosure_type;  ///< media type as the feed says
  std::optional<std::int64_t> enclosure_length;
  std::string details = {};  ///< what the feed says beyond that, one JSON object; empty: nothing
};

enum class ScanState { kPending, kScanned, kRefused, kError };
[[nodiscard]] std::string_view to_string(ScanState state);  ///< "pending", "scanned", "refused", "error"

/// An episode with its newest version and what came of it.
struct Episode {
  std::int64_t key = 0;
  std::int64_t version_key = 0;
  std::int64_t version = 0;  ///< 1, 2, …
  std::int64_t feed_key = 0;
  std::string feed_url;
  std::string guid;
  std::string title;
  std::string enclosure_url;
  std::string enclosure_type;
  std::optional<std::int64_t> enclosure_length;
  ScanState state = ScanState::kPending;
  std::string reason;                     ///< why refused or error
  std::int64_t attempts = 0;              ///< that failed
  std::optional<Timestamp> attempted_at;  ///< the last of them
  std::int64_t matches = 0;               ///< sightings of the last scan
  std::int64_t claims = 0;                ///< that the last scan made or met again
};

}  // namespace earmark::registry
