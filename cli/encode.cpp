#include "cli/encode.h"

#include "api/encode.h"

namespace earmark::cli {

using api::text_or_null;

Json encode(const registry::SharedStretch& stretch) { return api::encode(stretch); }

Json encode(const registry::RegistrationFinding& finding) {
  return {{"code", finding.code},
          {"severity", registry::to_string(finding.severity)},
          {"start_ms", finding.start_ms},
          {"end_ms", finding.end_ms},
          {"other_start_ms", finding.other_start_ms},
          {"other_end_ms", finding.other_end_ms},
          {"detail", finding.detail}};
}

Json encode(const RegisterLine& line) {
  Json json = {{"source", line.source}};
  if (line.outcome) {
    json["recording_id"] = text_or_null(line.outcome->recording_id);
    json["status"] = api::to_string(line.outcome->status);
    json["duration_ms"] = line.outcome->duration_ms;
    json["fingerprint_bytes"] = line.outcome->fingerprint_bytes;
    json["error"] = nullptr;
    json["reason"] = text_or_null(line.outcome->reason);
    json["shared"] = Json::array();
    for (const auto& stretch : line.outcome->shared) json["shared"].push_back(encode(stretch));
  } else {
    json["recording_id"] = nullptr;
    json["status"] = "error";
    json["duration_ms"] = nullptr;
    json["fingerprint_bytes"] = nullptr;
    json["error"] = line.error;
    json["reason"] = nullptr;
  }
  json["warnings"] = line.warnings;
  if (!line.outcome || line.outcome->findings.empty()) return json;
  Json& findings = json["findings"] = Json::array();
  for (const auto& finding : line.outcome->findings) findings.push_back(encode(finding));
  return json;
}

Json encode(const MatchLine& line) {
  Json matches = Json::array();
  for (const auto& use : line.matches) {
    matches.push_back(api::encode(use));
    if (use.match.probability < line.min_probability) matches.back()["review"] = true;
  }
  return {{"query", line.query},
          {"duration_ms", line.duration_ms ? Json(*line.duration_ms) : Json(nullptr)},
          {"matches", std::move(matches)},
          {"error", text_or_null(line.error)},
          {"warnings", line.warnings}};
}

Json encode(const crawler::EpisodeLine& episode) {
  return {{"feed", episode.feed},
          {"guid", episode.guid},
          {"title", episode.title},
          {"enclosure", episode.enclosure},
          {"status", crawler::to_string(episode.status)},
          {"reason", text_or_null(episode.reason)},
          {"matches", episode.matches},
          {"claims", episode.claims}};
}

}  // namespace earmark::cli
