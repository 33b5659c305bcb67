#pragma once
// The one table of what the service answers (routes.cpp). Authorisation, OpenAPI, metrics and the tests of
// tenancy read it; a new operation is a new row.
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/http.h"
#include "api/keys.h"
#include "api/listing.h"
#include "api/trace.h"
#include "api/upload.h"
#include "core/json.h"

namespace earmark::api {

class Service;

/// One request on its way through the service.
struct Call {
  Request* request = nullptr;
  std::map<std::string, std::string, std::less<>> path{};  ///< values of the {names} in the pattern
  Caller caller{};
  Trace trace{};
  Received upload{};  ///< of BodyKind::kAudio
  Json json{};        ///< of BodyKind::kJson; an object, empty where no body came
  std::multimap<std::string, std::string> form{};  ///< of BodyKind::kForm: query and body
  std::string text{};                              ///< of BodyKind::kText

  /// A field of the multipart body, else a query parameter.
  [[nodiscard]] std::optional<std::string> field(const std::string& name) const;
  [[nodiscard]] const std::string& path_value(std::string_view name) const;
  /// A text member of the JSON body; empty where it is not there. kInvalidArgument where it is no text.
  [[nodiscard]] Result<std::string> json_text(const std::string& name) const;
};

using Handler = Result<Response> (*)(Service&, Call&);

enum class BodyKind { kNone, kJson, kAudio, kForm, kText };

struct Parameter {
  std::string_view name;
  std::string_view type;  ///< of JSON Schema: "string", "integer", "number", "boolean"
  std::string_view about;
};

struct Route {
  std::string_view method;
  std::string_view pattern;  ///< "/v1/recordings/{id}"
  std::string_view id;       ///< operationId
  std::string_view about;
  Scope scope;
  BodyKind body;
  bool writes;                       ///< audited; a POST takes an Idempotency-Key
  int success;                       ///< status when all went well
  std::string_view request_schema;   ///< name in openapi_schemas.cpp; empty: none, or the audio
  std::string_view response_schema;  ///< name in openapi_schemas.cpp, or a media type
  std::span<const Parameter> params;
  Handler handler;
};

[[nodiscard]] std::span<const Route> routes();

/// The route of a request; where there is none, which methods the path has otherwise.
struct RouteMatch {
  const Route* route = nullptr;
  std::map<std::string, std::string, std::less<>> path{};
  std::string other_methods{};  ///< "GET, POST"; empty: nothing is there
};
[[nodiscard]] RouteMatch find_route(std::string_view method, std::string_view path);

}  // namespace earmark::api
