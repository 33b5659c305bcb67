#include <algorithm>
#include <sstream>

#include "api/handlers.h"
#include "api/problem.h"
#include "crawler/url.h"

namespace earmark::api {
namespace {

constexpr std::size_t kLongestUrl = 2000;

Result<Webhook> own_webhook(Service& service, const Call& call) {
  const std::string& id = call.path_value("id");
  EARMARK_TRY(auto found, service.webhooks().find(call.caller, id));
  if (!found) return fail(ErrorCode::kNotFound, id + ": no such webhook");
  return std::move(*found);
}

Result<std::string> parse_hook_url(const Call& call) {
  EARMARK_TRY(const auto text, call.json_text("url"));
  if (text.empty() || text.size() > kLongestUrl)
    return fail(ErrorCode::kInvalidArgument, "url is missing or too long");
  const auto url = crawler::Url::parse(text);
  if (!url) return fail(ErrorCode::kInvalidArgument, url.error().message);
  return url->text();
}

/// ["claim.created", …] -> "claim.created,…"; not there: all.
Result<std::string> parse_events(const Call& call) {
  const Json wanted = call.json.value("events", Json());
  if (wanted.is_null()) return "*";
  if (!wanted.is_array() || wanted.empty())
    return fail(ErrorCode::kInvalidArgument, "events must be a list of types");
  const auto& known = webhook_event_types();
  std::string events;
  for (const Json& item : wanted.get_ref<const Json::array_t&>()) {
    const std::string type = item.is_string() ? item.get<std::string>() : "";
    if (type == "*") return "*";
    if (std::find(known.begin(), known.end(), type) == known.end())
      return fail(ErrorCode::kInvalidArgument, "events: \"" + type + "\" is no type of event");
    events += (events.empty() ? "" : ",") + type;
  }
  return events;
}

Response with_status(Response response, int status) {
  response.status = status;
  return response;
}

}  // namespace

Result<Response> create_webhook(Service& service, Call& call) {
  EARMARK_TRY(const auto url, parse_hook_url(call));
  EARMARK_TRY(const auto events, parse_events(call));
  EARMARK_TRY(const auto made, service.webhooks().create(call.caller, url, events));
  Json json = encode(made);
  json["secret"] = made.secret;  // shown here only
  Response response = with_status(make_object(json), 201);
  response.set_header("ETag", etag_of(to_line(encode(made))));
  response.set_header("Location", "/v1/webhooks/" + made.id);
  return response;
}

Result<Response> list_webhooks(Service& service, Call& call) {
  EARMARK_TRY(const auto page, parse_page(*call.request));
  EARMARK_TRY(const auto hooks, service.webhooks().list(call.caller, page));
  std::vector<ListedRow> rows;
  Json items = Json::array();
  for (const auto& hook : hooks) {
    rows.push_back({hook.key, hook.id});
    if (items.size() < static_cast<std::size_t>(page.limit)) items.push_back(encode(hook));
  }
  return make_page(*call.request, page, rows, std::move(items));
}

Result<Response> get_webhook(Service& service, Call& call) {
  EARMARK_TRY(const auto hook, own_webhook(service, call));
  return make_object(encode(hook));
}

Result<Response> change_webhook(Service& service, Call& call) {
  EARMARK_TRY(auto hook, own_webhook(service, call));
  if (auto failed =
          check_precondition(*call.request, etag_of(to_line(encode(hook))), Precondition::kDemanded))
    return std::move(*failed);
  EARMARK_TRY(hook.url, parse_hook_url(call));
  EARMARK_TRY(hook.events, parse_events(call));
  EARMARK_TRY(const auto state, call.json_text("state"));
  if (!state.empty() && state != "active" && state != "disabled")
    return fail(ErrorCode::kInvalidArgument, "state must be active or disabled");
  if (!state.empty()) hook.state = state;
  EARMARK_TRY(const auto changed, service.webhooks().update(hook));
  return make_object(encode(changed));
}

Result<Response> delete_webhook(Service& service, Call& call) {
  EARMARK_TRY(const auto hook, own_webhook(service, call));
  EARMARK_TRY_STATUS(service.webhooks().remove(hook));
  return Response{204, "", "", {}};
}

Result<Response> list_webhook_messages(Service& service, Call& call) {
  EARMARK_TRY(const auto page, parse_page(*call.request));
  EARMARK_TRY(const auto hook, own_webhook(service, call));
  EARMARK_TRY(const auto messages, service.webhooks().messages(hook, page));
  std::vector<ListedRow> rows;
  Json items = Json::array();
  for (const auto& message : messages) {
    rows.push_back({message.key, message.id});
    if (items.size() < static_cast<std::size_t>(page.limit)) items.push_back(encode(message));
  }
  return make_page(*call.request, page, rows, std::move(items));
}

Result<Response> replay_webhook_message(Service& service, Call& call) {
  EARMARK_TRY(const auto hook, own_webhook(service, call));
  EARMARK_TRY(const auto message, service.webhooks().replay(hook, call.path_value("message")));
  service.wake_webhooks();
  return with_status(make_object(encode(message)), 202);
}

Result<Response> test_webhook(Service& service, Call& call) {
  EARMARK_TRY(const auto hook, own_webhook(service, call));
  EARMARK_TRY(const auto message, service.webhooks().send_test(hook));
  service.wake_webhooks();
  return with_status(make_object(encode(message)), 202);
}

Json encode(const Webhook& webhook) {
  Json events = Json::array();
  std::istringstream list(webhook.events);
  for (std::string type; std::getline(list, type, ',');) events.push_back(type);
  return {{"webhook_id", webhook.id},
          {"url", webhook.url},
          {"events", std::move(events)},
          {"state", webhook.state},
          {"created_at", to_rfc3339(webhook.created_at)},
          {"changed_at", to_rfc3339(webhook.changed_at)}};
}

Json encode(const WebhookMessage& message) {
  const auto payload = parse_json(message.payload);
  return {{"message_id", message.id},
          {"type", message.type},
          {"state", message.state},
          {"attempts", message.attempts},
          {"next_at", message.state == "pending" ? Json(to_rfc3339(message.next_at)) : Json(nullptr)},
          {"last_status", message.last_status == 0 ? Json(nullptr) : Json(message.last_status)},
          {"last_error", message.last_error.empty() ? Json(nullptr) : Json(message.last_error)},
          {"payload", payload ? *payload : Json(nullptr)},
          {"created_at", to_rfc3339(message.created_at)},
          {"changed_at", to_rfc3339(message.changed_at)}};
}

}  // namespace earmark::api
