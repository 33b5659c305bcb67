#include "registry/schema_audience.h"

namespace earmark::registry {
namespace {

constexpr std::string_view kTables[] = {
    // A file that is downloaded: an enclosure of a watched feed, or an audio file that a log named.
    R"(CREATE TABLE audience_assets (
         key {key},
         path TEXT NOT NULL UNIQUE,
         show TEXT NOT NULL,
         title TEXT NOT NULL,
         episode_key BIGINT REFERENCES episodes (key),
         published_at BIGINT,
         bytes BIGINT NOT NULL,
         content_from BIGINT NOT NULL,
         duration_ms BIGINT NOT NULL,
         seconds {blob} NOT NULL,
         known_by TEXT NOT NULL))",
    "CREATE INDEX audience_assets_by_show ON audience_assets (show)",
    // How far a log was read; a log that grew, or was rotated, goes on from there.
    R"(CREATE TABLE audience_imports (
         key {key},
         name TEXT NOT NULL,
         format TEXT NOT NULL,
         head_bytes BIGINT NOT NULL,
         head_sha256 TEXT NOT NULL,
         tail_sha256 TEXT NOT NULL,
         read_bytes BIGINT NOT NULL,
         lines BIGINT NOT NULL,
         kept BIGINT NOT NULL,
         imported_at BIGINT NOT NULL))",
    "CREATE INDEX audience_imports_by_head ON audience_imports (head_sha256)",
    // Requests of one month, sealed with a key that is not in this database.
    R"(CREATE TABLE audience_batches (
         key {key},
         import_key BIGINT NOT NULL REFERENCES audience_imports (key),
         epoch TEXT NOT NULL,
         requests BIGINT NOT NULL,
         sealed {blob} NOT NULL))",
    "CREATE INDEX audience_batches_by_epoch ON audience_batches (epoch)",
    R"(CREATE TABLE audience_epochs (
         epoch TEXT NOT NULL PRIMARY KEY,
         state TEXT NOT NULL,
         rules TEXT NOT NULL,
         lists TEXT NOT NULL))",
    R"(CREATE TABLE audience_days (
         epoch TEXT NOT NULL,
         reckoned_by TEXT NOT NULL,
         day BIGINT NOT NULL,
         asset_key BIGINT NOT NULL REFERENCES audience_assets (key),
         downloads BIGINT NOT NULL,
         listeners BIGINT NOT NULL,
         bytes BIGINT NOT NULL,
         sketch {blob} NOT NULL,
         PRIMARY KEY (reckoned_by, day, asset_key)))",
    R"(CREATE TABLE audience_programs (
         epoch TEXT NOT NULL,
         reckoned_by TEXT NOT NULL,
         day BIGINT NOT NULL,
         asset_key BIGINT NOT NULL REFERENCES audience_assets (key),
         kind TEXT NOT NULL,
         name TEXT NOT NULL,
         device TEXT NOT NULL,
         downloads BIGINT NOT NULL,
         listeners BIGINT NOT NULL,
         PRIMARY KEY (reckoned_by, day, asset_key, kind, name, device)))",
    R"(CREATE TABLE audience_dropped (
         epoch TEXT NOT NULL,
         stage TEXT NOT NULL,
         day BIGINT NOT NULL,
         reason TEXT NOT NULL,
         requests BIGINT NOT NULL,
         PRIMARY KEY (stage, day, reason)))",
    R"(CREATE TABLE audience_lists (
         version TEXT NOT NULL PRIMARY KEY,
         body TEXT NOT NULL,
         added_at BIGINT NOT NULL))",
    R"(CREATE TABLE audience_forecasts (
         key {key},
         subject TEXT NOT NULL,
         made_at BIGINT NOT NULL,
         last_day BIGINT NOT NULL,
         horizon BIGINT NOT NULL,
         body TEXT NOT NULL))",
    "CREATE INDEX audience_forecasts_by_subject ON audience_forecasts (subject)",
};

}  // namespace

std::span<const std::string_view> audience_tables() { return kTables; }

}  // namespace earmark::registry
