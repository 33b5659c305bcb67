#include <fmt/format.h>

#include "api/encode.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "api/register.h"

namespace earmark::api {
namespace {

/// A recording that the caller may see; kNotFound otherwise, so that nobody learns what others have.
Result<registry::Recording> visible_recording(Service& service, const Call& call) {
  const std::string& id = call.path_value("id");
  EARMARK_TRY(auto found, service.registry().recordings().find(id));
  const bool is_visible = found && (call.caller.is_admin() || found->owner == call.caller.party);
  if (!is_visible || found->status == registry::RecordingStatus::kForgotten)
    return fail(ErrorCode::kNotFound, id + ": no such recording");
  return std::move(*found);
}

}  // namespace

Result<Response> match(Service& service, Call& call) {
  EARMARK_TRY(const auto request, parse_match_request(call));
  if (prefers_async(*call.request)) return answer_later(service, call, "match", encode(request));
  EARMARK_TRY(const Json json, match_audio(service, *call.upload.audio, request));
  Response response;
  response.body = to_line(json);
  return response;
}

Result<Response> register_recording(Service& service, Call& call) {
  EARMARK_TRY(const auto request, parse_register_request(call));
  if (prefers_async(*call.request)) return answer_later(service, call, "register", encode(request));
  EARMARK_TRY(const auto registered, register_audio(service, *call.upload.audio, request));
  Response response;
  response.status = registered.is_new ? 201 : 200;
  response.body = to_line(registered.json);
  if (registered.is_new) response.set_header("Location", "/v1/recordings/" + registered.recording_id);
  return response;
}

Result<Response> list_recordings(Service& service, Call& call) {
  EARMARK_TRY(const auto page, parse_page(*call.request));
  const RecordingQuery query{call.request->param("owner").value_or(""),
                             call.request->param("status").value_or("")};
  EARMARK_TRY(const auto rows, list_recordings(service.store(), call.caller, query, page));
  Json items = Json::array();
  for (const auto& row : rows) {
    if (items.size() == static_cast<std::size_t>(page.limit)) break;
    EARMARK_TRY(const auto recording, service.registry().recordings().find_by_key(row.key));
    if (recording) items.push_back(encode(*recording));
  }
  return make_page(*call.request, page, rows, std::move(items));
}

Result<Response> get_recording(Service& service, Call& call) {
  EARMARK_TRY(const auto recording, visible_recording(service, call));
  return make_object(encode(recording));
}

Result<Response> forget_recording(Service& service, Call& call) {
  EARMARK_TRY(const auto recording, visible_recording(service, call));
  if (auto failed =
          check_precondition(*call.request, etag_of(to_line(encode(recording))), Precondition::kOptional))
    return std::move(*failed);
  EARMARK_TRY_STATUS(service.catalogue().forget(recording.id));
  return Response{204, "", "", {}};
}

}  // namespace earmark::api
