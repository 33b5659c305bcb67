// From what was heard in an episode to what is claimed: Claims::record_scan.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "core/json.h"
#include "registry/claim_steps.h"
#include "registry/claims.h"
#include "registry/crawl_archive.h"
#include "registry/decision_json.h"
#include "registry/ids.h"
#include "registry/scan_steps.h"
#include "registry/use_facts.h"
#include "storage/database.h"

namespace earmark::registry {
namespace {

using storage::Session;

/// Two sightings are the same use when they overlap by this share of the shorter one …
constexpr double kSameUseOverlap = 0.5;
/// … and put the recording at the same place there, within this many ms.
constexpr double kSameUseDriftMs = 1000.0;

/// A cleared stretch clears what it covers this much of: of the episode in whatever alignment, and, in
/// another version of the episode, where things may have moved, of the recording.
constexpr double kClearedCover = 0.5;

/// Two recordings that are heard together for this much of the shorter use, about as surely (score of one
/// over that of the other), are not told apart.
constexpr double kAmbiguousOverlap = 0.8;
constexpr double kAmbiguousScore = 0.9;

struct EpisodeVersion {
  std::int64_t key = 0;
  std::int64_t episode_key = 0;
  std::string feed_url;
  std::string guid;
  std::string enclosure_url;
  std::optional<std::int64_t> enclosure_length;
};

void map_columns(storage::Columns& columns, EpisodeVersion& version) {
  columns(version.key)(version.episode_key)(version.feed_url)(version.guid)(version.enclosure_url);
  columns(version.enclosure_length);
}

/// What a claim needs to know of the recording.
struct Reference {
  std::string id;
  std::string title;
  std::string owner;
  std::string content_sha256;
  std::int64_t policy_key = 0;
  std::int64_t duration_ms = 0;
};

void map_columns(storage::Columns& columns, Reference& reference) {
  columns(reference.id)(reference.title)(reference.owner)(reference.content_sha256)(reference.policy_key);
  columns(reference.duration_ms);
}

struct KnownClaim {
  std::string id;
  NewSighting use;
};

void map_columns(storage::Columns& columns, KnownClaim& claim) {
  columns(claim.id)(claim.use.query_start_ms)(claim.use.query_end_ms);
  columns(claim.use.reference_start_ms)(claim.use.reference_end_ms)(claim.use.speed);
}

/// A stretch that a person, or silence, cleared.
struct ClearedUse {
  std::int64_t version_key = 0;
  NewSighting use;
};

void map_columns(storage::Columns& columns, ClearedUse& cleared) {
  columns(cleared.version_key)(cleared.use.query_start_ms)(cleared.use.query_end_ms);
  columns(cleared.use.reference_start_ms)(cleared.use.reference_end_ms);
}

/// Share of the first stretch that the second covers.
double covered(std::int64_t from, std::int64_t to, std::int64_t other_from, std::int64_t other_to) {
  if (to <= from) return 0.0;
  const auto both = std::min(to, other_to) - std::max(from, other_from);
  return static_cast<double>(std::max<std::int64_t>(0, both)) / static_cast<double>(to - from);
}

/// Where in the recording the sighting is at a time of the query; beyond its ends too.
double reference_at(const NewSighting& use, double query_ms) {
  return static_cast<double>(use.reference_start_ms) +
         (query_ms - static_cast<double>(use.query_start_ms)) * use.speed;
}

bool is_same_use(const NewSighting& a, const NewSighting& b) {
  const auto begin = static_cast<double>(std::max(a.query_start_ms, b.query_start_ms));
  const auto end = static_cast<double>(std::min(a.query_end_ms, b.query_end_ms));
  const auto shorter =
      static_cast<double>(std::min(a.query_end_ms - a.query_start_ms, b.query_end_ms - b.query_start_ms));
  if (end - begin <= 0 || end - begin < kSameUseOverlap * shorter) return false;
  const double middle = (begin + end) / 2;
  return std::abs(reference_at(a, middle) - reference_at(b, middle)) <= kSameUseDriftMs;
}

std::string evidence_of(const NewScan& scan, const NewSighting& use, const Reference& reference) {
  const FetchRecord& fetch = scan.fetch;
  const auto detail = parse_json(fetch.detail.empty() ? "null" : fetch.detail);
  return to_line(
      Json{{"score", use.score},
           {"probability", use.probability},
           {"speed", use.speed},
           {"pitch_cents", use.pitch_cents},
           {"ambiguous_with", use.ambiguous_with},
           {"engine", scan.engine},
           {"episode_duration_ms", scan.duration_ms},
           {"recording",
            {{"title", reference.title}, {"owner", reference.owner}, {"sha256", reference.content_sha256}}},
           {"fetch",
            {{"url", fetch.url},
             {"final_url", fetch.final_url},
             {"sha256", fetch.sha256},
             {"bytes", fetch.bytes},
             {"content_type", fetch.content_type},
             {"etag", fetch.etag},
             {"fetched_at", to_rfc3339(fetch.fetched_at)},
             {"transfer", detail ? *detail : Json(nullptr)}}}});
}

Result<std::string> free_id(Session& session, const EpisodeVersion& version, const Reference& reference,
                            const NewSighting& use) {
  const auto length = version.enclosure_length ? std::to_string(*version.enclosure_length) : std::string();
  const auto digest =
      digest_of({"claim", version.feed_url, version.guid, version.enclosure_url, length, reference.id,
                 std::to_string(use.query_start_ms), std::to_string(use.query_end_ms),
                 std::to_string(use.reference_start_ms), std::to_string(use.reference_end_ms)});
  for (std::size_t characters = kIdLength; characters <= kIdLengthMax; characters += kIdLengthStep) {
    auto id = public_id("clm_", digest, characters);
    EARMARK_TRY(const auto taken,
                session.get<std::int64_t>("SELECT count(*) FROM claims WHERE id = :id", {id}));
    if (taken == 0) return id;
  }
  return fail(ErrorCode::kConflict, "no free public id for a claim on " + reference.id);
}

/// One scan on its way into the store.
class ScanWriter {
 public:
  ScanWriter(Session& session, const NewScan& scan, Timestamp now)
      : session_(session), scan_(scan), now_(now) {}

  Result<ScanOutcome> run() {
    EARMARK_TRY(auto version,
                session_.find<EpisodeVersion>(
                    "SELECT v.key, v.episode_key, f.url, e.guid, v.enclosure_url, v.enclosure_length"
                    " FROM episode_versions v JOIN episodes e ON e.key = v.episode_key"
                    " JOIN feeds f ON f.key = e.feed_key WHERE v.key = :key",
                    {scan_.version_key}));
    if (!version) {
      return fail(ErrorCode::kNotFound,
                  fmt::format("episode version {}: not in this store", scan_.version_key));
    }
    version_ = std::move(*version);
    if (scan_.lease) EARMARK_TRY_STATUS(finish_task(session_, *scan_.lease));
    EARMARK_TRY_STATUS(insert_scan());
    EARMARK_TRY_STATUS(archive_scan(session_, scan_, scan_key_, now_));
    for (const NewSighting& use : scan_.sightings) EARMARK_TRY_STATUS(load(use.recording_key));
    for (const NewSighting& use : scan_.sightings) EARMARK_TRY_STATUS(add(use));
    outcome_.claims = static_cast<std::int64_t>(claims_.size());
    EARMARK_TRY_STATUS(
        session_.execute("UPDATE episode_versions SET state = :state, reason = '', matches = :matches, "
                         "claims = :claims WHERE key = :key",
                         {to_string(ScanState::kScanned), outcome_.matches, outcome_.claims, version_.key}));
    return outcome_;
  }

 private:
  Status insert_scan() {
    const FetchRecord& fetch = scan_.fetch;
    EARMARK_TRY(
        scan_key_,
        session_.get<std::int64_t>(
            "INSERT INTO scans (version_key, at, engine, duration_ms, url, final_url, sha256, bytes,"
            " content_type, etag, fetched_at) VALUES (:version, :now, :engine, :duration, :url, :final_url,"
            " :sha256, :bytes, :type, :etag, :fetched) RETURNING key",
            {version_.key, now_, scan_.engine, scan_.duration_ms, fetch.url, fetch.final_url, fetch.sha256,
             fetch.bytes, fetch.content_type, fetch.etag, fetch.fetched_at}));
    return {};
  }

  struct Known {
    Reference reference;
    UseFacts facts;
  };

  /// What is known of a recording, once a scan. One that was forgotten meanwhile has nothing.
  Status load(std::int64_t recording_key) {
    if (known_.contains(recording_key)) return {};
    std::optional<Known>& known = known_[recording_key];
    EARMARK_TRY(auto facts, load_facts(session_, recording_key, version_.feed_url, now_));
    if (!facts) return {};
    EARMARK_TRY(
        auto reference,
        session_.get<Reference>(
            "SELECT r.id, r.title, p.name, r.content_sha256, r.policy_key, r.duration_ms FROM recordings r"
            " JOIN parties p ON p.key = r.party_key WHERE r.key = :key",
            {recording_key}));
    known = Known{std::move(reference), std::move(*facts)};
    return {};
  }

  /// Another owner's recording is heard in the same place, about as well.
  [[nodiscard]] bool is_ambiguous(const NewSighting& use, const Known& known) const {
    return std::any_of(scan_.sightings.begin(), scan_.sightings.end(), [&](const NewSighting& other) {
      if (other.recording_key == use.recording_key || other.probability < kActiveProbability) return false;
      const auto& rival = known_.at(other.recording_key);
      if (!rival || rival->facts.registrant == known.facts.registrant) return false;
      const double overlap =
          std::max(covered(use.query_start_ms, use.query_end_ms, other.query_start_ms, other.query_end_ms),
                   covered(other.query_start_ms, other.query_end_ms, use.query_start_ms, use.query_end_ms));
      return overlap >= kAmbiguousOverlap && other.score >= kAmbiguousScore * use.score;
    });
  }

  [[nodiscard]] Result<bool> is_cleared(const NewSighting& use) {
    EARMARK_TRY(const auto all,
                session_.query<ClearedUse>(
                    "SELECT c.version_key, c.query_start_ms, c.query_end_ms, c.reference_start_ms,"
                    " c.reference_end_ms FROM cleared_uses u JOIN claims c ON c.key = u.claim_key"
                    " WHERE u.lifted_at IS NULL AND c.episode_key = :episode AND c.recording_key = :recording"
                    " ORDER BY u.key",
                    {version_.episode_key, use.recording_key}));
    return std::any_of(all.begin(), all.end(), [&](const ClearedUse& cleared) {
      const bool in_episode = covered(use.query_start_ms, use.query_end_ms, cleared.use.query_start_ms,
                                      cleared.use.query_end_ms) >= kClearedCover;
      const bool in_recording =
          covered(use.reference_start_ms, use.reference_end_ms, cleared.use.reference_start_ms,
                  cleared.use.reference_end_ms) >= kClearedCover;
      return in_episode || (in_recording && cleared.version_key != version_.key);
    });
  }

  Status add(const NewSighting& use) {
    std::optional<Known>& known = known_.at(use.recording_key);
    if (!known) return {};
    UseFacts& facts = known->facts;
    add_use(facts, use, known->reference.duration_ms);
    facts.is_ambiguous = !use.ambiguous_with.empty() || is_ambiguous(use, *known);
    EARMARK_TRY(facts.is_cleared, is_cleared(use));
    const Decision decision = decide(facts);
    EARMARK_TRY(const auto claim_key, claim(use, known->reference, decision));
    if (claim_key) claims_.insert(*claim_key);
    EARMARK_TRY(
        const auto sighting,
        session_.get<std::int64_t>(
            "INSERT INTO sightings (scan_key, recording_key, claim_key, query_start_ms, query_end_ms,"
            " reference_start_ms, reference_end_ms, speed, pitch_cents, score, probability, match_type, "
            "disposition,"
            " reason, decision) VALUES (:scan, :recording, :claim, :query_start, :query_end, "
            ":reference_start,"
            " :reference_end, :speed, :pitch, :score, :probability, :match, :disposition, :reason, "
            ":decision) RETURNING key",
            {scan_key_, use.recording_key, claim_key, use.query_start_ms, use.query_end_ms,
             use.reference_start_ms, use.reference_end_ms, use.speed, use.pitch_cents, use.score,
             use.probability, to_string(use.match_type), to_string(decision.disposition), decision.reason,
             to_line(to_json(decision))}));
    if (claim_key) EARMARK_TRY_STATUS(keep(sighting, use.evidence));
    ++outcome_.matches;
    return {};
  }

  Status keep(std::int64_t sighting, const std::vector<KeptEvidence>& evidence) {
    for (const KeptEvidence& kept : evidence) {
      EARMARK_TRY_STATUS(
          session_.execute("INSERT INTO sighting_evidence (sighting_key, kind, media_type, start_ms, end_ms, "
                           "sha256, note, data)"
                           " VALUES (:sighting, :kind, :type, :start, :end, :sha256, :note, :data)",
                           {sighting, kept.kind, kept.media_type, kept.start_ms, kept.end_ms, kept.sha256,
                            kept.note, kept.data}));
    }
    return {};
  }

  /// The claim on this use: the one that is there, a new one, or none.
  Result<std::optional<std::int64_t>> claim(const NewSighting& use, const Reference& reference,
                                            const Decision& decision) {
    if (use.probability < kReviewProbability) return std::optional<std::int64_t>();
    EARMARK_TRY(const auto known,
                session_.query<KnownClaim>("SELECT id, query_start_ms, query_end_ms, reference_start_ms,"
                                           " reference_end_ms, speed FROM claims WHERE episode_key = :episode"
                                           " AND recording_key = :recording ORDER BY key",
                                           {version_.episode_key, use.recording_key}));
    const auto same = std::find_if(known.begin(), known.end(),
                                   [&](const KnownClaim& old) { return is_same_use(old.use, use); });
    if (same != known.end()) return meet_again(same->id, use, decision);
    if (decision.disposition == Disposition::kNoClaim) return std::optional<std::int64_t>();
    return make_claim(use, reference, decision);
  }

  Result<std::optional<std::int64_t>> make_claim(const NewSighting& use, const Reference& reference,
                                                 const Decision& decision) {
    ClaimRow claim;
    EARMARK_TRY(claim.id, free_id(session_, version_, reference, use));
    claim.status = decision.disposition == Disposition::kActive ? ClaimStatus::kActive : ClaimStatus::kReview;
    claim.rule_id = decision.rule_id;
    claim.rule_version = decision.rule_version;
    const auto evidence = evidence_of(scan_, use, reference);
    // Where nobody's policy decided, the claim is kept under the one that the recording was registered with.
    const auto policy = decision.policy_key != 0 ? decision.policy_key : reference.policy_key;
    EARMARK_TRY(
        claim.key,
        session_.get<std::int64_t>(
            "INSERT INTO claims (id, version_key, episode_key, recording_key, policy_key, status,"
            " query_start_ms, query_end_ms, reference_start_ms, reference_end_ms, speed, pitch_cents, score,"
            " probability, created_at, deadline_at, evidence, action, in_effect, reason, decision)"
            " VALUES (:id, :version, :episode, :recording, :policy, :status, :query_start, :query_end,"
            " :reference_start, :reference_end, :speed, :pitch, :score, :probability, :now, :deadline, "
            ":evidence,"
            " :action, :effect, :reason, :decision) RETURNING key",
            {claim.id,
             version_.key,
             version_.episode_key,
             use.recording_key,
             policy,
             to_string(claim.status),
             use.query_start_ms,
             use.query_end_ms,
             use.reference_start_ms,
             use.reference_end_ms,
             use.speed,
             use.pitch_cents,
             use.score,
             use.probability,
             now_,
             now_,
             evidence,
             to_string(*decision.action),
             decision.in_effect ? to_string(*decision.in_effect) : std::string_view(),
             decision.reason,
             to_line(to_json(decision))}));
    EARMARK_TRY_STATUS(begin_claim(session_, claim, evidence, decision.reason, now_));
    ++outcome_.new_claims;
    return std::optional(claim.key);
  }

  /// A withdrawn claim comes back with its recording; any other stays as it is.
  Result<std::optional<std::int64_t>> meet_again(const std::string& id, const NewSighting& use,
                                                 const Decision& decision) {
    EARMARK_TRY(auto claim, find_claim_row(session_, id));
    if (!claim) return fail(ErrorCode::kInternal, id + ": a claim went away");
    const auto note = fmt::format("scan {}, probability {:.4f}", scan_key_, use.probability);
    if (claim->status == ClaimStatus::kWithdrawn && decision.disposition != Disposition::kNoClaim) {
      const ClaimEdge* const edge =
          find_edge(claim->status, decision.disposition == Disposition::kActive ? "claim" : "ask");
      const auto why = "registered again: " + note;
      EARMARK_TRY_STATUS(
          take_edge(session_, *claim, *edge, {ClaimRole::kEngine, "engine", {}, why, {}}, now_));
    } else {
      EARMARK_TRY_STATUS(note_seen_again(session_, *claim, note, now_));
    }
    return std::optional(claim->key);
  }

  Session& session_;
  const NewScan& scan_;
  Timestamp now_;
  EpisodeVersion version_;
  std::int64_t scan_key_ = 0;
  std::map<std::int64_t, std::optional<Known>> known_;
  std::set<std::int64_t> claims_;
  ScanOutcome outcome_;
};

}  // namespace

Result<ScanOutcome> store_scan(Session& session, const NewScan& scan, Timestamp now) {
  return ScanWriter(session, scan, now).run();
}

Result<ScanOutcome> Claims::record_scan(const NewScan& scan) {
  return database_->write([&](Session& session) { return store_scan(session, scan, clock_->now()); });
}

}  // namespace earmark::registry
