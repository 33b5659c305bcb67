#include <fmt/format.h>

#include "api/encode.h"
#include "api/feed_control.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "crawler/url.h"
#include "registry/parties.h"

namespace earmark::api {
namespace {

constexpr std::size_t kLongestUrl = 2000;

Json encode_linked(const registry::Feed& feed, const std::optional<FeedLink>& link) {
  Json json = encode(feed);
  json["verified"] = link && link->verified_at.has_value();
  json["verification"] = link && !link->verified_at ? Json(link->token) : Json(nullptr);
  return json;
}

Result<crawler::Url> parse_url(const Call& call) {
  EARMARK_TRY(const auto text, call.json_text("url"));
  if (text.empty()) return fail(ErrorCode::kInvalidArgument, "url is missing: the address of a podcast feed");
  if (text.size() > kLongestUrl) return fail(ErrorCode::kInvalidArgument, "url is too long");
  auto url = crawler::Url::parse(text);
  if (!url) return fail(ErrorCode::kInvalidArgument, url.error().message);
  return url;
}

/// Whose feed it is to be: the caller's, or of whom the operator says.
Result<std::int64_t> party_of(Service& service, const Call& call) {
  EARMARK_TRY(const auto name, call.json_text("party"));
  if (name.empty() || name == call.caller.party) return call.caller.party_key;
  if (!call.caller.is_admin())
    return fail(ErrorCode::kRefused, "this key adds feeds for " + call.caller.party + " only");
  return service.store().party_key(name);
}

}  // namespace

Result<Response> add_feed(Service& service, Call& call) {
  EARMARK_TRY(const auto url, parse_url(call));
  EARMARK_TRY(const auto party_key, party_of(service, call));
  EARMARK_TRY(const auto added, service.registry().feeds().add(url.text()));
  // A crawler watches for everybody; it publishes nothing.
  std::optional<FeedLink> link;
  if (call.caller.role != Role::kCrawler) {
    const bool proved = call.caller.is_admin();
    EARMARK_TRY(link, link_feed(service.store(), added.feed.key, party_key, proved));
  }
  Json json = encode_linked(added.feed, link);
  json["status"] = added.is_new ? "added" : "known";
  Response response;
  response.status = added.is_new ? 201 : 200;
  response.body = to_line(json);
  return response;
}

Result<Response> list_feeds(Service& service, Call& call) {
  EARMARK_TRY(const auto page, parse_page(*call.request));
  EARMARK_TRY(const auto rows, list_feeds(service.store(), call.caller, page));
  Json items = Json::array();
  for (const auto& row : rows) {
    if (items.size() == static_cast<std::size_t>(page.limit)) break;
    EARMARK_TRY(const auto feed, service.registry().feeds().find(row.id));
    EARMARK_TRY(const auto link, find_link(service.store(), row.key, call.caller.party_key));
    if (feed) items.push_back(encode_linked(*feed, link));
  }
  return make_page(*call.request, page, rows, std::move(items));
}

Result<Response> verify_feed(Service& service, Call& call) {
  EARMARK_TRY(const auto url, parse_url(call));
  EARMARK_TRY(const auto feed, service.registry().feeds().find(url.text()));
  if (!feed) return fail(ErrorCode::kNotFound, url.shown() + ": not a feed that you have added");
  EARMARK_TRY(auto link, find_link(service.store(), feed->key, call.caller.party_key));
  if (!link) return fail(ErrorCode::kNotFound, url.shown() + ": not a feed that you have added");
  if (!link->verified_at) {
    auto document = service.fetcher().fetch_document({url, {}, {}, {}, {}});
    if (!document) return make_problem(422, "feed_unreadable", document.error().message, {});
    if (as_text(document->body).find(link->token) == std::string_view::npos) {
      return make_problem(422, "not_verified",
                          fmt::format("the feed does not hold the text {}; put it there as "
                                      "<podcast:txt purpose=\"verify\">",
                                      link->token),
                          {});
    }
    EARMARK_TRY_STATUS(mark_verified(service.store(), feed->key, call.caller.party_key));
    EARMARK_TRY(link, find_link(service.store(), feed->key, call.caller.party_key));
  }
  Response response;
  response.body = to_line(encode_linked(*feed, link));
  return response;
}

}  // namespace earmark::api
