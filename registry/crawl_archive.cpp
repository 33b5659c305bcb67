#include "registry/crawl_archive.h"

#include <fmt/format.h>

#include "registry/crawl_queue.h"
#include "storage/database.h"

namespace earmark::registry {

using storage::Session;

static void map_columns(storage::Columns& columns, ArchivedEpisode& episode) {
  columns(episode.version_key)(episode.feed_url)(episode.guid)(episode.title)(episode.enclosure_url);
  columns(episode.duration_ms)(episode.matched_revision);
}

static void map_columns(storage::Columns& columns, ArchivedScan& scan) {
  FetchRecord& fetch = scan.fetch;
  columns(fetch.url)(fetch.final_url)(fetch.sha256)(fetch.bytes)(fetch.content_type)(fetch.etag);
  columns(fetch.fetched_at)(scan.emfp);
}

static void map_columns(storage::Columns& columns, ArchiveState& state) {
  columns(state.episodes)(state.duration_ms)(state.bytes)(state.behind);
}

static void map_columns(storage::Columns& columns, EpisodeCopy& copy) {
  columns(copy.feed)(copy.guid)(copy.enclosure)(copy.of_feed)(copy.of_guid)(copy.of_enclosure);
  columns(copy.kind)(copy.share);
}

Result<std::vector<ArchivedEpisode>> CrawlArchive::behind(std::int64_t revision, std::int64_t after,
                                                          std::int64_t most) const {
  return database_->read([&](Session& session) -> Result<std::vector<ArchivedEpisode>> {
    // Mostly there are none, which an index says at once.
    EARMARK_TRY(
        const auto oldest,
        session.get<std::int64_t>(
            "SELECT coalesce(min(matched_revision), :revision) FROM episode_fingerprints", {revision}));
    if (oldest >= revision) return std::vector<ArchivedEpisode>();
    return session.query<ArchivedEpisode>(
        "SELECT a.version_key, f.url, e.guid, e.title, v.enclosure_url, a.duration_ms, a.matched_revision"
        " FROM episode_fingerprints a JOIN episode_versions v ON v.key = a.version_key"
        " JOIN episodes e ON e.key = v.episode_key JOIN feeds f ON f.key = e.feed_key"
        " WHERE a.matched_revision < :revision AND a.version_key > :after ORDER BY a.version_key LIMIT :most",
        {revision, after, most});
  });
}

Result<ArchivedScan> CrawlArchive::load(std::int64_t version_key) const {
  EARMARK_TRY(auto scan, database_->read([&](Session& session) {
    return session.find<ArchivedScan>(
        "SELECT s.url, s.final_url, s.sha256, s.bytes, s.content_type, s.etag, s.fetched_at, a.emfp"
        " FROM episode_fingerprints a JOIN scans s ON s.key = a.scan_key WHERE a.version_key = :key",
        {version_key});
  }));
  if (!scan)
    return fail(ErrorCode::kNotFound, fmt::format("episode version {}: no fingerprint is kept", version_key));
  return *std::move(scan);
}

Status CrawlArchive::mark_matched(std::int64_t version_key, std::int64_t revision) {
  return database_->write([&](Session& session) -> Status {
    EARMARK_TRY_STATUS(
        session.execute("UPDATE episode_fingerprints SET matched_revision = :revision"
                        " WHERE version_key = :key AND matched_revision < :revision2",
                        {revision, version_key, revision}));
    return {};
  });
}

Result<std::int64_t> CrawlArchive::prune(Timestamp before) {
  return database_->write([&](Session& session) {
    return session.execute("DELETE FROM episode_fingerprints WHERE scanned_at < :before", {before});
  });
}

Result<ArchiveState> CrawlArchive::state(std::int64_t revision) const {
  return database_->read([&](Session& session) {
    return session.get<ArchiveState>(
        "SELECT count(*), coalesce(sum(duration_ms), 0), coalesce(sum(length(emfp)), 0),"
        " coalesce(sum(CASE WHEN matched_revision < :revision THEN 1 ELSE 0 END), 0) FROM "
        "episode_fingerprints",
        {revision});
  });
}

Result<std::vector<EpisodeCopy>> CrawlArchive::copies() const {
  return database_->read([](Session& session) {
    return session.query<EpisodeCopy>(
        "SELECT f.url, e.guid, v.enclosure_url, f2.url, e2.guid, v2.enclosure_url, c.kind, c.share"
        " FROM episode_copies c JOIN episode_versions v ON v.key = c.version_key"
        " JOIN episodes e ON e.key = v.episode_key JOIN feeds f ON f.key = e.feed_key"
        " JOIN episode_versions v2 ON v2.key = c.of_version_key JOIN episodes e2 ON e2.key = v2.episode_key"
        " JOIN feeds f2 ON f2.key = e2.feed_key ORDER BY c.key");
  });
}

Status archive_scan(Session& session, const NewScan& scan, std::int64_t scan_key, Timestamp now) {
  if (!scan.archived) return {};
  EARMARK_TRY_STATUS(session.execute(
      "INSERT INTO episode_fingerprints (version_key, scan_key, matched_revision, duration_ms, scanned_at, "
      "emfp)"
      " VALUES (:version, :scan, :revision, :duration, :now, :emfp) ON CONFLICT (version_key) DO UPDATE SET"
      " scan_key = excluded.scan_key, matched_revision = excluded.matched_revision,"
      " duration_ms = excluded.duration_ms, scanned_at = excluded.scanned_at, emfp = excluded.emfp",
      {scan.version_key, scan_key, scan.archived->matched_revision, scan.duration_ms, now,
       scan.archived->emfp}));
  if (scan.fetch.sha256.empty()) return {};
  EARMARK_TRY_STATUS(
      session.execute("INSERT INTO episode_copies (version_key, of_version_key, kind, share, found_at)"
                      " SELECT :version, version_key, 'same_bytes', 1.0, :now FROM scans WHERE sha256 = :sha "
                      "AND version_key <> :own"
                      " ORDER BY key LIMIT 1 ON CONFLICT (version_key, of_version_key) DO NOTHING",
                      {scan.version_key, now, scan.fetch.sha256, scan.version_key}));
  return {};
}

}  // namespace earmark::registry
