#include "catalogue/entry.h"

#include <fmt/format.h>

#include "catalogue/eligibility.h"
#include "catalogue/gates.h"
#include "fingerprint/chromaprint.h"
#include "fingerprint/codec.h"

namespace earmark::catalogue {
namespace {

using registry::NewRecording;
using registry::Recording;

/// Why something too short or too quiet waits, with its place.
registry::RegistrationFinding nothing_to_hear(const NewRecording& recording) {
  registry::RegistrationFinding finding;
  finding.code =
      recording.duration_ms < static_cast<std::int64_t>(kShortestRecordingMs) ? "too_short" : "silence";
  finding.severity = registry::RegistrationFinding::Severity::kReview;
  finding.end_ms = recording.duration_ms;
  finding.detail = recording.quarantine_reason;
  return finding;
}

/// Little-endian items; empty where there is no audio, or no Chromaprint on this machine: AcoustID's clients
/// do not find the recording then, and nothing else is lost.
Bytes chromaprint_bytes(std::span<const std::int16_t> opening) {
  if (opening.empty()) return {};
  const auto items = fingerprint::chromaprint_of(opening);
  ByteWriter writer;
  if (items) writer.put_array(std::span<const std::uint32_t>(*items));
  return std::move(writer).take();
}

/// A stretch as the gates see it: whose it is, and whether anybody's.
Result<SharedStretch> placed(registry::Registry& registry, const registry::SharedStretch& stretch) {
  SharedStretch placed{stretch.start_ms,    stretch.end_ms,         stretch.other_key,    stretch.other_id,
                       stretch.other_owner, stretch.other_start_ms, stretch.other_end_ms, {}};
  EARMARK_TRY(const auto documents, registry.terms().documents(stretch.other_id));
  for (const auto& document : documents) {
    if (document.kind != registry::DocumentKind::kPublicDomain || document.withdrawn_at) continue;
    placed.domain = document.territories.is_world() || placed.domain == SharedStretch::Domain::kPublic
                        ? SharedStretch::Domain::kPublic
                        : SharedStretch::Domain::kPublicSomewhere;
  }
  return placed;
}

}  // namespace

std::string owner_of(const NewRecording& recording) {
  return recording.owner.empty() ? std::string(registry::kDefaultParty) : recording.owner;
}

registry::RegistrationFinding contested_by(const NewRecording& input) {
  registry::RegistrationFinding finding;
  finding.code = "owned_by_another";
  finding.severity = registry::RegistrationFinding::Severity::kReview;
  finding.end_ms = input.duration_ms;
  finding.detail = fmt::format("{} handed in the same as {}", owner_of(input), input.source);
  return finding;
}

NewRecording make_recording(const Analysed& input, const RegisterRequest& request,
                            const fingerprint::Fingerprint& reference) {
  NewRecording recording;
  recording.identity = identity_of(reference, input.content_hash);
  recording.content_hash = input.content_hash;
  recording.owner = request.owner;
  recording.title = request.title.empty() ? title_from(input.source) : request.title;
  recording.isrc = request.isrc;
  recording.source = input.source;
  recording.action = request.policy;
  recording.duration_ms = static_cast<std::int64_t>(input.fingerprint.duration_ms());
  recording.quarantine_reason = quarantine_reason(input.fingerprint);
  if (!recording.quarantine_reason.empty()) recording.findings = {nothing_to_hear(recording)};
  if (recording.quarantine_reason.empty()) {
    recording.fingerprint = fingerprint::encode(reference);
    recording.chromaprint = chromaprint_bytes(input.opening);
  }
  return recording;
}

RegisterOutcome outcome_of(const NewRecording& input) {
  RegisterOutcome outcome;
  outcome.duration_ms = static_cast<std::uint64_t>(input.duration_ms);
  outcome.fingerprint_bytes = input.fingerprint.size();
  outcome.reason = input.quarantine_reason;
  outcome.findings = input.findings;
  if (!outcome.reason.empty()) outcome.status = RegisterStatus::kQuarantined;
  return outcome;
}

RegisterOutcome duplicate_of(const Twin& twin, const NewRecording& input) {
  RegisterOutcome outcome = outcome_of(input);
  outcome.status = RegisterStatus::kDuplicate;
  outcome.recording_id = twin.recording.id;
  outcome.fingerprint_bytes = static_cast<std::uint64_t>(twin.recording.fingerprint_bytes);
  outcome.reason = fmt::format("{} as {}", twin.how, twin.recording.source);
  if (owner_of(input) == twin.recording.owner) return outcome;
  outcome.reason += ", which belongs to " + twin.recording.owner;
  outcome.findings = {contested_by(input)};
  return outcome;
}

Twin same_twin(Recording recording, const NewRecording& input) {
  const bool same_file = recording.content_sha256 == to_hex(input.content_hash);
  return {std::move(recording), same_file ? "the same file" : "the same audio"};
}

Status pass_gates(registry::Registry& registry, std::span<const registry::SharedStretch> shared,
                  NewRecording& recording) {
  using Severity = registry::RegistrationFinding::Severity;
  std::vector<SharedStretch> in_others;
  for (const registry::SharedStretch& stretch : shared) {
    if (stretch.other_id.empty()) continue;
    EARMARK_TRY(auto one, placed(registry, stretch));
    in_others.push_back(std::move(one));
  }
  recording.findings = judge(recording.duration_ms, owner_of(recording), in_others);
  if (auto karaoke = judge_title(recording.title, recording.duration_ms))
    recording.findings.push_back(std::move(*karaoke));
  if (const auto refused = summary_of(recording.findings, Severity::kRefuse); !refused.empty())
    return fail(ErrorCode::kRefused, fmt::format("{}: not registered: {}", recording.source, refused));
  recording.quarantine_reason = summary_of(recording.findings, Severity::kReview);
  if (!recording.quarantine_reason.empty()) recording.hold = NewRecording::Hold::kForReview;
  return {};
}

}  // namespace earmark::catalogue
