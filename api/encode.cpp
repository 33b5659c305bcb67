#include "api/encode.h"

#include <cmath>

namespace earmark::api {
namespace {

/// Rounded, so that a figure has as many digits as it has meaning, and is the same text everywhere.
double rounded(double value, double steps_per_unit) {
  return std::round(value * steps_per_unit) / steps_per_unit + 0.0;  // + 0.0: no "-0.0"
}

double speed(double value) { return rounded(value, 1e5); }
double cents(double value) { return rounded(value, 10.0); }
double score(double value) { return rounded(value, 100.0); }
double probability(double value) { return rounded(value, 1e6); }

}  // namespace

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

std::string_view to_string(catalogue::RegisterStatus status) {
  switch (status) {
    case catalogue::RegisterStatus::kRegistered: return "registered";
    case catalogue::RegisterStatus::kDuplicate: return "duplicate";
    case catalogue::RegisterStatus::kQuarantined: return "quarantined";
  }
  return "error";
}

Json encode(const catalogue::MatchedUse& use) {
  const index::Match& match = use.match;
  return {{"recording_id", use.recording_id},
          {"source", use.source},
          {"title", use.title},
          {"query_start_ms", match.query_start_ms},
          {"query_end_ms", match.query_end_ms},
          {"reference_start_ms", match.reference_start_ms},
          {"reference_end_ms", match.reference_end_ms},
          {"speed", speed(match.speed)},
          {"pitch_cents", cents(match.pitch_cents)},
          {"score", score(match.score)},
          {"probability", probability(match.probability)},
          {"type", "recording"},
          {"ambiguous_with", use.ambiguous_with}};
}

Json encode(const registry::Claim& claim) {
  const auto evidence = parse_json(claim.evidence);
  return {{"claim_id", claim.id},
          {"status", registry::to_string(claim.status)},
          {"recording_id", claim.recording_id},
          {"source", claim.source},
          {"feed", claim.feed},
          {"guid", claim.guid},
          {"query_start_ms", claim.use.query_start_ms},
          {"query_end_ms", claim.use.query_end_ms},
          {"reference_start_ms", claim.use.reference_start_ms},
          {"reference_end_ms", claim.use.reference_end_ms},
          {"probability", probability(claim.use.probability)},
          {"action", registry::to_string(claim.action)},
          {"rule_id", claim.rule_id},
          {"created_at", to_rfc3339(claim.created_at)},
          {"deadline_at", to_rfc3339(claim.deadline_at)},
          {"evidence", evidence ? *evidence : text_or_null(claim.evidence)},
          {"title", claim.title},
          {"owner", claim.owner},
          {"episode_title", claim.episode_title},
          {"enclosure", claim.enclosure_url},
          {"speed", speed(claim.use.speed)},
          {"pitch_cents", cents(claim.use.pitch_cents)},
          {"score", score(claim.use.score)},
          {"rule_version", claim.rule_version}};
}

Json encode(const registry::SharedStretch& s) {
  return {{"kind", registry::to_string(s.kind)},
          {"recording_id", text_or_null(s.other_id)},
          {"title", text_or_null(s.other_title)},
          {"owner", text_or_null(s.other_owner)},
          {"start_ms", s.start_ms},
          {"end_ms", s.end_ms},
          {"other_start_ms", s.other_start_ms},
          {"other_end_ms", s.other_end_ms},
          {"speed", speed(s.speed)},
          {"score", score(s.score)},
          {"share", rounded(s.share, 1e4)}};
}

Json encode(const registry::ClaimEvent& event) {
  return {{"sequence", event.sequence},
          {"at", to_rfc3339(event.at)},
          {"kind", event.kind},
          {"from_status", text_or_null(event.from_status)},
          {"to_status", text_or_null(event.to_status)},
          {"actor", event.actor},
          {"note", text_or_null(event.note)},
          {"role", text_or_null(event.role)},
          {"reason", text_or_null(event.reason)}};
}

Json encode(const registry::Recording& recording) {
  return {{"recording_id", recording.id},
          {"status", registry::to_string(recording.status)},
          {"title", recording.title},
          {"owner", recording.owner},
          {"isrc", text_or_null(recording.isrc)},
          {"source", recording.source},
          {"duration_ms", recording.duration_ms},
          {"fingerprint_bytes", recording.fingerprint_bytes},
          {"policy", registry::to_string(recording.action)},
          {"rule_id", recording.rule_id},
          {"rule_version", recording.rule_version},
          {"reason", text_or_null(recording.reason)},
          {"content_sha256", recording.content_sha256},
          {"created_at", to_rfc3339(recording.created_at)},
          {"changed_at", to_rfc3339(recording.changed_at)}};
}

Json encode(const registry::Feed& feed) {
  return {{"feed", feed.url},
          {"title", text_or_null(feed.title)},
          {"fetched_at", feed.fetched_at ? Json(to_rfc3339(*feed.fetched_at)) : Json(nullptr)},
          {"error", text_or_null(feed.error)},
          {"failures", feed.failures},
          {"added_at", to_rfc3339(feed.added_at)}};
}

}  // namespace earmark::api
