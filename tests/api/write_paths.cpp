#include "tests/api/write_paths.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/hash.h"
#include "tests/registry/fixture.h"

namespace earmark::api {
namespace {

using registry::ClaimStatus;
using registry::RecordingStatus;

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

/// What it has in common with a recording that is there already.
Result<std::string> write_shared(Stores& stores, const std::string& unique) {
  EARMARK_TRY(const auto first, add_recording(stores, unique));
  auto input = registry::recording("again " + unique, kOwner);
  input.chromaprint = Bytes(400, std::byte{0x5a});
  input.shared = {{first.key, 0, 5000, 10'000, 15'000, 1.0, 20.0, 0.05}};
  EARMARK_TRY(const auto second, stores.registry->recordings().add(input));
  return second.recording.id;
}

bool has_shared(Stores& stores, const std::string& id) {
  if (!is_registered(stores, id)) return false;
  const auto found = stores.registry->recordings().find(id);
  const auto shared = stores.registry->shared().of((*found)->key);
  return shared && shared->size() == 1;
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
  registry::PartyIdentifier identifier;
  identifier.party = "One " + unique;
  identifier.scheme = registry::IdentifierScheme::kPodcastGuid;
  const auto digits = to_hex(sha256(as_bytes(unique)));
  identifier.value = fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4),
                                 digits.substr(12, 4), digits.substr(16, 4), digits.substr(20, 12));
  EARMARK_TRY_STATUS(rights.identify(identifier, "test"));
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

constexpr WritePath kPaths[] = {
    {"register", write_recording, is_registered}, {"shared", write_shared, has_shared},
    {"forget", write_forgotten, is_forgotten},    {"scan", write_scan, is_scanned},
    {"release", write_release, is_released},      {"deadlines", write_deadlines, has_fired},
    {"rights", write_rights, has_rights},         {"terms", write_terms, has_terms},
    {"policy", write_policy, has_policy},         {"accept", write_accepted, is_registered},
    {"bundle", write_bundle, has_bundle},
};

std::vector<WritePath> all_paths() {
  std::vector<WritePath> paths(std::begin(kPaths), std::end(kPaths));
  for (const auto& more : {service_paths(), money_paths(), crawl_paths(), live_paths()})
    paths.insert(paths.end(), more.begin(), more.end());
  return paths;
}

}  // namespace

Result<registry::Recording> add_recording(Stores& stores, const std::string& unique) {
  EARMARK_TRY(auto outcome, stores.registry->recordings().add(registry::recording(unique, kOwner)));
  return std::move(outcome.recording);
}

Result<std::string> write_scan(Stores& stores, const std::string& unique) {
  EARMARK_TRY(const auto song, add_recording(stores, unique));
  const std::string url = "https://example.org/" + unique;
  EARMARK_TRY(const auto feed, stores.registry->feeds().add(url));
  const registry::EpisodeInput input[] = {{kGuid, "One", std::nullopt, url + ".mp3", "audio/mpeg", 1000}};
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

Result<Stores> Stores::open(const std::filesystem::path& folder, const Clock& clock) {
  Stores stores;
  registry::Registry::Options options;
  options.store = folder;
  options.clock = &clock;
  EARMARK_TRY(stores.registry, registry::Registry::open(options));
  EARMARK_TRY(stores.service, ServiceStore::open(folder, clock));
  EARMARK_TRY(stores.books, monetization::Books::open(folder, clock));
  EARMARK_TRY(stores.audience, audience::AudienceStore::open(folder, clock));
  EARMARK_TRY(stores.live, registry::Live::open(folder, clock));
  stores.clock = &clock;
  return stores;
}

const std::vector<WritePath>& write_paths() {
  static const std::vector<WritePath> paths = all_paths();
  return paths;
}

}  // namespace earmark::api
