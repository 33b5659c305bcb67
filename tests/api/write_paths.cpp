#include "tests/api/write_paths.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/audit.h"
#include "api/chroma_index.h"
#include "api/jobs.h"
#include "api/keys.h"
#include "api/replies.h"
#include "api/webhooks.h"
#include "tests/registry/fixture.h"

namespace earmark::api {
namespace {

using registry::ClaimStatus;
using registry::RecordingStatus;

constexpr const char* kOwner = "Label";

Result<registry::Recording> add_recording(Stores& stores, const std::string& unique) {
  EARMARK_TRY(auto outcome, stores.registry->recordings().add(registry::recording(unique, kOwner)));
  return std::move(outcome.recording);
}

Result<std::string> write_recording(Stores& stores, const std::string& unique) {
  EARMARK_TRY(const auto added, add_recording(stores, unique));
  return added.id;
}

bool is_registered(Stores& stores, const std::string& id) {
  const auto found = stores.registry->recordings().find(id);
  if (!found || !*found || (*found)->status != RecordingStatus::kRegistered) return false;
  const auto fingerprint = stores.registry->recordings().fingerprint((*found)->key);
  const auto history = stores.registry->recordings().history(id);
  return fingerprint && *fingerprint && history && !history->empty();
}

Result<std::string> write_forgotten(Stores& stores, const std::string& unique) {
  EARMARK_TRY(const auto added, add_recording(stores, unique));
  EARMARK_TRY_STATUS(stores.registry->recordings().forget(added.id));
  return added.id;
}

bool is_forgotten(Stores& stores, const std::string& id) {
  const auto found = stores.registry->recordings().find(id);
  if (!found || !*found || (*found)->status != RecordingStatus::kForgotten) return false;
  const auto fingerprint = stores.registry->recordings().fingerprint((*found)->key);
  return fingerprint && !*fingerprint;
}

registry::NewSighting sighting(std::int64_t recording, std::int64_t start_ms, double probability) {
  registry::NewSighting use;
  use.recording_key = recording;
  use.query_start_ms = start_ms;
  use.query_end_ms = start_ms + 20'000;
  use.reference_start_ms = 30'000;
  use.reference_end_ms = 50'000;
  use.score = 12.5;
  use.probability = probability;
  use.evidence = {{"clip.query", "audio/flac", 0, 10'000, "ab", "", Bytes(2000)}};
  return use;
}

Result<std::string> write_scan(Stores& stores, const std::string& unique) {
  EARMARK_TRY(const auto song, add_recording(stores, unique));
  const std::string url = "https://example.org/" + unique;
  EARMARK_TRY(const auto feed, stores.registry->feeds().add(url));
  const registry::EpisodeInput input[] = {{"guid", "One", std::nullopt, url + ".mp3", "audio/mpeg", 1000}};
  EARMARK_TRY_STATUS(stores.registry->feeds().upsert_episodes(feed.feed.key, input));
  EARMARK_TRY(const auto episodes, stores.registry->feeds().episodes(feed.feed.key));
  registry::NewScan scan;
  scan.version_key = episodes.at(0).version_key;
  scan.fetch.url = url + ".mp3";
  scan.duration_ms = 3'600'000;
  scan.engine = "test";
  scan.sightings = {sighting(song.key, 60'000, 0.99), sighting(song.key, 600'000, 0.7)};
  EARMARK_TRY_STATUS(stores.registry->claims().record_scan(scan));
  return url;
}

Result<std::vector<registry::Claim>> claims_of(Stores& stores, const std::string& feed) {
  registry::ClaimFilter filter;
  filter.feed_url = feed;
  return stores.registry->claims().list(filter);
}

bool is_scanned(Stores& stores, const std::string& feed_url) {
  const auto feed = stores.registry->feeds().find(feed_url);
  if (!feed || !*feed) return false;
  const auto episodes = stores.registry->feeds().episodes((*feed)->key);
  if (!episodes || episodes->size() != 1 || episodes->at(0).state != registry::ScanState::kScanned)
    return false;
  const auto claims = claims_of(stores, feed_url);
  if (!claims || claims->size() != 2 || episodes->at(0).claims != 2) return false;
  return std::all_of(claims->begin(), claims->end(), [&](const registry::Claim& claim) {
    const auto kept = stores.registry->evidence().kept(claim.id);
    return kept && kept->size() == 1 && kept->at(0).data.size() == 2000;
  });
}

Result<std::string> write_release(Stores& stores, const std::string& unique) {
  EARMARK_TRY(const auto feed, write_scan(stores, unique));
  EARMARK_TRY(const auto claims, claims_of(stores, feed));
  EARMARK_TRY_STATUS(stores.registry->claims().act(
      {claims.at(0).id, "dispute", "uploader", "Publisher", "licensed", "", "invoice " + unique}));
  EARMARK_TRY_STATUS(
      stores.registry->claims().act({claims.at(0).id, "release", "claimant", kOwner, "", "", ""}));
  return claims.at(0).id;
}

bool is_released(Stores& stores, const std::string& id) {
  const auto claim = stores.registry->claims().find(id);
  const auto events = stores.registry->claims().events(id);
  const auto evidence = stores.registry->claims().evidence(id);
  return claim && *claim && (*claim)->status == ClaimStatus::kReleased && events && events->size() >= 3 &&
         evidence && evidence->back().body.starts_with("invoice ");
}

/// The clock is far beyond the deadlines of what came before.
Result<std::string> write_deadlines(Stores& stores, const std::string& unique) {
  EARMARK_TRY_STATUS(write_scan(stores, unique));
  EARMARK_TRY(const auto fired, stores.registry->claims().tick());
  return fired.empty() ? "none" : fired.front().claim_id;
}

bool has_fired(Stores& stores, const std::string& id) {
  if (id == "none") return true;
  const auto deadlines = stores.registry->claims().deadlines(id);
  return deadlines &&
         std::any_of(deadlines->begin(), deadlines->end(), [](const registry::ClaimDeadline& one) {
           return one.outcome == "fired" && one.settled_at;
         });
}

Result<std::string> write_rights(Stores& stores, const std::string& unique) {
  EARMARK_TRY(const auto song, add_recording(stores, unique));
  auto& rights = stores.registry->rights();
  EARMARK_TRY(const auto work, rights.ensure_work("", "Work " + unique, "test"));
  EARMARK_TRY_STATUS(rights.link_work(song.id, work.id, "test"));
  registry::Release wanted;
  wanted.title = "Release " + unique;
  EARMARK_TRY(const auto release, rights.ensure_release(wanted, "test"));
  EARMARK_TRY_STATUS(rights.add_to_release(release.id, song.id, 1, "test"));
  const registry::Share shares[] = {{"One " + unique, 600'000, {}, {}, {}}, {"Two", 600'000, {}, {}, {}}};
  EARMARK_TRY_STATUS(rights.set_shares(song.id, shares, "test"));
  return song.id;
}

bool has_rights(Stores& stores, const std::string& id) {
  const auto ownership = stores.registry->rights().ownership(id);
  const auto works = stores.registry->rights().works_of(id);
  return ownership && ownership->shares.size() == 2 && ownership->conflicts.size() == 1 && works &&
         works->size() == 1;
}

Result<std::string> write_terms(Stores& stores, const std::string& unique) {
  EARMARK_TRY(const auto song, add_recording(stores, unique));
  auto& terms = stores.registry->terms();
  registry::Licence licence;
  licence.party = kOwner;
  licence.licensee = unique;
  licence.recording_id = song.id;
  EARMARK_TRY_STATUS(terms.give(licence, "test"));
  registry::RightsDocument document;
  document.kind = registry::DocumentKind::kPublicDomain;
  document.subject = song.id;
  document.reason = "author died in 1911";
  EARMARK_TRY_STATUS(terms.attach(document, "test"));
  EARMARK_TRY_STATUS(terms.exclude(song.id, {0, 1000, 2000, {}, "applause", {}}, "test"));
  return song.id;
}

bool has_terms(Stores& stores, const std::string& id) {
  const auto documents = stores.registry->terms().documents(id);
  const auto exclusions = stores.registry->terms().exclusions(id);
  return documents && documents->size() == 1 && exclusions && exclusions->size() == 1;
}

Result<std::string> write_policy(Stores& stores, const std::string& unique) {
  registry::NewPolicy policy;
  policy.party = "Party-" + unique;
  policy.name = "mine";
  EARMARK_TRY(auto line, registry::parse_policy_line("block territory=DE min_share=90%"));
  policy.lines = {line, line};
  EARMARK_TRY(const auto made, stores.registry->policies().put(policy, "test"));
  EARMARK_TRY_STATUS(stores.registry->policies().use(policy.party, "", made.rule_id, "test"));
  return policy.party;
}

bool has_policy(Stores& stores, const std::string& party) {
  const auto policies = stores.registry->policies().list(party);
  const auto history = stores.registry->rights().history(party);
  return policies && policies->size() == 1 && policies->at(0).lines.size() == 2 && history &&
         std::any_of(history->begin(), history->end(),
                     [](const registry::RightsEvent& event) { return event.kind == "policy_used"; });
}

Result<std::string> write_accepted(Stores& stores, const std::string& unique) {
  auto input = registry::recording(unique, kOwner);
  input.quarantine_reason = "parts of it are another's";
  input.hold = registry::NewRecording::Hold::kForReview;
  input.findings = {
      {"owned_by_another", registry::RegistrationFinding::Severity::kReview, 0, 1000, 0, 0, 0, "x"}};
  EARMARK_TRY(const auto outcome, stores.registry->recordings().add(input));
  EARMARK_TRY_STATUS(stores.registry->reviews().accept(outcome.recording.id, "reviewer", ""));
  return outcome.recording.id;
}

Result<std::string> write_bundle(Stores& stores, const std::string& unique) {
  EARMARK_TRY(const auto feed, write_scan(stores, unique));
  EARMARK_TRY(const auto claims, claims_of(stores, feed));
  EARMARK_TRY_STATUS(stores.registry->evidence().append(
      claims.at(0).id, [&](const auto&, Timestamp) -> Result<registry::SignedManifest> {
        return registry::SignedManifest{"{}", "sha of " + unique, "signature", "key"};
      }));
  return claims.at(0).id;
}

bool has_bundle(Stores& stores, const std::string& claim_id) {
  const auto bundle = stores.registry->evidence().last_of(claim_id);
  return bundle && *bundle && (*bundle)->signed_manifest.manifest == "{}";
}

Result<std::string> write_key(Stores& stores, const std::string& unique) {
  Keys keys(*stores.service);
  EARMARK_TRY(const auto made, keys.create({Role::kHolder, "Party-" + unique, unique, std::nullopt}));
  EARMARK_TRY(const auto rotated, keys.rotate(made.key.id, std::chrono::hours(1)));
  EARMARK_TRY_STATUS(keys.revoke(made.key.id));
  return rotated.secret;
}

bool opens(Stores& stores, const std::string& secret) {
  const auto found = Keys(*stores.service).find(secret);
  return found && *found;
}

Result<Caller> operator_of(Stores& stores) {
  EARMARK_TRY(const auto party, stores.service->party_key("default"));
  return Caller{"", Role::kAdmin, party, "default"};
}

Result<std::string> write_job(Stores& stores, const std::string&) {
  EARMARK_TRY(const auto caller, operator_of(stores));
  Jobs jobs(*stores.service, stores.registry->store() / "spool" / "jobs",
            [](const Job&) -> Result<Json> { return Json::object(); });
  EARMARK_TRY(const auto job, jobs.add(caller.party_key, "match", {{"source", "x"}}, ""));
  return job.id;
}

bool has_job(Stores& stores, const std::string& id) {
  const auto caller = operator_of(stores);
  Jobs jobs(*stores.service, stores.registry->store() / "spool" / "jobs",
            [](const Job&) -> Result<Json> { return Json::object(); });
  const auto job = caller ? jobs.find(*caller, id) : Result<std::optional<Job>>(std::nullopt);
  return job && *job && (*job)->state == "queued";
}

Result<std::string> write_reply(Stores& stores, const std::string& unique) {
  EARMARK_TRY(const auto caller, operator_of(stores));
  Replies replies(*stores.service);
  EARMARK_TRY_STATUS(replies.begin(caller.party_key, unique, sha256(as_bytes(unique))));
  EARMARK_TRY_STATUS(replies.finish(caller.party_key, unique, sha256(as_bytes(unique)),
                                    {201, "application/json", "{}", {}}));
  Audit audit(*stores.service);
  EARMARK_TRY_STATUS(audit.append(caller, {0, {}, "", "", "", "test", unique, 201, ""}));
  return unique;
}

bool has_reply(Stores& stores, const std::string& unique) {
  const auto caller = operator_of(stores);
  if (!caller) return false;
  Replies replies(*stores.service);
  const auto begun = replies.begin(caller->party_key, unique, sha256(as_bytes(unique)));
  return begun && begun->kind == Replies::Begun::Kind::kReplayed && begun->answer.status == 201;
}

Result<std::string> write_webhook(Stores& stores, const std::string& unique) {
  EARMARK_TRY(const auto caller, operator_of(stores));
  Webhooks webhooks(*stores.service);
  EARMARK_TRY(const auto hook, webhooks.create(caller, "https://example.org/" + unique, "*"));
  EARMARK_TRY_STATUS(webhooks.send_test(hook));
  EARMARK_TRY_STATUS(webhooks.collect());
  auto changed = hook;
  changed.state = "disabled";
  EARMARK_TRY_STATUS(webhooks.update(changed));
  return hook.id;
}

bool has_webhook(Stores& stores, const std::string& id) {
  const auto caller = operator_of(stores);
  if (!caller) return false;
  Webhooks webhooks(*stores.service);
  const auto hook = webhooks.find(*caller, id);
  if (!hook || !*hook || (*hook)->state != "disabled") return false;
  const auto messages = webhooks.messages(**hook, {});
  return messages && !messages->empty() && messages->at(0).type == "webhook.test";
}

Result<std::string> write_submission(Stores& stores, const std::string& unique) {
  EARMARK_TRY(const auto caller, operator_of(stores));
  std::vector<std::uint32_t> items(200);
  for (std::size_t i = 0; i < items.size(); ++i)
    items[i] = static_cast<std::uint32_t>(std::hash<std::string>()(unique + std::to_string(i)));
  ChromaIndex index(*stores.service);
  EARMARK_TRY(const auto id, index.submit({caller.party_key, 60, items, "", {{"track", unique}}}));
  return std::to_string(id);
}

bool has_submission(Stores& stores, const std::string& id) {
  return ChromaIndex(*stores.service).track_of(std::stoll(id)).has_value();
}

constexpr WritePath kPaths[] = {
    {"register", write_recording, is_registered},
    {"forget", write_forgotten, is_forgotten},
    {"scan", write_scan, is_scanned},
    {"release", write_release, is_released},
    {"deadlines", write_deadlines, has_fired},
    {"rights", write_rights, has_rights},
    {"terms", write_terms, has_terms},
    {"policy", write_policy, has_policy},
    {"accept", write_accepted, is_registered},
    {"bundle", write_bundle, has_bundle},
    {"key", write_key, opens},
    {"job", write_job, has_job},
    {"reply", write_reply, has_reply},
    {"webhook", write_webhook, has_webhook},
    {"submission", write_submission, has_submission},
};

}  // namespace

Result<Stores> Stores::open(const std::filesystem::path& folder, const Clock& clock) {
  Stores stores;
  registry::Registry::Options options;
  options.store = folder;
  options.clock = &clock;
  EARMARK_TRY(stores.registry, registry::Registry::open(options));
  EARMARK_TRY(stores.service, ServiceStore::open(folder, clock));
  return stores;
}

std::span<const WritePath> write_paths() { return kPaths; }

}  // namespace earmark::api
