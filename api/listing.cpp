#include "api/listing.h"

#include <charconv>

#include <fmt/format.h>

#include "core/hash.h"
#include "registry/parties.h"

namespace earmark::api {
namespace {

using storage::Session;

constexpr std::int64_t kMostRows = 200;
constexpr std::string_view kCursorPrefix = "after:";

std::string make_cursor(std::int64_t key) {
  return to_base64url(as_bytes(fmt::format("{}{}", kCursorPrefix, key)));
}

std::optional<std::int64_t> number_from(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> read_cursor(std::string_view cursor) {
  const auto bytes = from_base64url(cursor);
  if (!bytes) return std::nullopt;
  const std::string_view text = as_text(*bytes);
  if (!text.starts_with(kCursorPrefix)) return std::nullopt;
  return number_from(text.substr(kCursorPrefix.size()));
}

/// Feeds that nobody has proved to be his own are the operator's.
bool is_operator(const Caller& caller) { return caller.party == registry::kDefaultParty; }

/// Of feed f: whether the party in the two parameters publishes it.
constexpr std::string_view kPublishes =
    "(EXISTS (SELECT 1 FROM feed_parties x WHERE x.feed_key = f.key AND x.party_key = :publisher"
    " AND x.verified_at IS NOT NULL)"
    " OR (:is_operator = 1 AND NOT EXISTS (SELECT 1 FROM feed_parties y WHERE y.feed_key = f.key"
    " AND y.verified_at IS NOT NULL)))";

}  // namespace

static void map_columns(storage::Columns& columns, ListedRow& row) { columns(row.key)(row.id); }

Result<Page> parse_page(const Request& request) {
  Page page;
  if (const auto limit = request.param("limit")) {
    const auto wanted = number_from(*limit);
    if (!wanted || *wanted < 1 || *wanted > kMostRows)
      return fail(ErrorCode::kInvalidArgument, fmt::format("limit must be a number from 1 to {}", kMostRows));
    page.limit = *wanted;
  }
  if (const auto cursor = request.param("cursor"); cursor && !cursor->empty()) {
    const auto after = read_cursor(*cursor);
    if (!after)
      return fail(ErrorCode::kInvalidArgument, "cursor is not one of ours: take it from next_cursor");
    page.after = *after;
  }
  return page;
}

Result<std::vector<ListedRow>> list_recordings(ServiceStore& store, const Caller& caller,
                                               const RecordingQuery& query, const Page& page) {
  const std::string owner = caller.is_admin() ? query.owner : caller.party;
  return store.database().read([&](Session& session) {
    return session.query<ListedRow>(
        "SELECT r.key, r.id FROM recordings r JOIN parties p ON p.key = r.party_key WHERE r.key > :after"
        " AND (:any_owner = '' OR p.name = :owner)"
        " AND ((:any_status = '' AND r.status <> 'forgotten') OR r.status = :status)"
        " ORDER BY r.key LIMIT :most",
        {page.after, owner, owner, query.status, query.status, page.limit + 1});
  });
}

Result<std::vector<ListedRow>> list_claims(ServiceStore& store, const Caller& caller, const ClaimQuery& query,
                                           const Page& page) {
  return store.database().read([&](Session& session) {
    return session.query<ListedRow>(
        std::string("SELECT c.key, c.id FROM claims c JOIN recordings r ON r.key = c.recording_key"
                    " JOIN episodes e ON e.key = c.episode_key JOIN feeds f ON f.key = e.feed_key"
                    " WHERE c.key > :after AND (:any_status = '' OR c.status = :status)"
                    " AND (:any_recording = '' OR r.id = :recording) AND (:any_feed = '' OR f.url = :feed)"
                    " AND (:is_admin = 1 OR r.party_key = :owner OR ") +
            std::string(kPublishes) + ") ORDER BY c.key LIMIT :most",
        {page.after, query.status, query.status, query.recording_id, query.recording_id, query.feed,
         query.feed, caller.is_admin() ? 1 : 0, caller.party_key, caller.party_key,
         is_operator(caller) ? 1 : 0, page.limit + 1});
  });
}

Result<std::vector<ListedRow>> list_feeds(ServiceStore& store, const Caller& caller, const Page& page) {
  const bool sees_all = caller.is_admin() || caller.role == Role::kCrawler;
  return store.database().read([&](Session& session) {
    return session.query<ListedRow>(
        "SELECT f.key, f.url FROM feeds f WHERE f.key > :after AND (:sees_all = 1"
        " OR EXISTS (SELECT 1 FROM feed_parties x WHERE x.feed_key = f.key AND x.party_key = :party))"
        " ORDER BY f.key LIMIT :most",
        {page.after, sees_all ? 1 : 0, caller.party_key, page.limit + 1});
  });
}

Result<ClaimSides> sides_of(ServiceStore& store, const Caller& caller, std::string_view claim_id) {
  using Found = std::tuple<std::int64_t, std::int64_t>;
  EARMARK_TRY(const auto found, store.database().read([&](Session& session) {
    return session.find<Found>(
        std::string("SELECT CASE WHEN r.party_key = :owner THEN 1 ELSE 0 END, CASE WHEN ") +
            std::string(kPublishes) +
            " THEN 1 ELSE 0 END FROM claims c JOIN recordings r ON r.key = c.recording_key"
            " JOIN episodes e ON e.key = c.episode_key JOIN feeds f ON f.key = e.feed_key WHERE c.id = :id",
        {caller.party_key, caller.party_key, is_operator(caller) ? 1 : 0, claim_id});
  }));
  if (!found) return ClaimSides{};
  return ClaimSides{std::get<0>(*found) == 1, std::get<1>(*found) == 1};
}

Response make_page(const Request& request, const Page& page, const std::vector<ListedRow>& rows, Json items) {
  Response response;
  Json body = {{"data", std::move(items)}, {"next_cursor", nullptr}};
  if (rows.size() > static_cast<std::size_t>(page.limit)) {
    const std::string cursor = make_cursor(rows[static_cast<std::size_t>(page.limit) - 1].key);
    body["next_cursor"] = cursor;
    std::string link = "<" + request.path + "?";
    for (const auto& [name, value] : request.params) {
      if (name != "cursor") link += percent_encoded(name) + "=" + percent_encoded(value) + "&";
    }
    response.set_header("Link", link + "cursor=" + cursor + ">; rel=\"next\"");
  }
  response.body = to_line(body);
  return response;
}

}  // namespace earmark::api
