#include "api/openapi.h"

#include "api/problem.h"
#include "api/route.h"

namespace earmark::api {
namespace {

Json schema_ref(std::string_view name) { return {{"$ref", "#/components/schemas/" + std::string(name)}}; }

Json json_content(std::string_view schema) {
  Json content = {{"application/json", {{"schema", schema_ref(schema)}}}};
  const Json& known = openapi_schemas();
  const auto found = known.find(std::string(schema));
  if (found != known.end() && found->contains("example"))
    content["application/json"]["example"] = found->at("example");
  return content;
}

Json problem_response(int status) {
  return {{"description", phrase_of(status)},
          {"content", {{"application/problem+json", {{"schema", schema_ref("Problem")}}}}}};
}

/// What stands in a path where the pattern has a name.
std::string_view about_path_value(std::string_view name) {
  if (name == "action") return "The step of the procedure of claims.";
  if (name == "code") return "The code of a problem.";
  if (name == "message") return "Id of a message, as the log of deliveries names it.";
  return "Id, as the answer that made it or a list says it.";
}

/// The tags that operations have (tag_of), in the order in which a reader wants them.
Json tags() {
  constexpr std::pair<const char*, const char*> kTags[] = {
      {"match", "Which recordings are used in audio, and what their owners want."},
      {"recordings", "What a holder registered."},
      {"feeds", "Podcasts that are watched."},
      {"claims", "Uses that were found, and what becomes of them."},
      {"webhooks", "Being told."},
      {"jobs", "Work that outlives its request."},
      {"me", "The key that asks."},
      {"audit", "Who changed what."},
      {"compatibility", "Faces for the clients of AcoustID and MusicBrainz."},
      {"service", "Health, metrics, this document."}};
  Json json = Json::array();
  for (const auto& [name, about] : kTags) json.push_back({{"name", name}, {"description", about}});
  return json;
}

Json parameters_of(const Route& route) {
  Json parameters = Json::array();
  for (std::string_view rest = route.pattern; rest.find('{') != std::string_view::npos;) {
    rest.remove_prefix(rest.find('{') + 1);
    const std::string name(rest.substr(0, rest.find('}')));
    parameters.push_back({{"name", name},
                          {"in", "path"},
                          {"required", true},
                          {"description", about_path_value(name)},
                          {"schema", {{"type", "string"}}}});
    if (name == "action")
      parameters.back()["schema"]["enum"] = {"confirm", "release", "uphold",  "withdraw", "takedown",
                                             "hold",    "extend",  "reopen",  "dispute",  "escalate",
                                             "retract", "appeal",  "counter", "restore",  "close"};
  }
  for (const Parameter& parameter : route.params) {
    parameters.push_back({{"name", parameter.name},
                          {"in", "query"},
                          {"required", false},
                          {"description", parameter.about},
                          {"schema", {{"type", parameter.type}}}});
  }
  const auto add_header = [&](const char* name, const char* about) {
    parameters.push_back({{"name", name},
                          {"in", "header"},
                          {"required", false},
                          {"description", about},
                          {"schema", {{"type", "string"}}}});
  };
  if (route.writes && route.method == "POST")
    add_header("Idempotency-Key", "The same key with the same request gives the same answer, for 48 hours.");
  if (route.body == BodyKind::kAudio)
    add_header("Prefer", "respond-async: answer 202 at once, with a job that says how it went.");
  if (route.method == "GET" && route.pattern.starts_with("/v1/"))
    add_header("If-None-Match", "ETag of what is known already; 304 where it is still that.");
  if (route.writes && route.pattern.find('{') != std::string_view::npos)
    add_header("If-Match", "ETag of what is meant to be changed; 412 where it is another by now.");
  return parameters;
}

Json body_of(const Route& route) {
  const Json binary = {{"type", "string"}, {"format", "binary"}};
  switch (route.body) {
    case BodyKind::kAudio: {
      Json form = {{"type", "object"}, {"required", {"audio"}}, {"properties", {{"audio", binary}}}};
      for (const Parameter& parameter : route.params)
        form["properties"][std::string(parameter.name)] = {{"type", parameter.type}};
      return {{"required", true},
              {"content",
               {{"multipart/form-data", {{"schema", form}}},
                {"audio/*", {{"schema", binary}}},
                {"application/octet-stream", {{"schema", binary}}},
                {"application/vnd.earmark.fingerprint", {{"schema", binary}}}}}};
    }
    case BodyKind::kJson: return {{"required", false}, {"content", json_content(route.request_schema)}};
    case BodyKind::kForm:
      if (route.request_schema.empty()) return nullptr;  // a GET: the form is the query
      return {{"required", false},
              {"content",
               {{"application/x-www-form-urlencoded", {{"schema", schema_ref(route.request_schema)}}}}}};
    default: return nullptr;
  }
}

/// The faces for other clients answer errors in the words of the originals.
void translate_errors(const Route& route, Json& responses) {
  const bool is_acoustid = route.pattern.starts_with("/v2/");
  if (!is_acoustid && !route.pattern.starts_with("/ws/")) return;
  responses.erase("422");
  responses["400"] = problem_response(400);
  if (is_acoustid) {
    responses["413"] = problem_response(413);
    for (auto& [status, response] : responses.items()) {
      if (!status.starts_with('2')) response["content"] = json_content("AcoustIdAnswer");
    }
    return;
  }
  const Json json = {{"schema", {{"type", "object"}}}};
  const Json xml = {{"schema", {{"type", "string"}}}};
  for (const char* status : {"200", "400", "404"})
    responses[status]["content"] = {{"application/xml", xml}, {"application/json", json}};
}

Json responses_of(const Route& route) {
  Json responses = Json::object();
  Json success = {{"description", phrase_of(route.success) == "Error" ? "Done" : phrase_of(route.success)}};
  if (route.response_schema.find('/') != std::string_view::npos) {
    success["content"] = {{std::string(route.response_schema), {{"schema", {{"type", "string"}}}}}};
  } else if (!route.response_schema.empty()) {
    success["content"] = json_content(route.response_schema);
  }
  responses[std::to_string(route.success)] = success;
  if (route.success == 201) responses["200"] = success;
  if (route.body == BodyKind::kAudio) {
    responses["202"] = {{"description", "Accepted: a job"}, {"content", json_content("Job")}};
    for (const int status : {413, 415, 422}) responses[std::to_string(status)] = problem_response(status);
  }
  if (route.scope != Scope::kPublic) {
    for (const int status : {401, 403}) responses[std::to_string(status)] = problem_response(status);
  }
  if (route.pattern.find('{') != std::string_view::npos) responses["404"] = problem_response(404);
  if (route.body == BodyKind::kJson || !route.params.empty()) responses["422"] = problem_response(422);
  if (route.writes) {
    for (const int status : {409, 412}) responses[std::to_string(status)] = problem_response(status);
  }
  if (route.method == "PUT") responses["428"] = problem_response(428);
  if (route.method == "GET" && route.pattern.starts_with("/v1/"))
    responses["304"] = {{"description", "Not Modified: If-None-Match names what is there"}};
  responses["429"] = problem_response(429);
  responses["503"] = problem_response(503);
  translate_errors(route, responses);
  return responses;
}

std::string_view tag_of(const Route& route) {
  if (!route.pattern.starts_with("/v1/")) {
    return route.pattern.starts_with("/v2/") || route.pattern.starts_with("/ws/")
               ? std::string_view("compatibility")
               : std::string_view("service");
  }
  const auto rest = route.pattern.substr(4);
  return rest.substr(0, rest.find('/'));
}

Json operation_of(const Route& route) {
  Json operation = {{"operationId", route.id},
                    {"summary", route.about.substr(0, route.about.find('.'))},
                    {"description", route.about},
                    {"tags", {tag_of(route)}}};
  if (Json parameters = parameters_of(route); !parameters.empty())
    operation["parameters"] = std::move(parameters);
  if (Json body = body_of(route); !body.is_null()) operation["requestBody"] = std::move(body);
  operation["responses"] = responses_of(route);
  if (route.scope == Scope::kPublic) {
    operation["security"] = Json::array();
  } else {
    operation["security"] = {{{"bearer", Json::array()}}, {{"header", Json::array()}}};
    operation["x-scope"] = to_string(route.scope);
  }
  return operation;
}

std::string lower(std::string_view method) {
  std::string text(method);
  for (char& c : text) c = static_cast<char>(c - 'A' + 'a');
  return text;
}

}  // namespace

Json make_openapi() {
  Json document = {
      {"openapi", "3.1.0"},
      {"info",
       {{"title", "Earmark"},
        {"version", "1"},
        {"summary", "Which recordings are used in this audio, where, and what their owners want"},
        {"description",
         "Times are integers in milliseconds. Errors are application/problem+json (RFC 9457)."},
        {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
      {"servers", {{{"url", "/"}}}},
      {"tags", tags()},
      {"paths", Json::object()},
  };
  for (const Route& route : routes())
    document["paths"][std::string(route.pattern)][lower(route.method)] = operation_of(route);
  document["components"] = {
      {"securitySchemes",
       {{"bearer", {{"type", "http"}, {"scheme", "bearer"}}},
        {"header", {{"type", "apiKey"}, {"in", "header"}, {"name", "X-API-Key"}}}}},
      {"schemas", openapi_schemas()},
  };
  return document;
}

}  // namespace earmark::api
