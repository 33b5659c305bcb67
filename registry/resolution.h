#pragma once
// What follows from a use that was heard. A pure function of facts, so that the same decision can be made
// again for a dry run, a dispute or a court.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/policy_rules.h"
#include "registry/rights_types.h"

namespace earmark::registry {

/// Why a decision is as it is. Codes are stored and shown; they are added to, never renamed.
namespace reason {
inline constexpr std::string_view kPolicy = "policy";               ///< the owners' policies say so
inline constexpr std::string_view kOwnerMissing = "owner_missing";  ///< nobody owns it there: count only
inline constexpr std::string_view kLicensed = "licensed";           ///< no claim
inline constexpr std::string_view kAllowListed = "allow_listed";    ///< no claim
inline constexpr std::string_view kPublicDomain = "public_domain";  ///< no claim
inline constexpr std::string_view kExcludedSegment = "excluded_segment";  ///< no claim
inline constexpr std::string_view kCleared = "cleared";                   ///< no claim: a person cleared it
inline constexpr std::string_view kFaint = "faint";           ///< no claim: too unsure for a question
inline constexpr std::string_view kWeakMatch = "weak_match";  ///< a person is asked
inline constexpr std::string_view kAmbiguousMatch = "ambiguous_match";          ///< a person is asked
inline constexpr std::string_view kNotTheRecording = "not_the_recording";       ///< a person is asked
inline constexpr std::string_view kOwnershipConflict = "ownership_conflict";    ///< a person is asked
inline constexpr std::string_view kDocumentExpired = "document_expired";        ///< a person is asked
inline constexpr std::string_view kBlockNeedsAPerson = "block_needs_a_person";  ///< counted until confirmed
}  // namespace reason

/// One side of the rights in a use: the recording, or one of its works.
struct RightsSide {
  std::string subject;  ///< "rec_…" or "wrk_…"
  bool is_work = false;
  std::vector<Share> shares;
  std::vector<ShareConflict> conflicts;
  std::vector<RightsDocument> documents;  ///< not withdrawn ones
};

/// All that a decision depends on.
struct UseFacts {
  UseShape use;
  double probability = 0.0;
  std::int64_t reference_start_ms = 0;
  std::int64_t reference_end_ms = 0;
  bool is_ambiguous = false;
  bool is_cleared = false;
  Timestamp at{};
  std::string registrant;                  ///< holds all of a recording whose shares nobody has set
  std::vector<RightsSide> sides;           ///< the recording first
  std::map<std::string, Policy> policies;  ///< by party; a party without one only counts
  std::vector<Licence> licences;           ///< that are for this recording and feed, and stand at `at`
  std::vector<Exclusion> exclusions;
};

enum class Disposition {
  kNoClaim,  ///< the sighting is kept, nothing else happens
  kReview,   ///< a claim that does nothing until a person acts
  kActive,   ///< a claim in effect
};
[[nodiscard]] std::string_view to_string(Disposition disposition);  ///< "no_claim", "review", "active"

/// The same for all of `territories`.
struct TerritoryDecision {
  std::vector<std::string> territories;  ///< codes; kElsewhere stands for all that are not named
  std::optional<PolicyAction> action;    ///< nothing: no claim there
  std::string_view reason;
  std::string party;  ///< whose policy decided; empty: nobody's
  std::string rule_id;
  std::int64_t rule_version = 0;
  std::string licence_id;  ///< of kLicensed and kAllowListed
  std::vector<Holding> owners;
};

struct Decision {
  Disposition disposition = Disposition::kNoClaim;
  std::optional<PolicyAction> action;     ///< what is wanted, the most restrictive of all territories
  std::optional<PolicyAction> in_effect;  ///< what happens until a person acts; nothing: nothing happens
  std::string_view reason;
  std::string rule_id;  ///< of the policy that decided; empty: none did
  std::int64_t rule_version = 0;
  std::int64_t policy_key = 0;
  std::vector<TerritoryDecision> by_territory;
};

/// From this probability on a match is strong enough to act on.
inline constexpr double kActiveProbability = 0.9;
/// Below this probability a match is not even a question.
inline constexpr double kReviewProbability = 0.5;
/// What remains of a use outside excluded stretches must be this long.
inline constexpr std::int64_t kShortestUseMs = 1000;

[[nodiscard]] Decision decide(const UseFacts& facts);

/// How much of [start_ms, end_ms) is outside of all exclusions of these scopes.
[[nodiscard]] std::int64_t length_outside(const std::vector<Exclusion>& exclusions, std::int64_t start_ms,
                                          std::int64_t end_ms);

}  // namespace earmark::registry
