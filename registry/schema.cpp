#include "registry/schema.h"

#include <array>
#include <string_view>

#include "registry/schema_audience.h"
#include "registry/schema_crawl.h"
#include "registry/schema_evidence.h"
#include "registry/schema_live.h"
#include "registry/schema_money.h"
#include "registry/schema_rights.h"
#include "registry/service_schema.h"

namespace earmark::registry {
namespace {

constexpr std::string_view kFirstCut[] = {
    R"(CREATE TABLE store (
         id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
         uuid TEXT NOT NULL,
         revision BIGINT NOT NULL,
         created_at BIGINT NOT NULL))",
    R"(CREATE TABLE parties (
         key {key},
         name TEXT NOT NULL UNIQUE,
         created_at BIGINT NOT NULL))",
    R"(CREATE TABLE policies (
         key {key},
         rule_id TEXT NOT NULL,
         version BIGINT NOT NULL,
         party_key BIGINT NOT NULL REFERENCES parties (key),
         action TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         UNIQUE (rule_id, version)))",
    R"(CREATE TABLE recordings (
         key {key},
         id TEXT NOT NULL UNIQUE,
         identity TEXT NOT NULL UNIQUE,
         status TEXT NOT NULL,
         party_key BIGINT NOT NULL REFERENCES parties (key),
         policy_key BIGINT NOT NULL REFERENCES policies (key),
         title TEXT NOT NULL,
         isrc TEXT NOT NULL,
         source TEXT NOT NULL,
         content_sha256 TEXT NOT NULL,
         duration_ms BIGINT NOT NULL,
         fingerprint_bytes BIGINT NOT NULL,
         reason TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         changed_at BIGINT NOT NULL))",
    R"(CREATE TABLE recording_contents (
         content_sha256 TEXT NOT NULL PRIMARY KEY,
         recording_key BIGINT NOT NULL REFERENCES recordings (key)))",
    R"(CREATE TABLE fingerprints (
         recording_key BIGINT NOT NULL PRIMARY KEY REFERENCES recordings (key),
         emfp {blob} NOT NULL))",
    R"(CREATE TABLE recording_events (
         sequence {key},
         recording_key BIGINT NOT NULL REFERENCES recordings (key),
         at BIGINT NOT NULL,
         kind TEXT NOT NULL,
         detail TEXT NOT NULL))",
    "CREATE INDEX recording_events_by_recording ON recording_events (recording_key)",
    R"(CREATE TABLE catalogue_changes (
         revision BIGINT NOT NULL PRIMARY KEY,
         chain TEXT NOT NULL,
         recording_key BIGINT NOT NULL REFERENCES recordings (key),
         kind TEXT NOT NULL))",
    R"(CREATE TABLE feeds (
         key {key},
         url TEXT NOT NULL UNIQUE,
         title TEXT NOT NULL,
         etag TEXT NOT NULL,
         last_modified TEXT NOT NULL,
         fetched_at BIGINT,
         error TEXT NOT NULL,
         failures BIGINT NOT NULL,
         added_at BIGINT NOT NULL))",
    R"(CREATE TABLE episodes (
         key {key},
         feed_key BIGINT NOT NULL REFERENCES feeds (key),
         guid TEXT NOT NULL,
         title TEXT NOT NULL,
         published_at BIGINT,
         version BIGINT NOT NULL,
         first_seen_at BIGINT NOT NULL,
         UNIQUE (feed_key, guid)))",
    R"(CREATE TABLE episode_versions (
         key {key},
         episode_key BIGINT NOT NULL REFERENCES episodes (key),
         version BIGINT NOT NULL,
         enclosure_url TEXT NOT NULL,
         enclosure_type TEXT NOT NULL,
         enclosure_length BIGINT,
         first_seen_at BIGINT NOT NULL,
         state TEXT NOT NULL,
         reason TEXT NOT NULL,
         attempts BIGINT NOT NULL,
         attempted_at BIGINT,
         matches BIGINT NOT NULL,
         claims BIGINT NOT NULL,
         UNIQUE (episode_key, version)))",
    "CREATE INDEX episode_versions_by_state ON episode_versions (state)",
    R"(CREATE TABLE scans (
         key {key},
         version_key BIGINT NOT NULL REFERENCES episode_versions (key),
         at BIGINT NOT NULL,
         engine TEXT NOT NULL,
         duration_ms BIGINT NOT NULL,
         url TEXT NOT NULL,
         final_url TEXT NOT NULL,
         sha256 TEXT NOT NULL,
         bytes BIGINT NOT NULL,
         content_type TEXT NOT NULL,
         etag TEXT NOT NULL,
         fetched_at BIGINT NOT NULL))",
    "CREATE INDEX scans_by_version ON scans (version_key)",
    R"(CREATE TABLE claims (
         key {key},
         id TEXT NOT NULL UNIQUE,
         version_key BIGINT NOT NULL REFERENCES episode_versions (key),
         episode_key BIGINT NOT NULL REFERENCES episodes (key),
         recording_key BIGINT NOT NULL REFERENCES recordings (key),
         policy_key BIGINT NOT NULL REFERENCES policies (key),
         status TEXT NOT NULL,
         query_start_ms BIGINT NOT NULL,
         query_end_ms BIGINT NOT NULL,
         reference_start_ms BIGINT NOT NULL,
         reference_end_ms BIGINT NOT NULL,
         speed DOUBLE PRECISION NOT NULL,
         pitch_cents DOUBLE PRECISION NOT NULL,
         score DOUBLE PRECISION NOT NULL,
         probability DOUBLE PRECISION NOT NULL,
         created_at BIGINT NOT NULL,
         deadline_at BIGINT NOT NULL,
         evidence TEXT NOT NULL))",
    "CREATE INDEX claims_by_use ON claims (episode_key, recording_key)",
    "CREATE INDEX claims_by_recording ON claims (recording_key)",
    R"(CREATE TABLE claim_events (
         sequence {key},
         claim_key BIGINT NOT NULL REFERENCES claims (key),
         at BIGINT NOT NULL,
         kind TEXT NOT NULL,
         from_status TEXT NOT NULL,
         to_status TEXT NOT NULL,
         actor TEXT NOT NULL,
         note TEXT NOT NULL))",
    "CREATE INDEX claim_events_by_claim ON claim_events (claim_key)",
    R"(CREATE TABLE sightings (
         key {key},
         scan_key BIGINT NOT NULL REFERENCES scans (key),
         recording_key BIGINT NOT NULL REFERENCES recordings (key),
         claim_key BIGINT REFERENCES claims (key),
         query_start_ms BIGINT NOT NULL,
         query_end_ms BIGINT NOT NULL,
         reference_start_ms BIGINT NOT NULL,
         reference_end_ms BIGINT NOT NULL,
         speed DOUBLE PRECISION NOT NULL,
         pitch_cents DOUBLE PRECISION NOT NULL,
         score DOUBLE PRECISION NOT NULL,
         probability DOUBLE PRECISION NOT NULL))",
    "CREATE INDEX sightings_by_scan ON sightings (scan_key)",
    "CREATE INDEX sightings_by_recording ON sightings (recording_key)",
};

}  // namespace

std::span<const storage::Migration> schema() {
  static const std::array kMigrations = {
      storage::Migration{1, "first cut", kFirstCut},
      storage::Migration{2, "shared material and evidence", evidence_statements()},
      storage::Migration{3, "service", service_tables()},
      storage::Migration{4, "rights, policies, procedure", rights_migration()},
      storage::Migration{5, "crawling", crawl_tables()},
      storage::Migration{6, "money", money_tables()},
      storage::Migration{7, "audience", audience_tables()},
      storage::Migration{8, "live streams", live_tables()},
  };
  return kMigrations;
}

}  // namespace earmark::registry
