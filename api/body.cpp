#include "api/body.h"

#include <fmt/format.h>

#include "api/problem.h"

namespace earmark::api {
namespace {

constexpr std::size_t kMostTextBytes = std::size_t{1} << 20U;

Response problem_of_body(const Request& request, const Error& error) {
  if (request.body != nullptr && request.body->was_too_long())
    return make_problem(413, "too_large", error.message, {});
  switch (error.code) {
    case ErrorCode::kUnsupported: return make_problem(415, "unsupported_media_type", error.message, {});
    case ErrorCode::kCorrupt: return make_problem(400, "bad_body", error.message, {});
    default: return problem_of(error);
  }
}

Result<std::string> read_text(Request& request) {
  std::string text;
  if (request.body == nullptr) return text;
  const auto take = [&](std::span<const std::byte> bytes) -> Status {
    if (text.size() + bytes.size() > kMostTextBytes)
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("the body may have {} bytes at most", kMostTextBytes));
    text.append(as_text(bytes));
    return {};
  };
  if (request.media_type() == "multipart/form-data") {
    // A form, whichever way it is sent: fields in the other way.
    std::string between;
    EARMARK_TRY_STATUS(request.body->read_parts(
        [&](const RequestBody::PartHead& part) -> Status {
          text += between + percent_encoded(part.name) + "=";
          between = "&";
          return {};
        },
        [&](std::span<const std::byte> bytes) -> Status {
          return take(as_bytes(percent_encoded(as_text(bytes))));
        }));
    return text;
  }
  EARMARK_TRY_STATUS(request.body->read(take));
  return text;
}

std::optional<Response> parse_object(const std::string& text, Json& json) {
  json = Json::object();
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return std::nullopt;
  auto parsed = parse_json(text);
  if (!parsed) return make_problem(400, "bad_json", parsed.error().message, {});
  if (!parsed->is_object())
    return make_problem(422, "invalid_argument", "the body must be a JSON object",
                        {{"", "must be an object"}});
  json = std::move(*parsed);
  return std::nullopt;
}

bool is_json(const std::string& type) {
  return type.empty() || type == "application/json" || type.ends_with("+json");
}

}  // namespace

std::optional<Response> read_body(const Route& route, Call& call, Spool& spool, Sha256& digest) {
  Request& request = *call.request;
  if (route.body == BodyKind::kNone) return std::nullopt;
  if (route.body == BodyKind::kAudio) {
    auto received = receive_audio(request, spool);
    if (!received) return problem_of_body(request, received.error());
    call.upload = std::move(*received);
    digest = call.upload.digest;
    return std::nullopt;
  }
  auto text = read_text(request);
  if (!text) return problem_of_body(request, text.error());
  digest = sha256(as_bytes(*text));
  switch (route.body) {
    case BodyKind::kJson:
      // curl -d says that JSON is a form; what is no JSON will say so itself.
      if (!text->empty() && !is_json(request.media_type()) &&
          request.media_type() != "application/x-www-form-urlencoded")
        return make_problem(415, "unsupported_media_type", "Content-Type must be application/json", {});
      return parse_object(*text, call.json);
    case BodyKind::kForm:
      call.form = parse_form(*text);
      call.form.insert(request.params.begin(), request.params.end());
      return std::nullopt;
    default: call.text = std::move(*text); return std::nullopt;
  }
}

}  // namespace earmark::api
