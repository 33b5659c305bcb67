#pragma once
// The life of a claim as a table: who may move it from where to where. Pure data and functions;
// docs/claims.md draws it.
#include <cstdint>
#include <span>
#include <string_view>

#include "registry/calendar.h"
#include "registry/claim_types.h"

namespace earmark::registry {

/// Who acts. A person's role is for the caller to establish; that a machine never does a person's part is for
/// this table.
enum class ClaimRole {
  kEngine,    ///< the match engine, with what it heard
  kClock,     ///< a deadline went by
  kClaimant,  ///< who owns the recording
  kUploader,  ///< who published the episode
  kReviewer,  ///< a person of the platform
};
[[nodiscard]] std::string_view to_string(ClaimRole role);  ///< "engine", "clock", …
[[nodiscard]] Result<ClaimRole> parse_claim_role(std::string_view text);

/// One step that is allowed.
struct ClaimEdge {
  ClaimStatus from;
  std::string_view verb;
  ClaimStatus to;
  unsigned roles;           ///< bits: 1 << role
  std::string_view reason;  ///< code, where the person who acts gives none
  enum class Evidence { kOptional, kNeeded } evidence = Evidence::kOptional;

  [[nodiscard]] bool allows(ClaimRole role) const { return (roles >> static_cast<unsigned>(role) & 1U) != 0; }
};
[[nodiscard]] std::span<const ClaimEdge> claim_edges();
/// The edge of that verb; null where there is none.
[[nodiscard]] const ClaimEdge* find_edge(ClaimStatus from, std::string_view verb);
/// The edge that a person may take from one status to another; null where there is none.
[[nodiscard]] const ClaimEdge* find_edge(ClaimStatus from, ClaimStatus to);
/// Whether a claim may go from one status to the other at all.
[[nodiscard]] bool may_move(ClaimStatus from, ClaimStatus to);

[[nodiscard]] std::span<const ClaimStatus> claim_statuses();
/// Nothing is awaited; only new evidence, or the recording's return, moves it.
[[nodiscard]] bool is_final(ClaimStatus status);
/// Whether the use is cleared by entering it: it is not claimed again without new evidence.
[[nodiscard]] bool clears(ClaimStatus status);
/// What the clock does when the deadline of this status goes by; empty for final ones. An active claim that
/// nobody answered goes through "undisputed" first, and is closed by the second deadline.
[[nodiscard]] std::string_view deadline_verb(ClaimStatus status, std::string_view outcome);

/// How long each status lasts at most, unless the store says otherwise. `status` "active_late": from
/// "undisputed" to closing, in which the claim can still be disputed.
struct NamedPeriod {
  std::string_view status;
  Period period;
};
[[nodiscard]] std::span<const NamedPeriod> default_periods();

}  // namespace earmark::registry
