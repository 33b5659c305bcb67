#pragma once
// One function an operation: validate, one call to a layer below, encode. routes.cpp says which is which.
#include "api/route.h"
#include "api/service.h"

namespace earmark::api {

// handlers_audio.cpp
[[nodiscard]] Result<Response> match(Service& service, Call& call);
[[nodiscard]] Result<Response> register_recording(Service& service, Call& call);
[[nodiscard]] Result<Response> list_recordings(Service& service, Call& call);
[[nodiscard]] Result<Response> get_recording(Service& service, Call& call);
[[nodiscard]] Result<Response> forget_recording(Service& service, Call& call);

// handlers_feeds.cpp
[[nodiscard]] Result<Response> add_feed(Service& service, Call& call);
[[nodiscard]] Result<Response> list_feeds(Service& service, Call& call);
[[nodiscard]] Result<Response> verify_feed(Service& service, Call& call);

// handlers_claims.cpp
[[nodiscard]] Result<Response> list_claims(Service& service, Call& call);
[[nodiscard]] Result<Response> get_claim(Service& service, Call& call);
[[nodiscard]] Result<Response> get_claim_evidence(Service& service, Call& call);
[[nodiscard]] Result<Response> act_on_claim(Service& service, Call& call);

// handlers_webhooks.cpp
[[nodiscard]] Result<Response> create_webhook(Service& service, Call& call);
[[nodiscard]] Result<Response> list_webhooks(Service& service, Call& call);
[[nodiscard]] Result<Response> get_webhook(Service& service, Call& call);
[[nodiscard]] Result<Response> change_webhook(Service& service, Call& call);
[[nodiscard]] Result<Response> delete_webhook(Service& service, Call& call);
[[nodiscard]] Result<Response> list_webhook_messages(Service& service, Call& call);
[[nodiscard]] Result<Response> replay_webhook_message(Service& service, Call& call);
[[nodiscard]] Result<Response> test_webhook(Service& service, Call& call);

// handlers_acoustid.cpp
[[nodiscard]] Result<Response> acoustid_lookup(Service& service, Call& call);
[[nodiscard]] Result<Response> acoustid_submit(Service& service, Call& call);
[[nodiscard]] Result<Response> acoustid_status(Service& service, Call& call);
[[nodiscard]] Result<Response> musicbrainz_recording(Service& service, Call& call);

// handlers_system.cpp
[[nodiscard]] Result<Response> health(Service& service, Call& call);
[[nodiscard]] Result<Response> readiness(Service& service, Call& call);
[[nodiscard]] Result<Response> metrics(Service& service, Call& call);
[[nodiscard]] Result<Response> openapi(Service& service, Call& call);
[[nodiscard]] Result<Response> problem_page(Service& service, Call& call);
[[nodiscard]] Result<Response> who_am_i(Service& service, Call& call);
[[nodiscard]] Result<Response> get_job(Service& service, Call& call);
[[nodiscard]] Result<Response> list_audit(Service& service, Call& call);

/// The entity tag of a body, strong.
[[nodiscard]] std::string etag_of(std::string_view body);
/// A 200 with JSON and its ETag.
[[nodiscard]] Response make_object(const Json& json);
/// Where If-Match is there and names another state: 412. Where it is not there and `demanded`: 428.
enum class Precondition { kOptional, kDemanded };
[[nodiscard]] std::optional<Response> check_precondition(const Request& request, std::string_view etag,
                                                         Precondition demanded);

}  // namespace earmark::api
