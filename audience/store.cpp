#include "audience/store.h"

#include <fmt/format.h>

#include "audience/request.h"
#include "registry/tables.h"

namespace earmark::audience {
namespace {

using storage::Session;

constexpr std::string_view kAssetColumns =
    "key, path, show, title, episode_key, published_at, bytes, content_from, duration_ms, seconds, known_by";

/// An enclosure of a watched feed, and what is known of its file.
struct Enclosure {
  std::int64_t episode_key = 0;
  std::string url;
  std::string feed_title;
  std::string feed_url;
  std::string title;
  std::optional<Timestamp> published_at;
  std::optional<std::int64_t> feed_bytes;
  std::optional<std::int64_t> scan_bytes;
  std::optional<std::int64_t> scan_ms;
};

void map_columns(storage::Columns& columns, Enclosure& e) {
  columns(e.episode_key)(e.url)(e.feed_title)(e.feed_url)(e.title)(e.published_at);
  columns(e.feed_bytes)(e.scan_bytes)(e.scan_ms);
}

/// An asset with its seconds as they are stored.
struct AssetRow {
  Asset asset;
  Bytes seconds;
};

void map_columns(storage::Columns& columns, AssetRow& row) {
  Asset& a = row.asset;
  columns(a.key)(a.path)(a.show)(a.title)(a.episode_key)(a.published_at);
  columns.integer([&a](std::int64_t v) { a.media.bytes = static_cast<std::uint64_t>(v); });
  columns.integer([&a](std::int64_t v) { a.media.content_from = static_cast<std::uint64_t>(v); });
  columns.integer([&a](std::int64_t v) { a.media.duration_ms = static_cast<std::uint64_t>(v); });
  columns(row.seconds)(a.known_by);
}

Result<Asset> asset_of(AssetRow&& row) {
  EARMARK_TRY(row.asset.media.second_at, decode_seconds(row.seconds));
  return std::move(row.asset);
}

/// "/shows/talk/one.mp3" -> "talk" and "one.mp3".
std::pair<std::string, std::string> names_of(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) return {"", std::string(path)};
  std::string_view folder = path.substr(0, slash);
  folder = folder.substr(folder.rfind('/') + 1);
  return {std::string(folder), std::string(path.substr(slash + 1))};
}

Result<bool> take_over(Session& session, const Enclosure& enclosure) {
  const std::string path = path_of(enclosure.url);
  EARMARK_TRY(const auto known,
              session.find<std::int64_t>("SELECT key FROM audience_assets WHERE path = :path", {path}));
  EARMARK_TRY(const auto key, ensure_asset(session, path));
  EARMARK_TRY_STATUS(session.execute(
      "UPDATE audience_assets SET show = :show, title = :title, episode_key = :episode, published_at = :at"
      " WHERE key = :key",
      {enclosure.feed_title.empty() ? enclosure.feed_url : enclosure.feed_title, enclosure.title,
       enclosure.episode_key, enclosure.published_at, key}));
  if (enclosure.scan_bytes && enclosure.scan_ms) {
    EARMARK_TRY_STATUS(
        session.execute("UPDATE audience_assets SET bytes = :bytes, duration_ms = :ms, known_by = 'scan'"
                        " WHERE key = :key AND known_by <> 'frames'",
                        {*enclosure.scan_bytes, *enclosure.scan_ms, key}));
  } else if (enclosure.feed_bytes && *enclosure.feed_bytes > 1) {  // many feeds say 0 or 1
    EARMARK_TRY_STATUS(
        session.execute("UPDATE audience_assets SET bytes = :bytes, known_by = 'feed'"
                        " WHERE key = :key AND known_by IN ('', 'feed', 'log')",
                        {*enclosure.feed_bytes, key}));
  }
  return !known;
}

}  // namespace

Result<std::unique_ptr<AudienceStore>> AudienceStore::open(const std::filesystem::path& store,
                                                           const Clock& clock) {
  EARMARK_TRY(auto database, registry::open_tables(store, clock));
  return std::unique_ptr<AudienceStore>(new AudienceStore(std::move(database), store, clock));
}

Result<std::int64_t> AudienceStore::take_over_feeds() {
  return database_->write([&](Session& session) -> Result<std::int64_t> {
    EARMARK_TRY(
        const auto enclosures,
        session.query<Enclosure>(
            "SELECT e.key, v.enclosure_url, f.title, f.url, e.title, e.published_at, v.enclosure_length,"
            " s.bytes, s.duration_ms FROM episode_versions v"
            " JOIN episodes e ON e.key = v.episode_key JOIN feeds f ON f.key = e.feed_key"
            " LEFT JOIN scans s ON s.key = (SELECT max(key) FROM scans WHERE version_key = v.key)"
            " ORDER BY v.key"));
    std::int64_t added = 0;
    for (const auto& enclosure : enclosures) {
      EARMARK_TRY(const bool is_new, take_over(session, enclosure));
      added += is_new ? 1 : 0;
    }
    return added;
  });
}

Result<std::vector<Asset>> AudienceStore::assets() {
  EARMARK_TRY(auto rows, database_->read([](Session& session) {
    return session.query<AssetRow>(fmt::format("SELECT {} FROM audience_assets ORDER BY key", kAssetColumns));
  }));
  std::vector<Asset> assets;
  for (auto& row : rows) {
    EARMARK_TRY(auto asset, asset_of(std::move(row)));
    assets.push_back(std::move(asset));
  }
  return assets;
}

Result<Asset> AudienceStore::set_media(std::string_view path, const MediaMap& media) {
  return database_->write([&](Session& session) -> Result<Asset> {
    EARMARK_TRY(const auto key, ensure_asset(session, path));
    EARMARK_TRY_STATUS(
        session.execute("UPDATE audience_assets SET bytes = :bytes, content_from = :from, duration_ms = :ms,"
                        " seconds = :seconds, known_by = :by WHERE key = :key",
                        {media.bytes, media.content_from, media.duration_ms, encode_seconds(media),
                         media.second_at.empty() ? "file" : "frames", key}));
    EARMARK_TRY(auto row,
                session.get<AssetRow>(
                    fmt::format("SELECT {} FROM audience_assets WHERE key = :key", kAssetColumns), {key}));
    return asset_of(std::move(row));
  });
}

Result<UserAgents> AudienceStore::user_agents() {
  EARMARK_TRY(const auto body, database_->read([](Session& session) {
    return session.find<std::string>(
        "SELECT body FROM audience_lists ORDER BY added_at DESC, version DESC LIMIT 1");
  }));
  return UserAgents::parse(body ? std::string_view(*body) : UserAgents::builtin());
}

Result<std::string> AudienceStore::add_user_agents(std::string_view json) {
  EARMARK_TRY(const auto lists, UserAgents::parse(json));
  EARMARK_TRY_STATUS(database_->write([&](Session& session) -> Status {
    EARMARK_TRY_STATUS(
        session.execute("INSERT INTO audience_lists (version, body, added_at)"
                        " VALUES (:version, :body, :now) ON CONFLICT (version) DO UPDATE SET"
                        " added_at = excluded.added_at",
                        {lists.version(), json, now()}));
    return {};
  }));
  return lists.version();
}

Result<std::int64_t> ensure_asset(Session& session, std::string_view path) {
  EARMARK_TRY(const auto known,
              session.find<std::int64_t>("SELECT key FROM audience_assets WHERE path = :path", {path}));
  if (known) return *known;
  const auto [show, title] = names_of(path);
  return session.get<std::int64_t>(
      "INSERT INTO audience_assets (path, show, title, bytes, content_from, duration_ms, seconds, known_by)"
      " VALUES (:path, :show, :title, 0, 0, 0, :seconds, '') RETURNING key",
      {path, show, title, Bytes()});
}

}  // namespace earmark::audience
