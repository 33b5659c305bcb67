#include "registry/schema_evidence.h"

namespace earmark::registry {
namespace {

constexpr std::string_view kStatements[] = {
    // A stretch that a recording has in common with another, or with itself (other_key = recording_key).
    R"(CREATE TABLE shared_stretches (
         key {key},
         recording_key BIGINT NOT NULL REFERENCES recordings (key),
         other_key BIGINT NOT NULL REFERENCES recordings (key),
         start_ms BIGINT NOT NULL,
         end_ms BIGINT NOT NULL,
         other_start_ms BIGINT NOT NULL,
         other_end_ms BIGINT NOT NULL,
         speed DOUBLE PRECISION NOT NULL,
         score DOUBLE PRECISION NOT NULL,
         share DOUBLE PRECISION NOT NULL,
         found_at BIGINT NOT NULL))",
    "CREATE INDEX shared_stretches_by_recording ON shared_stretches (recording_key)",
    "CREATE INDEX shared_stretches_by_other ON shared_stretches (other_key)",
    // What was kept of a sighting when it was made: clips of sound, the explanation.
    R"(CREATE TABLE sighting_evidence (
         key {key},
         sighting_key BIGINT NOT NULL REFERENCES sightings (key),
         kind TEXT NOT NULL,
         media_type TEXT NOT NULL,
         start_ms BIGINT NOT NULL,
         end_ms BIGINT NOT NULL,
         sha256 TEXT NOT NULL,
         note TEXT NOT NULL,
         data {blob} NOT NULL))",
    "CREATE INDEX sighting_evidence_by_sighting ON sighting_evidence (sighting_key)",
    "CREATE INDEX sightings_by_claim ON sightings (claim_key)",
    // The signed manifests that went out, each with the hash of the one before; append-only.
    R"(CREATE TABLE evidence_bundles (
         sequence {key},
         claim_key BIGINT NOT NULL REFERENCES claims (key),
         manifest TEXT NOT NULL,
         sha256 TEXT NOT NULL,
         previous_sha256 TEXT NOT NULL,
         signature TEXT NOT NULL,
         public_key TEXT NOT NULL,
         created_at BIGINT NOT NULL))",
    "CREATE INDEX evidence_bundles_by_claim ON evidence_bundles (claim_key)",
};

}  // namespace

std::span<const std::string_view> evidence_statements() { return kStatements; }

}  // namespace earmark::registry
