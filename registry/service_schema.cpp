#include "registry/service_schema.h"

namespace earmark::registry {
namespace {

constexpr std::string_view kTables[] = {
    R"(CREATE TABLE api_keys (
         key {key},
         id TEXT NOT NULL UNIQUE,
         secret_sha256 TEXT NOT NULL,
         role TEXT NOT NULL,
         party_key BIGINT NOT NULL REFERENCES parties (key),
         label TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         expires_at BIGINT,
         revoked_at BIGINT,
         rotated_to TEXT NOT NULL))",
    R"(CREATE TABLE api_replies (
         party_key BIGINT NOT NULL REFERENCES parties (key),
         idempotency_key TEXT NOT NULL,
         request_sha256 TEXT NOT NULL,
         status BIGINT NOT NULL,
         content_type TEXT NOT NULL,
         headers TEXT NOT NULL,
         body TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         PRIMARY KEY (party_key, idempotency_key)))",
    "CREATE INDEX api_replies_by_age ON api_replies (created_at)",
    R"(CREATE TABLE api_jobs (
         key {key},
         id TEXT NOT NULL UNIQUE,
         party_key BIGINT NOT NULL REFERENCES parties (key),
         kind TEXT NOT NULL,
         request TEXT NOT NULL,
         input TEXT NOT NULL,
         state TEXT NOT NULL,
         attempts BIGINT NOT NULL,
         result TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         changed_at BIGINT NOT NULL))",
    "CREATE INDEX api_jobs_by_state ON api_jobs (state)",
    R"(CREATE TABLE api_audit (
         sequence {key},
         at BIGINT NOT NULL,
         party_key BIGINT NOT NULL REFERENCES parties (key),
         key_id TEXT NOT NULL,
         role TEXT NOT NULL,
         action TEXT NOT NULL,
         target TEXT NOT NULL,
         status BIGINT NOT NULL,
         trace_id TEXT NOT NULL))",
    "CREATE INDEX api_audit_by_party ON api_audit (party_key)",
    R"(CREATE TABLE feed_parties (
         feed_key BIGINT NOT NULL REFERENCES feeds (key),
         party_key BIGINT NOT NULL REFERENCES parties (key),
         token TEXT NOT NULL,
         added_at BIGINT NOT NULL,
         verified_at BIGINT,
         PRIMARY KEY (feed_key, party_key)))",
    R"(CREATE TABLE webhooks (
         key {key},
         id TEXT NOT NULL UNIQUE,
         party_key BIGINT NOT NULL REFERENCES parties (key),
         url TEXT NOT NULL,
         events TEXT NOT NULL,
         secret TEXT NOT NULL,
         state TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         changed_at BIGINT NOT NULL))",
    R"(CREATE TABLE webhook_messages (
         key {key},
         id TEXT NOT NULL UNIQUE,
         webhook_key BIGINT NOT NULL REFERENCES webhooks (key),
         type TEXT NOT NULL,
         payload TEXT NOT NULL,
         state TEXT NOT NULL,
         attempts BIGINT NOT NULL,
         next_at BIGINT NOT NULL,
         last_status BIGINT NOT NULL,
         last_error TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         changed_at BIGINT NOT NULL))",
    "CREATE INDEX webhook_messages_by_state ON webhook_messages (state, next_at)",
    "CREATE INDEX webhook_messages_by_webhook ON webhook_messages (webhook_key)",
    R"(CREATE TABLE webhook_cursor (
         source TEXT NOT NULL PRIMARY KEY,
         sequence BIGINT NOT NULL))",
    R"(CREATE TABLE chromaprints (
         recording_key BIGINT NOT NULL PRIMARY KEY REFERENCES recordings (key),
         items {blob} NOT NULL))",
    R"(CREATE TABLE acoustid_submissions (
         key {key},
         party_key BIGINT NOT NULL REFERENCES parties (key),
         track_id TEXT NOT NULL,
         duration_s BIGINT NOT NULL,
         items {blob} NOT NULL,
         mbid TEXT NOT NULL,
         metadata TEXT NOT NULL,
         created_at BIGINT NOT NULL))",
    "CREATE INDEX acoustid_submissions_by_mbid ON acoustid_submissions (mbid)",
};

}  // namespace

std::span<const std::string_view> service_tables() { return kTables; }

}  // namespace earmark::registry
