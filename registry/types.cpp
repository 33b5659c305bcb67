#include "registry/types.h"

#include <array>

#include <fmt/format.h>

#include "registry/claim_types.h"

namespace earmark::registry {
namespace {

template <class T, std::size_t n>
Result<T> parse(std::string_view what, std::string_view text, const std::array<T, n>& all) {
  std::string words;
  for (const T value : all) {
    if (to_string(value) == text) return value;
    words += words.empty() ? "" : ", ";
    words += to_string(value);
  }
  return fail(ErrorCode::kInvalidArgument, fmt::format("{} \"{}\": must be one of {}", what, text, words));
}

}  // namespace

std::string_view to_string(PolicyAction action) {
  switch (action) {
    case PolicyAction::kTrack: return "track";
    case PolicyAction::kMonetize: return "monetize";
    case PolicyAction::kBlock: return "block";
  }
  return "track";
}

Result<PolicyAction> parse_policy_action(std::string_view text) {
  return parse("policy", text,
               std::array{PolicyAction::kTrack, PolicyAction::kMonetize, PolicyAction::kBlock});
}

std::string_view to_string(RecordingStatus status) {
  switch (status) {
    case RecordingStatus::kRegistered: return "registered";
    case RecordingStatus::kQuarantined: return "quarantined";
    case RecordingStatus::kForgotten: return "forgotten";
  }
  return "quarantined";
}

std::string_view to_string(ScanState state) {
  switch (state) {
    case ScanState::kPending: return "pending";
    case ScanState::kScanned: return "scanned";
    case ScanState::kRefused: return "refused";
    case ScanState::kError: return "error";
  }
  return "pending";
}

std::string_view to_string(ClaimStatus status) {
  switch (status) {
    case ClaimStatus::kReview: return "review";
    case ClaimStatus::kActive: return "active";
    case ClaimStatus::kDisputed: return "disputed";
    case ClaimStatus::kReleased: return "released";
    case ClaimStatus::kWithdrawn: return "withdrawn";
  }
  return "review";
}

Result<ClaimStatus> parse_claim_status(std::string_view text) {
  return parse("status", text,
               std::array{ClaimStatus::kReview, ClaimStatus::kActive, ClaimStatus::kDisputed,
                          ClaimStatus::kReleased, ClaimStatus::kWithdrawn});
}

}  // namespace earmark::registry
