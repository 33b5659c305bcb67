#pragma once
// Steps in the life of claims, within the transaction of whoever takes them. What may follow what is in
// registry/claim_machine.h; here it is done: status, effect, deadline, clearing, history.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "registry/claim_machine.h"
#include "registry/claim_types.h"

namespace earmark::storage {
class Columns;
class Session;
}  // namespace earmark::storage

namespace earmark::registry {

/// What a step needs to know of a claim.
struct ClaimRow {
  std::int64_t key = 0;
  std::string id;
  ClaimStatus status = ClaimStatus::kReview;
  PolicyAction action = PolicyAction::kTrack;
  std::string in_effect;  ///< "track", …; empty: nothing is in effect
  std::string outcome;
  std::string rule_id;
  std::int64_t rule_version = 0;
};
[[nodiscard]] Result<std::optional<ClaimRow>> find_claim_row(storage::Session& session, std::string_view id);

/// Who takes a step, and why.
struct StepBy {
  ClaimRole role = ClaimRole::kEngine;
  std::string_view actor;
  std::string_view reason;  ///< empty: the edge's own
  std::string_view note;
  std::string_view evidence_id;
};

/// Takes the edge: asks nothing, but that an open deadline is due where the clock takes it. `claim` is
/// brought up to date. The deadline that was open is settled, in this transaction and once.
[[nodiscard]] Status take_edge(storage::Session& session, ClaimRow& claim, const ClaimEdge& edge,
                               const StepBy& by, Timestamp now);

/// Begins the claim's life: event, first deadline, the engine's evidence.
[[nodiscard]] Status begin_claim(storage::Session& session, ClaimRow& claim, std::string_view evidence,
                                 std::string_view reason, Timestamp now);

/// Lets the clock take what is due for this claim.
[[nodiscard]] Result<std::vector<FiredDeadline>> fire_due(storage::Session& session, ClaimRow& claim,
                                                          Timestamp now);

/// The claim was met again: a line in its history.
[[nodiscard]] Status note_seen_again(storage::Session& session, const ClaimRow& claim, std::string_view note,
                                     Timestamp now);

/// Keeps what was handed in; the id is of its content. The second value: it was not there before.
struct HandedIn {
  std::string id;
  bool is_new = false;
};
[[nodiscard]] Result<HandedIn> keep_evidence(storage::Session& session, const ClaimRow& claim,
                                             const StepBy& by, std::string_view body, Timestamp now);

/// The standing period of that name (registry/claim_machine.h).
[[nodiscard]] Result<Period> period_of(storage::Session& session, std::string_view name);

/// The owner took the recording back: what is claimed for it and not settled is withdrawn.
[[nodiscard]] Status withdraw_claims_of(storage::Session& session, std::int64_t recording_key, Timestamp now);

void map_columns(storage::Columns& columns, ClaimRow& claim);

}  // namespace earmark::registry
