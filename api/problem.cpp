#include "api/problem.h"

#include <algorithm>
#include <cctype>

namespace earmark::api {
namespace {

constexpr std::string_view kProblemType = "application/problem+json";

struct Phrase {
  int status;
  std::string_view text;
};
constexpr Phrase kPhrases[] = {
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {422, "Unprocessable Content"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
    {507, "Insufficient Storage"},
};

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument: return 422;
    case ErrorCode::kNotFound: return 404;
    case ErrorCode::kCorrupt: return 422;
    case ErrorCode::kIo: return 503;
    case ErrorCode::kUnsupported: return 422;
    case ErrorCode::kResourceExhausted: return 507;
    case ErrorCode::kUnavailable: return 503;
    case ErrorCode::kConflict: return 409;
    case ErrorCode::kRefused: return 403;
    case ErrorCode::kInternal: return 500;
  }
  return 500;
}

std::string code_from(std::string_view phrase) {
  std::string code;
  for (const char c : phrase)
    code += c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return code;
}

}  // namespace

std::string_view phrase_of(int status) {
  const auto* const found = std::find_if(std::begin(kPhrases), std::end(kPhrases),
                                         [&](const Phrase& phrase) { return phrase.status == status; });
  return found == std::end(kPhrases) ? std::string_view("Error") : found->text;
}

Response make_problem(int status, std::string_view code, std::string_view detail,
                      const std::vector<FieldError>& errors) {
  const std::string name = code.empty() ? code_from(phrase_of(status)) : std::string(code);
  Json body = {
      {"type", "/problems/" + name}, {"title", phrase_of(status)}, {"status", status}, {"code", name}};
  if (!detail.empty()) body["detail"] = detail;
  for (const FieldError& error : errors)
    body["errors"].push_back({{"pointer", error.pointer}, {"detail", error.detail}});
  Response response;
  response.status = status;
  response.content_type = kProblemType;
  response.body = to_line(body);
  if (status == 503 || status == 429) response.set_header("Retry-After", "1");
  return response;
}

Response problem_of(const Error& error) {
  // What went wrong inside is for the log and not for strangers: it names paths and statements.
  const bool is_ours = error.code == ErrorCode::kInternal || error.code == ErrorCode::kIo;
  return make_problem(status_of(error.code), to_string(error.code),
                      is_ours ? "the log of the service says more, under this trace_id" : error.message, {});
}

void complete_problem(Response& response, std::string_view instance, std::string_view trace_id) {
  if (response.content_type != kProblemType) return;
  auto body = parse_json(response.body);
  if (!body) return;
  (*body)["instance"] = instance;
  (*body)["trace_id"] = trace_id;
  response.body = to_line(*body);
}

}  // namespace earmark::api
