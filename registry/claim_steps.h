#pragma once
// Steps in the life of claims, within the transaction of whoever takes them.
#include <cstdint>
#include <string_view>

#include "registry/claim_types.h"

namespace earmark::storage {
class Session;
}

namespace earmark::registry {

struct ClaimStep {
  std::string_view kind;  ///< "created", "status", "seen_again"
  std::string_view from_status;
  std::string_view to_status;
  std::string_view actor;
  std::string_view note;
};

/// Whether a claim may go from one status to the other.
[[nodiscard]] bool may_move(ClaimStatus from, ClaimStatus to);

/// Appends to the claim's history.
[[nodiscard]] Status append_claim_event(storage::Session& session, std::int64_t claim_key,
                                        const ClaimStep& step, Timestamp now);

/// Sets the status and appends the event; asks nothing.
[[nodiscard]] Status move_claim(storage::Session& session, std::int64_t claim_key, const ClaimStep& step,
                                Timestamp now);

/// The owner took the recording back: what is claimed for it and not settled is withdrawn.
[[nodiscard]] Status withdraw_claims_of(storage::Session& session, std::int64_t recording_key, Timestamp now);

}  // namespace earmark::registry
