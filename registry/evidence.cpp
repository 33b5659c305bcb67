#include "registry/evidence.h"

#include "storage/database.h"

namespace earmark::registry {
namespace {

using storage::Session;

constexpr std::string_view kSelectBundle =
    "SELECT b.sequence, c.id, b.manifest, b.sha256, b.signature, b.public_key, b.previous_sha256, "
    "b.created_at"
    " FROM evidence_bundles b JOIN claims c ON c.key = b.claim_key ";

}  // namespace

static void map_columns(storage::Columns& columns, KeptEvidence& kept) {
  columns(kept.kind)(kept.media_type)(kept.start_ms)(kept.end_ms)(kept.sha256)(kept.note)(kept.data);
}

static void map_columns(storage::Columns& columns, BundleRecord& bundle) {
  SignedManifest& manifest = bundle.signed_manifest;
  columns(bundle.sequence)(bundle.claim_id)(manifest.manifest)(manifest.sha256)(manifest.signature);
  columns(manifest.public_key)(bundle.previous_sha256)(bundle.created_at);
}

Result<std::vector<KeptEvidence>> EvidenceStore::kept(std::string_view claim_id) const {
  return database_->read([&](Session& session) {
    return session.query<KeptEvidence>(
        "SELECT e.kind, e.media_type, e.start_ms, e.end_ms, e.sha256, e.note, e.data FROM sighting_evidence e"
        " WHERE e.sighting_key = (SELECT min(s.key) FROM sightings s JOIN claims c ON c.key = s.claim_key"
        " WHERE c.id = :id AND s.key IN (SELECT sighting_key FROM sighting_evidence)) ORDER BY e.key",
        {claim_id});
  });
}

Result<std::optional<BundleRecord>> EvidenceStore::last_of(std::string_view claim_id) const {
  return database_->read([&](Session& session) {
    return session.find<BundleRecord>(
        std::string(kSelectBundle) + "WHERE c.id = :id ORDER BY b.sequence DESC LIMIT 1", {claim_id});
  });
}

Result<std::vector<BundleRecord>> EvidenceStore::chain() const {
  return database_->read([&](Session& session) {
    return session.query<BundleRecord>(std::string(kSelectBundle) + "ORDER BY b.sequence");
  });
}

Result<BundleRecord> EvidenceStore::append(std::string_view claim_id, const MakeManifest& make) {
  return database_->write([&](Session& session) -> Result<BundleRecord> {
    EARMARK_TRY(const auto claim,
                session.find<std::int64_t>("SELECT key FROM claims WHERE id = :id", {claim_id}));
    if (!claim) return fail(ErrorCode::kNotFound, std::string(claim_id) + ": no such claim");
    EARMARK_TRY(const auto previous,
                session.find<BundleRecord>(std::string(kSelectBundle) + "ORDER BY b.sequence DESC LIMIT 1"));
    BundleRecord bundle;
    bundle.claim_id = claim_id;
    bundle.created_at = clock_->now();
    if (previous) bundle.previous_sha256 = previous->signed_manifest.sha256;
    EARMARK_TRY(bundle.signed_manifest, make(previous, bundle.created_at));
    const SignedManifest& manifest = bundle.signed_manifest;
    EARMARK_TRY(
        bundle.sequence,
        session.get<std::int64_t>(
            "INSERT INTO evidence_bundles (claim_key, manifest, sha256, previous_sha256, signature,"
            " public_key, created_at) VALUES (:claim, :manifest, :sha256, :previous, :signature, :key, :now)"
            " RETURNING sequence",
            {*claim, manifest.manifest, manifest.sha256, bundle.previous_sha256, manifest.signature,
             manifest.public_key, bundle.created_at}));
    return bundle;
  });
}

}  // namespace earmark::registry
