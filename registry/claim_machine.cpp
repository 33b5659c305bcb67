#include "registry/claim_machine.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace earmark::registry {
namespace {

using S = ClaimStatus;

constexpr unsigned bit(ClaimRole role) { return 1U << static_cast<unsigned>(role); }
constexpr unsigned kEngine = bit(ClaimRole::kEngine);
constexpr unsigned kClock = bit(ClaimRole::kClock);
constexpr unsigned kClaimant = bit(ClaimRole::kClaimant);
constexpr unsigned kUploader = bit(ClaimRole::kUploader);
constexpr unsigned kReviewer = bit(ClaimRole::kReviewer);
constexpr auto kNeeded = ClaimEdge::Evidence::kNeeded;

constexpr std::array kEdges = {
    // What the engine does with what it heard.
    ClaimEdge{S::kCandidate, "ask", S::kReview, kEngine, "weak_match"},
    ClaimEdge{S::kCandidate, "claim", S::kActive, kEngine, "policy"},
    // A person decides a question; nobody does, and it is gone.
    ClaimEdge{S::kReview, "confirm", S::kActive, kClaimant | kReviewer, "confirmed"},
    ClaimEdge{S::kReview, "release", S::kReleased, kClaimant | kReviewer, "not_a_use"},
    ClaimEdge{S::kReview, "expire", S::kExpired, kClock, "not_reviewed"},
    // A claim stands until somebody answers it.
    ClaimEdge{S::kActive, "confirm", S::kActive, kClaimant | kReviewer, "block_confirmed"},
    ClaimEdge{S::kActive, "undisputed", S::kActive, kClock, "undisputed"},
    ClaimEdge{S::kActive, "dispute", S::kDisputed, kUploader, "disputed"},
    ClaimEdge{S::kActive, "escalate", S::kAppealed, kUploader, "block_appealed"},
    ClaimEdge{S::kActive, "release", S::kReleased, kClaimant | kReviewer, "released"},
    ClaimEdge{S::kActive, "close", S::kClosed, kClock, "undisputed"},
    // Silence costs the claimant, not the podcaster.
    ClaimEdge{S::kDisputed, "retract", S::kActive, kUploader | kReviewer, "dispute_retracted"},
    ClaimEdge{S::kDisputed, "uphold", S::kUpheld, kClaimant | kReviewer, "upheld"},
    ClaimEdge{S::kDisputed, "release", S::kReleased, kClaimant | kReviewer, "dispute_accepted"},
    ClaimEdge{S::kDisputed, "silence", S::kReleased, kClock, "not_answered"},
    ClaimEdge{S::kUpheld, "appeal", S::kAppealed, kUploader, "appealed"},
    ClaimEdge{S::kUpheld, "release", S::kReleased, kClaimant | kReviewer, "released"},
    ClaimEdge{S::kUpheld, "close", S::kClosed, kClock, "not_appealed"},
    ClaimEdge{S::kAppealed, "retract", S::kUpheld, kUploader | kReviewer, "appeal_retracted"},
    ClaimEdge{S::kAppealed, "release", S::kReleased, kClaimant | kReviewer, "appeal_accepted"},
    ClaimEdge{S::kAppealed, "silence", S::kReleased, kClock, "not_answered"},
    ClaimEdge{S::kAppealed, "takedown", S::kTakedownRequested, kClaimant, "notice", kNeeded},
    // Notice and counter-notice, in the shape of 17 U.S.C. 512.
    ClaimEdge{S::kTakedownRequested, "counter", S::kCounterNoticed, kUploader, "counter_notice", kNeeded},
    ClaimEdge{S::kTakedownRequested, "release", S::kReleased, kClaimant | kReviewer, "notice_withdrawn"},
    ClaimEdge{S::kTakedownRequested, "close", S::kClosed, kClock, "not_countered"},
    ClaimEdge{S::kCounterNoticed, "restore", S::kRestored, kReviewer | kClock, "no_court_action"},
    ClaimEdge{S::kCounterNoticed, "hold", S::kLitigationHold, kClaimant, "court_action", kNeeded},
    ClaimEdge{S::kCounterNoticed, "release", S::kReleased, kClaimant | kReviewer, "notice_withdrawn"},
    ClaimEdge{S::kLitigationHold, "extend", S::kLitigationHold, kClaimant | kReviewer, "still_in_court",
              kNeeded},
    ClaimEdge{S::kLitigationHold, "restore", S::kRestored, kReviewer | kClock, "court_action_ended"},
    ClaimEdge{S::kLitigationHold, "close", S::kClosed, kReviewer, "court_decided", kNeeded},
    ClaimEdge{S::kLitigationHold, "release", S::kReleased, kClaimant | kReviewer, "settled"},
    ClaimEdge{S::kRestored, "close", S::kClosed, kClock, "restored"},
    // What is cleared stays cleared, unless there is something new to look at.
    ClaimEdge{S::kReleased, "reopen", S::kReview, kClaimant | kReviewer, "new_evidence", kNeeded},
    ClaimEdge{S::kExpired, "reopen", S::kReview, kClaimant | kReviewer, "new_evidence", kNeeded},
    ClaimEdge{S::kClosed, "release", S::kReleased, kClaimant | kReviewer, "released"},
    // The owner takes the recording back, and may register it again.
    ClaimEdge{S::kReview, "withdraw", S::kWithdrawn, kEngine, "recording_forgotten"},
    ClaimEdge{S::kActive, "withdraw", S::kWithdrawn, kEngine, "recording_forgotten"},
    ClaimEdge{S::kDisputed, "withdraw", S::kWithdrawn, kEngine, "recording_forgotten"},
    ClaimEdge{S::kUpheld, "withdraw", S::kWithdrawn, kEngine, "recording_forgotten"},
    ClaimEdge{S::kAppealed, "withdraw", S::kWithdrawn, kEngine, "recording_forgotten"},
    ClaimEdge{S::kTakedownRequested, "withdraw", S::kWithdrawn, kEngine, "recording_forgotten"},
    ClaimEdge{S::kCounterNoticed, "withdraw", S::kWithdrawn, kEngine, "recording_forgotten"},
    ClaimEdge{S::kLitigationHold, "withdraw", S::kWithdrawn, kEngine, "recording_forgotten"},
    ClaimEdge{S::kWithdrawn, "claim", S::kActive, kEngine, "registered_again"},
    ClaimEdge{S::kWithdrawn, "ask", S::kReview, kEngine, "registered_again"},
};

constexpr std::array kStatuses = {
    S::kCandidate, S::kReview,   S::kActive,         S::kDisputed,          S::kUpheld,
    S::kAppealed,  S::kReleased, S::kExpired,        S::kTakedownRequested, S::kCounterNoticed,
    S::kRestored,  S::kClosed,   S::kLitigationHold, S::kWithdrawn,
};

constexpr Period days(std::int64_t amount) { return {amount, Period::Unit::kDays, Calendar::kWeekdays}; }
constexpr Period us_business_days(std::int64_t amount) {
  return {amount, Period::Unit::kBusinessDays, Calendar::kUs};
}

/// Shorter than those of the large platforms where the claimant is waited for, as long where the podcaster
/// is. Ten business days: a counter-notice puts the material back in not less than 10 and not more than 14
/// (17 U.S.C. 512(g)(2)(C)). Half a year in all to object (Regulation (EU) 2022/2065, Article 20).
constexpr std::array kPeriods = {
    NamedPeriod{"review", days(7)},
    NamedPeriod{"active", days(30)},
    NamedPeriod{"active_late", days(154)},
    NamedPeriod{"disputed", days(14)},
    NamedPeriod{"upheld", days(30)},
    NamedPeriod{"appealed", days(7)},
    NamedPeriod{"takedown_requested", days(30)},
    NamedPeriod{"counter_noticed", us_business_days(10)},
    NamedPeriod{"restored", days(14)},
    NamedPeriod{"litigation_hold", days(180)},
};

}  // namespace

std::string_view to_string(ClaimRole role) {
  switch (role) {
    case ClaimRole::kEngine: return "engine";
    case ClaimRole::kClock: return "clock";
    case ClaimRole::kClaimant: return "claimant";
    case ClaimRole::kUploader: return "uploader";
    case ClaimRole::kReviewer: return "reviewer";
  }
  return "engine";
}

Result<ClaimRole> parse_claim_role(std::string_view text) {
  for (const auto role : {ClaimRole::kEngine, ClaimRole::kClock, ClaimRole::kClaimant, ClaimRole::kUploader,
                          ClaimRole::kReviewer}) {
    if (text == to_string(role)) return role;
  }
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("role \"{}\": must be one of claimant, uploader, reviewer, engine, clock", text));
}

std::span<const ClaimEdge> claim_edges() { return kEdges; }

const ClaimEdge* find_edge(ClaimStatus from, std::string_view verb) {
  const auto* const found = std::find_if(kEdges.begin(), kEdges.end(), [&](const ClaimEdge& edge) {
    return edge.from == from && edge.verb == verb;
  });
  return found == kEdges.end() ? nullptr : found;
}

const ClaimEdge* find_edge(ClaimStatus from, ClaimStatus to) {
  const auto* const found = std::find_if(kEdges.begin(), kEdges.end(), [&](const ClaimEdge& edge) {
    return edge.from == from && edge.to == to && (edge.roles & (kClaimant | kUploader | kReviewer)) != 0;
  });
  return found == kEdges.end() ? nullptr : found;
}

bool may_move(ClaimStatus from, ClaimStatus to) {
  return std::any_of(kEdges.begin(), kEdges.end(),
                     [&](const ClaimEdge& edge) { return edge.from == from && edge.to == to; });
}

std::span<const ClaimStatus> claim_statuses() { return kStatuses; }

bool is_final(ClaimStatus status) {
  return status == S::kReleased || status == S::kExpired || status == S::kClosed || status == S::kWithdrawn;
}

bool clears(ClaimStatus status) { return status == S::kReleased || status == S::kRestored; }

std::string_view deadline_verb(ClaimStatus status, std::string_view outcome) {
  switch (status) {
    case S::kReview: return "expire";
    case S::kActive: return outcome == "undisputed" ? "close" : "undisputed";
    case S::kDisputed:
    case S::kAppealed: return "silence";
    case S::kUpheld:
    case S::kTakedownRequested:
    case S::kRestored: return "close";
    case S::kCounterNoticed:
    case S::kLitigationHold: return "restore";
    case S::kCandidate:
    case S::kReleased:
    case S::kExpired:
    case S::kClosed:
    case S::kWithdrawn: return {};
  }
  return {};
}

std::span<const NamedPeriod> default_periods() { return kPeriods; }

}  // namespace earmark::registry
