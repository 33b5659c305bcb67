#pragma once
// Scans, sightings and claims, as plain values.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "registry/crawl_queue.h"
#include "registry/policy_rules.h"
#include "registry/types.h"

namespace earmark::registry {

/// How the audio of an episode came here; part of every claim's evidence.
struct FetchRecord {
  std::string url;
  std::string final_url;  ///< after redirects
  std::string sha256;     ///< hex, of the bytes
  std::int64_t bytes = 0;
  std::string content_type;
  std::string etag;
  Timestamp fetched_at{};
  std::string detail;  ///< one JSON object: redirects with their statuses, peer, headers; empty: none
};

/// Something that is kept of a sighting, because the episode is not.
struct KeptEvidence {
  std::string kind;           ///< "clip.query", "clip.reference", "explanation"
  std::string media_type;     ///< empty where there is nothing
  std::int64_t start_ms = 0;  ///< of its side
  std::int64_t end_ms = 0;
  std::string sha256;  ///< hex, of data
  std::string note;    ///< why there is none; empty otherwise
  Bytes data;
};

/// One use that the engine found; times in ms.
struct NewSighting {
  std::int64_t recording_key = 0;
  std::int64_t query_start_ms = 0;
  std::int64_t query_end_ms = 0;
  std::int64_t reference_start_ms = 0;
  std::int64_t reference_end_ms = 0;
  double speed = 1.0;
  double pitch_cents = 0.0;
  double score = 0.0;
  double probability = 0.0;
  /// Public ids of other recordings that have all of what is heard too: a person decides whose it is.
  std::vector<std::string> ambiguous_with = {};
  std::vector<KeptEvidence> evidence = {};  ///< stored where the sighting makes or meets a claim
  MatchType match_type = MatchType::kRecording;
};

/// The fingerprint of an episode, kept for what is registered later.
struct ArchivedPrint {
  Bytes emfp;
  std::int64_t matched_revision = 0;  ///< of the catalogue that the scan has seen at least
};

struct NewScan {
  std::int64_t version_key = 0;
  FetchRecord fetch;
  std::int64_t duration_ms = 0;
  std::string engine;  ///< program and model version that looked, e.g. "earmark 0.1.0, model 3"
  std::vector<NewSighting> sightings;
  std::optional<ArchivedPrint> archived = {};  ///< nothing: what is kept stays as it is
  std::optional<CrawlLease> lease = {};        ///< the right to store this scan; finished with it
};

struct ScanOutcome {
  std::int64_t matches = 0;  ///< sightings stored
  std::int64_t claims = 0;   ///< uses of this scan that are claimed, new or known before
  std::int64_t new_claims = 0;
};

/// docs/claims.md draws how they follow each other.
enum class ClaimStatus {
  kCandidate,  ///< for the moment in which it is decided what it becomes; never stored
  kReview,     ///< a question to a person; does nothing
  kActive,
  kDisputed,
  kUpheld,
  kAppealed,
  kReleased,  ///< the use is cleared
  kExpired,   ///< nobody decided the question
  kTakedownRequested,
  kCounterNoticed,
  kRestored,  ///< the use is cleared
  kLitigationHold,
  kClosed,
  kWithdrawn,  ///< the owner took the recording back
};
[[nodiscard]] std::string_view to_string(ClaimStatus status);  ///< "review", "active", …
[[nodiscard]] Result<ClaimStatus> parse_claim_status(std::string_view text);

struct Claim {
  std::string id;  ///< "clm_…"
  ClaimStatus status = ClaimStatus::kReview;
  std::string recording_id;
  std::string source;  ///< of the recording
  std::string title;   ///< of the recording
  std::string owner;
  std::string feed;  ///< URL
  std::string guid;
  std::string episode_title;
  std::string enclosure_url;
  NewSighting use;
  PolicyAction action = PolicyAction::kTrack;  ///< of the policy when the claim was made
  std::string rule_id;
  std::int64_t rule_version = 0;
  Timestamp created_at{};
  Timestamp deadline_at{};                ///< until when it can be answered
  std::string evidence;                   ///< one JSON object: score, speed, engine, fetch …
  std::optional<PolicyAction> in_effect;  ///< what happens now; nothing: nothing does
  std::string reason;                     ///< code (registry/resolution.h) of how it was made
  std::string decision;  ///< one JSON object: by territory; empty: made before there were any
  std::string outcome;   ///< "undisputed", "stands", "cleared", or empty: open
};

/// A step in the life of a claim; append-only.
struct ClaimEvent {
  std::int64_t sequence = 0;
  Timestamp at{};
  std::string kind;         ///< "created", "status", "seen_again"
  std::string from_status;  ///< empty for "created"
  std::string to_status;
  std::string actor;  ///< "engine", a party's name, …
  std::string note;
  std::string role;                      ///< "engine", "clock", "claimant", "uploader", "reviewer"
  std::string reason;                    ///< code
  std::string rule_id;                   ///< of the policy that stood behind the step
  std::int64_t rule_version = 0;         ///< of that rule
  std::string evidence_id;               ///< "evd_…"; empty: none was handed in
  std::optional<Timestamp> deadline_at;  ///< that the step set
};

/// A time by which somebody has to act; append-only but for how it ended.
struct ClaimDeadline {
  std::string status;  ///< that the claim was in
  Timestamp set_at{};
  Timestamp due_at{};
  std::optional<Timestamp> settled_at;  ///< nothing: it is still to come
  std::string outcome;                  ///< "fired", or "left": somebody acted before it
};

/// What somebody handed in, or the engine put down, for a claim.
struct ClaimEvidence {
  std::string id;  ///< "evd_…", of its content
  std::string role;
  std::string actor;
  std::string body;
  Timestamp created_at{};
};

/// What a party asks for.
struct ClaimAction {
  std::string claim_id;
  std::string verb;      ///< "dispute", "release", … (docs/claims.md)
  std::string role;      ///< "claimant", "uploader", "reviewer"
  std::string actor;     ///< who; for the record
  std::string reason;    ///< code; empty: the verb's own
  std::string note;      ///< in words
  std::string evidence;  ///< what is handed in; empty: nothing
};

/// A deadline that went by.
struct FiredDeadline {
  std::string claim_id;
  std::string verb;
  std::string from_status;
  std::string to_status;
  Timestamp due_at{};
};

/// How often a claimant's claims were wrong, as far as somebody said so.
struct ClaimantStats {
  std::string party;
  std::int64_t claims = 0;
  std::int64_t in_review = 0;
  std::int64_t in_effect = 0;
  std::int64_t reviewed = 0;  ///< questions that a person decided
  std::int64_t refused_in_review = 0;
  std::int64_t disputed = 0;  ///< claims that were ever disputed or escalated
  std::int64_t lost = 0;      ///< of them released, restored or left unanswered
  std::int64_t upheld = 0;    ///< of them that stand now or stood at the end
  std::int64_t expired = 0;
};

}  // namespace earmark::registry
