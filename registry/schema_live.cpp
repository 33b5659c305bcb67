#include "registry/schema_live.h"

namespace earmark::registry {
namespace {

constexpr std::string_view kTables[] = {
    // A stream is a feed whose episodes are its days (UTC); it is listened to, never visited.
    R"(CREATE TABLE live_streams (
         key {key},
         feed_key BIGINT NOT NULL UNIQUE REFERENCES feeds (key),
         state TEXT NOT NULL,
         worker TEXT NOT NULL,
         leased_until BIGINT NOT NULL,
         phase TEXT NOT NULL,
         reason TEXT NOT NULL,
         format TEXT NOT NULL,
         now_title TEXT NOT NULL,
         heard_at BIGINT,
         failures BIGINT NOT NULL))",
    // One connection, from the first sound to its end.
    R"(CREATE TABLE live_sessions (
         key {key},
         stream_key BIGINT NOT NULL REFERENCES live_streams (key),
         started_at BIGINT NOT NULL,
         ended_at BIGINT NOT NULL,
         heard_ms BIGINT NOT NULL,
         silent_ms BIGINT NOT NULL,
         bytes BIGINT NOT NULL,
         final_url TEXT NOT NULL,
         content_type TEXT NOT NULL,
         transfer TEXT NOT NULL,
         reason TEXT NOT NULL))",
    "CREATE INDEX live_sessions_by_stream ON live_sessions (stream_key, started_at)",
    // What the stream says that it plays; on the side of the evidence.
    R"(CREATE TABLE live_titles (
         key {key},
         stream_key BIGINT NOT NULL REFERENCES live_streams (key),
         at BIGINT NOT NULL,
         title TEXT NOT NULL))",
    "CREATE INDEX live_titles_by_stream ON live_titles (stream_key, at)",
    // What is heard now. With its end a use becomes a sighting and leaves this table, in one transaction.
    R"(CREATE TABLE live_uses (
         key {key},
         stream_key BIGINT NOT NULL REFERENCES live_streams (key),
         session_key BIGINT NOT NULL REFERENCES live_sessions (key),
         recording_key BIGINT NOT NULL REFERENCES recordings (key),
         started_at BIGINT NOT NULL,
         ended_at BIGINT NOT NULL,
         reference_start_ms BIGINT NOT NULL,
         reference_end_ms BIGINT NOT NULL,
         speed DOUBLE PRECISION NOT NULL,
         pitch_cents DOUBLE PRECISION NOT NULL,
         score DOUBLE PRECISION NOT NULL,
         probability DOUBLE PRECISION NOT NULL,
         ambiguous_with TEXT NOT NULL,
         windows BIGINT NOT NULL,
         reported_at BIGINT NOT NULL))",
    "CREATE INDEX live_uses_by_stream ON live_uses (stream_key)",
    R"(CREATE TABLE live_evidence (
         key {key},
         use_key BIGINT NOT NULL REFERENCES live_uses (key),
         kind TEXT NOT NULL,
         media_type TEXT NOT NULL,
         start_ms BIGINT NOT NULL,
         end_ms BIGINT NOT NULL,
         sha256 TEXT NOT NULL,
         note TEXT NOT NULL,
         data {blob} NOT NULL))",
    "CREATE INDEX live_evidence_by_use ON live_evidence (use_key)",
};

}  // namespace

std::span<const std::string_view> live_tables() { return kTables; }

}  // namespace earmark::registry
