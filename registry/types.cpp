#include "registry/types.h"

#include <array>

#include <fmt/format.h>

#include "registry/claim_types.h"
#include "registry/rights_types.h"

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

std::string_view to_string(RegistrationFinding::Severity severity) {
  switch (severity) {
    case RegistrationFinding::Severity::kNote: return "note";
    case RegistrationFinding::Severity::kReview: return "review";
    case RegistrationFinding::Severity::kRefuse: return "refuse";
  }
  return "review";
}

Result<RegistrationFinding::Severity> parse_severity(std::string_view text) {
  using enum RegistrationFinding::Severity;
  return parse("severity", text, std::array{kNote, kReview, kRefuse});
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
    case ClaimStatus::kCandidate: return "candidate";
    case ClaimStatus::kReview: return "review";
    case ClaimStatus::kActive: return "active";
    case ClaimStatus::kDisputed: return "disputed";
    case ClaimStatus::kUpheld: return "upheld";
    case ClaimStatus::kAppealed: return "appealed";
    case ClaimStatus::kReleased: return "released";
    case ClaimStatus::kExpired: return "expired";
    case ClaimStatus::kTakedownRequested: return "takedown_requested";
    case ClaimStatus::kCounterNoticed: return "counter_noticed";
    case ClaimStatus::kRestored: return "restored";
    case ClaimStatus::kLitigationHold: return "litigation_hold";
    case ClaimStatus::kClosed: return "closed";
    case ClaimStatus::kWithdrawn: return "withdrawn";
  }
  return "review";
}

Result<ClaimStatus> parse_claim_status(std::string_view text) {
  using enum ClaimStatus;
  return parse(
      "status", text,
      std::array{kReview, kActive, kDisputed, kUpheld, kAppealed, kReleased, kExpired, kTakedownRequested,
                 kCounterNoticed, kRestored, kLitigationHold, kClosed, kWithdrawn});
}

std::string_view to_string(DocumentKind kind) {
  switch (kind) {
    case DocumentKind::kPublicDomain: return "public_domain";
    case DocumentKind::kLicenceChain: return "licence_chain";
    case DocumentKind::kOwnership: return "ownership";
  }
  return "ownership";
}

Result<DocumentKind> parse_document_kind(std::string_view text) {
  return parse(
      "document", text,
      std::array{DocumentKind::kPublicDomain, DocumentKind::kLicenceChain, DocumentKind::kOwnership});
}

std::string_view to_string(Exclusion::Scope scope) {
  return scope == Exclusion::Scope::kMatching ? "matching" : "claiming";
}

Result<Exclusion::Scope> parse_exclusion_scope(std::string_view text) {
  return parse("scope", text, std::array{Exclusion::Scope::kClaiming, Exclusion::Scope::kMatching});
}

std::string_view to_string(Licence::Kind kind) { return kind == Licence::Kind::kAllow ? "allow" : "licence"; }

}  // namespace earmark::registry
