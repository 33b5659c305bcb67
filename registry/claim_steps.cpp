#include "registry/claim_steps.h"

#include <tuple>

#include "storage/session.h"

namespace earmark::registry {

bool may_move(ClaimStatus from, ClaimStatus to) {
  switch (from) {
    case ClaimStatus::kReview:
      return to == ClaimStatus::kActive || to == ClaimStatus::kReleased || to == ClaimStatus::kWithdrawn;
    case ClaimStatus::kActive:
      return to == ClaimStatus::kDisputed || to == ClaimStatus::kReleased || to == ClaimStatus::kWithdrawn;
    case ClaimStatus::kDisputed:
      return to == ClaimStatus::kActive || to == ClaimStatus::kReleased || to == ClaimStatus::kWithdrawn;
    case ClaimStatus::kReleased:
    case ClaimStatus::kWithdrawn: return false;
  }
  return false;
}

Status append_claim_event(storage::Session& session, std::int64_t claim_key, const ClaimStep& step,
                          Timestamp now) {
  EARMARK_TRY_STATUS(
      session.execute("INSERT INTO claim_events (claim_key, at, kind, from_status, to_status, actor, note)"
                      " VALUES (:claim, :now, :kind, :from_status, :to_status, :actor, :note)",
                      {claim_key, now, step.kind, step.from_status, step.to_status, step.actor, step.note}));
  return {};
}

Status move_claim(storage::Session& session, std::int64_t claim_key, const ClaimStep& step, Timestamp now) {
  EARMARK_TRY_STATUS(
      session.execute("UPDATE claims SET status = :status WHERE key = :key", {step.to_status, claim_key}));
  return append_claim_event(session, claim_key, step, now);
}

Status withdraw_claims_of(storage::Session& session, std::int64_t recording_key, Timestamp now) {
  using Open = std::tuple<std::int64_t, std::string>;
  EARMARK_TRY(const auto open,
              session.query<Open>(
                  "SELECT key, status FROM claims WHERE recording_key = :recording"
                  " AND status NOT IN (:released, :withdrawn) ORDER BY key",
                  {recording_key, to_string(ClaimStatus::kReleased), to_string(ClaimStatus::kWithdrawn)}));
  for (const auto& [key, status] : open) {
    EARMARK_TRY_STATUS(move_claim(
        session, key, {"status", status, to_string(ClaimStatus::kWithdrawn), "owner", "recording forgotten"},
        now));
  }
  return {};
}

}  // namespace earmark::registry
