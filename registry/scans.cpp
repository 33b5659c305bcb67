// From what was heard in an episode to what is claimed: Claims::record_scan.
#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "core/json.h"
#include "registry/claim_steps.h"
#include "registry/claims.h"
#include "registry/ids.h"
#include "storage/database.h"

namespace earmark::registry {
namespace {

using storage::Session;

/// Two sightings are the same use when they overlap by this share of the shorter one …
constexpr double kSameUseOverlap = 0.5;
/// … and put the recording at the same place there, within this many ms.
constexpr double kSameUseDriftMs = 1000.0;

constexpr std::string_view kEngine = "engine";

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
};

void map_columns(storage::Columns& columns, Reference& reference) {
  columns(reference.id)(reference.title)(reference.owner)(reference.content_sha256)(reference.policy_key);
}

struct KnownClaim {
  std::int64_t key = 0;
  std::string status;
  NewSighting use;
};

void map_columns(storage::Columns& columns, KnownClaim& claim) {
  columns(claim.key)(claim.status)(claim.use.query_start_ms)(claim.use.query_end_ms);
  columns(claim.use.reference_start_ms)(claim.use.reference_end_ms)(claim.use.speed);
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

ClaimStatus first_status(const NewSighting& use) {
  const bool is_sure = use.probability >= kActiveProbability && use.ambiguous_with.empty();
  return is_sure ? ClaimStatus::kActive : ClaimStatus::kReview;
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
    EARMARK_TRY_STATUS(insert_scan());
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

  Status add(const NewSighting& use) {
    EARMARK_TRY(const auto reference,
                session_.find<Reference>(
                    "SELECT r.id, r.title, p.name, r.content_sha256, r.policy_key FROM recordings r"
                    " JOIN parties p ON p.key = r.party_key WHERE r.key = :key AND r.status = :status",
                    {use.recording_key, to_string(RecordingStatus::kRegistered)}));
    if (!reference) return {};
    std::optional<std::int64_t> claim_key;
    if (use.probability >= kReviewProbability) {
      EARMARK_TRY(claim_key, claim(use, *reference));
      claims_.insert(*claim_key);
    }
    EARMARK_TRY(
        const auto sighting,
        session_.get<std::int64_t>(
            "INSERT INTO sightings (scan_key, recording_key, claim_key, query_start_ms, query_end_ms, "
            "reference_start_ms,"
            " reference_end_ms, speed, pitch_cents, score, probability) VALUES (:scan, :recording, :claim, "
            ":query_start,"
            " :query_end, :reference_start, :reference_end, :speed, :pitch, :score, :probability) RETURNING "
            "key",
            {scan_key_, use.recording_key, claim_key, use.query_start_ms, use.query_end_ms,
             use.reference_start_ms, use.reference_end_ms, use.speed, use.pitch_cents, use.score,
             use.probability}));
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

  /// The claim on this use: the one that is there, or a new one.
  Result<std::int64_t> claim(const NewSighting& use, const Reference& reference) {
    EARMARK_TRY(
        const auto known,
        session_.query<KnownClaim>(
            "SELECT key, status, query_start_ms, query_end_ms, reference_start_ms, reference_end_ms, speed"
            " FROM claims WHERE episode_key = :episode AND recording_key = :recording ORDER BY key",
            {version_.episode_key, use.recording_key}));
    const auto same = std::find_if(known.begin(), known.end(),
                                   [&](const KnownClaim& old) { return is_same_use(old.use, use); });
    if (same == known.end()) return make_claim(use, reference);
    EARMARK_TRY_STATUS(meet_again(*same, use));
    return same->key;
  }

  Result<std::int64_t> make_claim(const NewSighting& use, const Reference& reference) {
    EARMARK_TRY(const auto id, free_id(session_, version_, reference, use));
    const auto status = to_string(first_status(use));
    EARMARK_TRY(
        const auto key,
        session_.get<std::int64_t>(
            "INSERT INTO claims (id, version_key, episode_key, recording_key, policy_key, status,"
            " query_start_ms, query_end_ms, reference_start_ms, reference_end_ms, speed, pitch_cents, score,"
            " probability, created_at, deadline_at, evidence) VALUES (:id, :version, :episode, :recording,"
            " :policy, :status, :query_start, :query_end, :reference_start, :reference_end, :speed, :pitch,"
            " :score, :probability, :now, :deadline, :evidence) RETURNING key",
            {id, version_.key, version_.episode_key, use.recording_key, reference.policy_key, status,
             use.query_start_ms, use.query_end_ms, use.reference_start_ms, use.reference_end_ms, use.speed,
             use.pitch_cents, use.score, use.probability, now_, now_ + kAnswerPeriod,
             evidence_of(scan_, use, reference)}));
    EARMARK_TRY_STATUS(append_claim_event(session_, key, {"created", "", status, kEngine, ""}, now_));
    ++outcome_.new_claims;
    return key;
  }

  /// A withdrawn claim comes back with its recording; any other stays as it is.
  Status meet_again(const KnownClaim& known, const NewSighting& use) {
    const auto note = fmt::format("scan {}, probability {:.4f}", scan_key_, use.probability);
    if (known.status == to_string(ClaimStatus::kWithdrawn)) {
      return move_claim(
          session_, known.key,
          {"status", known.status, to_string(first_status(use)), kEngine, "registered again: " + note}, now_);
    }
    return append_claim_event(session_, known.key, {"seen_again", known.status, known.status, kEngine, note},
                              now_);
  }

  Session& session_;
  const NewScan& scan_;
  Timestamp now_;
  EpisodeVersion version_;
  std::int64_t scan_key_ = 0;
  std::set<std::int64_t> claims_;
  ScanOutcome outcome_;
};

}  // namespace

Result<ScanOutcome> Claims::record_scan(const NewScan& scan) {
  return database_->write([&](Session& session) { return ScanWriter(session, scan, clock_->now()).run(); });
}

Status Claims::record_scan_failure(std::int64_t version_key, ScanState state, std::string_view reason) {
  if (state != ScanState::kRefused && state != ScanState::kError) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("a failed scan is refused or error, not {}", to_string(state)));
  }
  return database_->write([&](Session& session) -> Status {
    EARMARK_TRY(const auto changed,
                session.execute(
                    "UPDATE episode_versions SET state = :state, reason = :reason, attempts = attempts + 1,"
                    " attempted_at = :now WHERE key = :key",
                    {to_string(state), reason, clock_->now(), version_key}));
    if (changed == 1) return {};
    return fail(ErrorCode::kNotFound, fmt::format("episode version {}: not in this store", version_key));
  });
}

}  // namespace earmark::registry
