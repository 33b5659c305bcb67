#include "registry/schema_crawl.h"

namespace earmark::registry {
namespace {

constexpr std::string_view kStatements[] = {
    // Beside `feeds`: feeds.url is the feed's name and never changes, fetch_url is where it is now.
    R"(CREATE TABLE crawl_feeds (
         feed_key BIGINT NOT NULL PRIMARY KEY REFERENCES feeds (key),
         state TEXT NOT NULL,
         reason TEXT NOT NULL,
         fetch_url TEXT NOT NULL,
         moved_to TEXT NOT NULL,
         moved_seen BIGINT NOT NULL,
         podcast_guid TEXT NOT NULL,
         interval_ms BIGINT NOT NULL,
         checks BIGINT NOT NULL,
         not_modified BIGINT NOT NULL,
         changes BIGINT NOT NULL,
         errors BIGINT NOT NULL,
         checked_at BIGINT,
         changed_at BIGINT,
         details TEXT NOT NULL))",
    "CREATE INDEX crawl_feeds_by_guid ON crawl_feeds (podcast_guid)",
    // A host is ready when it may be asked again and has a task that is due.
    R"(CREATE TABLE crawl_hosts (
         host TEXT NOT NULL PRIMARY KEY,
         ready_at BIGINT NOT NULL,
         not_before BIGINT NOT NULL,
         held_reason TEXT NOT NULL,
         robots_fetched_at BIGINT,
         robots_status BIGINT NOT NULL,
         robots TEXT NOT NULL))",
    "CREATE INDEX crawl_hosts_by_readiness ON crawl_hosts (ready_at)",
    // What is to be done. A task that a worker has leased comes due again when the lease ends.
    R"(CREATE TABLE crawl_tasks (
         key {key},
         kind TEXT NOT NULL,
         target_key BIGINT NOT NULL,
         feed_key BIGINT NOT NULL REFERENCES feeds (key),
         host TEXT NOT NULL,
         lane BIGINT NOT NULL,
         due_at BIGINT NOT NULL,
         worker TEXT NOT NULL,
         token TEXT NOT NULL,
         attempts BIGINT NOT NULL,
         created_at BIGINT NOT NULL,
         UNIQUE (kind, target_key)))",
    "CREATE INDEX crawl_tasks_by_host ON crawl_tasks (host, lane, due_at)",
    "CREATE INDEX crawl_tasks_by_feed ON crawl_tasks (feed_key)",
    "CREATE INDEX crawl_tasks_leased ON crawl_tasks (host, worker) WHERE worker <> ''",
    // Why something was not fetched, moved or given up; append-only.
    R"(CREATE TABLE crawl_events (
         sequence {key},
         at BIGINT NOT NULL,
         kind TEXT NOT NULL,
         feed TEXT NOT NULL,
         url TEXT NOT NULL,
         detail TEXT NOT NULL))",
    "CREATE INDEX crawl_events_by_url ON crawl_events (url, kind)",
    // What the feed said of an episode beyond the enclosure, as JSON.
    R"(CREATE TABLE episode_details (
         episode_key BIGINT NOT NULL PRIMARY KEY REFERENCES episodes (key),
         details TEXT NOT NULL))",
    // What was heard in a scanned version, as a fingerprint: later registrations are matched against it.
    R"(CREATE TABLE episode_fingerprints (
         version_key BIGINT NOT NULL PRIMARY KEY REFERENCES episode_versions (key),
         scan_key BIGINT NOT NULL REFERENCES scans (key),
         matched_revision BIGINT NOT NULL,
         duration_ms BIGINT NOT NULL,
         scanned_at BIGINT NOT NULL,
         emfp {blob} NOT NULL))",
    "CREATE INDEX episode_fingerprints_by_revision ON episode_fingerprints (matched_revision)",
    "CREATE INDEX episode_fingerprints_by_age ON episode_fingerprints (scanned_at)",
    // The same sound under another guid or in another feed, by the bytes or by ear.
    R"(CREATE TABLE episode_copies (
         key {key},
         version_key BIGINT NOT NULL REFERENCES episode_versions (key),
         of_version_key BIGINT NOT NULL REFERENCES episode_versions (key),
         kind TEXT NOT NULL,
         share DOUBLE PRECISION NOT NULL,
         found_at BIGINT NOT NULL,
         UNIQUE (version_key, of_version_key)))",
    "CREATE INDEX episode_copies_by_original ON episode_copies (of_version_key)",
    "CREATE INDEX scans_by_content ON scans (sha256)",
};

}  // namespace

std::span<const std::string_view> crawl_tables() { return kStatements; }

}  // namespace earmark::registry
