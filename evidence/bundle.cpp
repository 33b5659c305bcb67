#include "evidence/bundle.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "core/hash.h"
#include "core/json.h"
#include "evidence/explain_json.h"
#include "evidence/explain_svg.h"
#include "evidence/explain_text.h"
#include "evidence/readme_text.h"
#include "evidence/store_key.h"

namespace earmark::evidence {
namespace {

using registry::BundleRecord;
using registry::Claim;
using registry::KeptEvidence;
using registry::SignedManifest;

struct Absent {
  std::string name;
  std::string reason;
};

struct Content {
  std::vector<Part> parts;
  std::vector<Absent> absent;

  void add(std::string name, std::string media_type, std::string_view text) {
    const auto bytes = as_bytes(text);
    parts.push_back({std::move(name), std::move(media_type), Bytes(bytes.begin(), bytes.end())});
  }
  void add(const Json& json, std::string name) {
    add(std::move(name), "application/json", json.dump(2) + "\n");
  }
};

std::string file_of(const std::string& kind) {
  if (kind == "clip.query") return "episode-clip.flac";
  if (kind == "clip.reference") return "recording-clip.flac";
  return kind == "explanation" ? "explanation.json" : kind;
}

Json parsed_or_text(const std::string& text) {
  auto json = parse_json(text);
  return json ? std::move(*json) : Json(text);
}

Json claim_json(const Claim& claim, const std::vector<registry::ClaimEvent>& events) {
  Json history = Json::array();
  for (const auto& event : events) {
    history.push_back({{"at", to_rfc3339(event.at)},
                       {"kind", event.kind},
                       {"from_status", event.from_status},
                       {"to_status", event.to_status},
                       {"actor", event.actor},
                       {"note", event.note}});
  }
  const Json evidence = parsed_or_text(claim.evidence);
  return {{"claim_id", claim.id},
          {"status", registry::to_string(claim.status)},
          {"recording",
           {{"recording_id", claim.recording_id},
            {"title", claim.title},
            {"owner", claim.owner},
            {"source", claim.source},
            {"start_ms", claim.use.reference_start_ms},
            {"end_ms", claim.use.reference_end_ms}}},
          {"episode",
           {{"feed", claim.feed},
            {"guid", claim.guid},
            {"title", claim.episode_title},
            {"enclosure", claim.enclosure_url},
            {"start_ms", claim.use.query_start_ms},
            {"end_ms", claim.use.query_end_ms}}},
          {"speed", claim.use.speed},
          {"pitch_cents", claim.use.pitch_cents},
          {"score", claim.use.score},
          {"probability", claim.use.probability},
          {"rule",
           {{"rule_id", claim.rule_id},
            {"version", claim.rule_version},
            {"action", registry::to_string(claim.action)}}},
          {"created_at", to_rfc3339(claim.created_at)},
          {"deadline_at", to_rfc3339(claim.deadline_at)},
          {"evidence", evidence},
          {"history", std::move(history)}};
}

/// The clips, the explanation and its picture; what is missing is named with the reason.
void add_kept(const std::vector<KeptEvidence>& kept, Content& content) {
  for (const KeptEvidence& item : kept) {
    const std::string name = file_of(item.kind);
    if (item.data.empty()) {
      content.absent.push_back({name, item.note});
      continue;
    }
    content.parts.push_back({name, item.media_type, item.data});
    if (item.kind != "explanation") continue;
    const auto json = parse_json(as_text(item.data));
    const auto explained = json ? explained_from(*json) : Result<catalogue::Explained>(fail(json.error()));
    if (explained) {
      content.add("explanation.svg", "image/svg+xml", draw(*explained));
    } else {
      content.absent.push_back({"explanation.svg", explained.error().message});
    }
  }
  if (kept.empty())
    content.absent.push_back({"clips and explanation", "nothing was kept when this use was found"});
}

Result<Content> content_of(registry::Registry& registry, const Claim& claim, const PublicKey& key) {
  Content content;
  EARMARK_TRY(const auto events, registry.claims().events(claim.id));
  content.add(claim_json(claim, events), "claim.json");
  EARMARK_TRY(const auto kept, registry.evidence().kept(claim.id));
  add_kept(kept, content);
  const Json evidence = parsed_or_text(claim.evidence);
  if (evidence.contains("fetch")) content.add(evidence.at("fetch"), "fetch.json");
  content.add(kPublicKeyName, "application/x-pem-file", to_pem(key));
  content.add("README.txt", "text/plain", kReadme);
  return content;
}

Json parts_json(const Content& content) {
  Json parts = Json::array();
  for (const Part& part : content.parts) {
    parts.push_back({{"name", part.name},
                     {"media_type", part.media_type},
                     {"bytes", part.bytes.size()},
                     {"sha256", to_hex(sha256(part.bytes))}});
  }
  return parts;
}

Json absent_json(const Content& content) {
  Json absent = Json::array();
  for (const Absent& item : content.absent) absent.push_back({{"name", item.name}, {"reason", item.reason}});
  return absent;
}

/// Says the claim's last manifest all that a new one would say?
bool still_holds(const BundleRecord& last, const Content& content, const PublicKey& key) {
  const auto manifest = parse_json(last.signed_manifest.manifest);
  return manifest && last.signed_manifest.public_key == to_hex(key) && manifest->contains("parts") &&
         manifest->at("parts") == parts_json(content);
}

SignedManifest sign_manifest(const Json& manifest, const SigningSeed& seed) {
  SignedManifest out;
  out.manifest = manifest.dump(2) + "\n";
  out.sha256 = to_hex(sha256(as_bytes(out.manifest)));
  out.signature = to_hex(sign(seed, as_bytes(out.manifest)));
  out.public_key = to_hex(public_key_of(seed));
  return out;
}

Json manifest_json(registry::Registry& registry, const Claim& claim, const Content& content,
                   const std::optional<BundleRecord>& previous, Timestamp now) {
  const Json evidence = parsed_or_text(claim.evidence);
  return {{"format", "earmark-evidence"},
          {"version", 1},
          {"store", registry.store_uuid()},
          {"sequence", previous ? previous->sequence + 1 : 1},
          {"created_at", to_rfc3339(now)},
          {"previous_sha256", previous ? Json(previous->signed_manifest.sha256) : Json(nullptr)},
          {"claim_id", claim.id},
          {"engine", evidence.contains("engine") ? evidence.at("engine") : Json(nullptr)},
          {"rule", {{"rule_id", claim.rule_id}, {"version", claim.rule_version}}},
          {"parts", parts_json(content)},
          {"absent", absent_json(content)}};
}

Bundle assembled(BundleRecord record, Content content) {
  Bundle bundle;
  const auto manifest = as_bytes(record.signed_manifest.manifest);
  bundle.parts.push_back({kManifestName, "application/json", Bytes(manifest.begin(), manifest.end())});
  bundle.parts.push_back({kSignatureName, "application/octet-stream",
                          from_hex(record.signed_manifest.signature).value_or(Bytes())});
  std::move(content.parts.begin(), content.parts.end(), std::back_inserter(bundle.parts));
  bundle.record = std::move(record);
  return bundle;
}

}  // namespace

Result<Bundle> make_bundle(registry::Registry& registry, std::string_view claim_id) {
  EARMARK_TRY(const auto claim, registry.claims().find(claim_id));
  if (!claim) return fail(ErrorCode::kNotFound, std::string(claim_id) + ": no such claim");
  EARMARK_TRY(const auto seed, ensure_store_key(registry.store()));
  const PublicKey key = public_key_of(seed);
  EARMARK_TRY(auto content, content_of(registry, *claim, key));
  EARMARK_TRY(auto last, registry.evidence().last_of(claim_id));
  if (last && still_holds(*last, content, key)) return assembled(std::move(*last), std::move(content));
  EARMARK_TRY(auto record,
              registry.evidence().append(
                  claim_id,
                  [&](const std::optional<BundleRecord>& previous, Timestamp now) -> Result<SignedManifest> {
                    return sign_manifest(manifest_json(registry, *claim, content, previous, now), seed);
                  }));
  return assembled(std::move(record), std::move(content));
}

}  // namespace earmark::evidence
