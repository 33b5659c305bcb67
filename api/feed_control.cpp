#include "api/feed_control.h"

namespace earmark::api {
namespace {

using storage::Session;

constexpr std::string_view kSelect =
    "SELECT token, added_at, verified_at FROM feed_parties WHERE feed_key = :feed AND party_key = :party";

}  // namespace

static void map_columns(storage::Columns& columns, FeedLink& link) {
  columns(link.token)(link.added_at)(link.verified_at);
}

Result<FeedLink> link_feed(ServiceStore& store, std::int64_t feed_key, std::int64_t party_key, bool proved) {
  const Timestamp now = store.now();
  EARMARK_TRY_STATUS(store.database().write([&](Session& session) {
    return session.execute(
        "INSERT INTO feed_parties (feed_key, party_key, token, added_at, verified_at)"
        " VALUES (:feed, :party, :token, :added, :verified) ON CONFLICT (feed_key, party_key) DO NOTHING",
        {feed_key, party_key, new_id("earmark-verify="), now,
         proved ? std::optional<Timestamp>(now) : std::optional<Timestamp>()});
  }));
  return store.database().read([&](Session& session) {
    return session.get<FeedLink>(kSelect, {feed_key, party_key});
  });
}

Result<std::optional<FeedLink>> find_link(ServiceStore& store, std::int64_t feed_key,
                                          std::int64_t party_key) {
  return store.database().read([&](Session& session) {
    return session.find<FeedLink>(kSelect, {feed_key, party_key});
  });
}

Status mark_verified(ServiceStore& store, std::int64_t feed_key, std::int64_t party_key) {
  return store.database().write([&](Session& session) -> Status {
    EARMARK_TRY_STATUS(session.execute(
        "UPDATE feed_parties SET verified_at = :now WHERE feed_key = :feed AND party_key = :party",
        {store.now(), feed_key, party_key}));
    return {};
  });
}

}  // namespace earmark::api
