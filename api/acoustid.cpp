#include "api/acoustid.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "core/markup.h"

namespace earmark::api {
namespace {

constexpr std::string_view kJson = "application/json; charset=UTF-8";
constexpr std::size_t kLongestCallback = 100;

bool is_plain_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestCallback &&
         std::isdigit(static_cast<unsigned char>(text[0])) == 0 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '$' || c == '.';
         });
}

std::string scalar_text(const Json& json) { return json.is_string() ? json.get<std::string>() : json.dump(); }

/// A list becomes an element for each item, called as the list without its "s".
std::string to_xml(const std::string& name, const Json& json) {
  std::string inner;
  if (json.is_object()) {
    for (const auto& [key, value] : json.items()) inner += to_xml(key, value);
  } else if (json.is_array()) {
    const std::string item = name.ends_with('s') ? name.substr(0, name.size() - 1) : name;
    for (const Json& value : json) inner += to_xml(item, value);
  } else {
    inner = xml_escaped(scalar_text(json));
  }
  return fmt::format("<{}>{}</{}>", name, inner, name);
}

int status_of(AcoustIdError code) {
  switch (code) {
    case AcoustIdError::kInternal: return 500;
    case AcoustIdError::kUnavailable: return 503;
    case AcoustIdError::kTooManyRequests: return 429;
    case AcoustIdError::kFingerprintNotFound: return 404;
    case AcoustIdError::kTooLarge: return 413;
    default: return 400;
  }
}

Json error_body(AcoustIdError code, std::string_view message) {
  return {{"status", "error"}, {"error", {{"code", static_cast<int>(code)}, {"message", message}}}};
}

}  // namespace

std::string form_value(const Form& form, const std::string& name) {
  const auto found = form.find(name);
  return found == form.end() ? std::string() : found->second;
}

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (const auto reference = markup_reference(c); !reference.empty()) {
      out += reference;
    } else if (static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n') {
      out += c;  // other control characters are not allowed in XML at all
    }
  }
  return out;
}

Response acoustid_answer(const Form& form, const Json& body) {
  const std::string format = form_value(form, "format");
  Response response;
  if (format.empty() || format == "json") {
    response.content_type = kJson;
    response.body = to_line(body);
  } else if (format == "jsonp") {
    std::string callback = form_value(form, "jsoncallback");
    if (callback.empty()) callback = "jsonAcoustidApi";
    if (!is_plain_name(callback))
      return acoustid_error({}, AcoustIdError::kUnknownFormat, "jsoncallback is no plain name");
    response.content_type = "application/javascript; charset=UTF-8";
    response.body = callback + "(" + to_line(body) + ")";
  } else if (format == "xml") {
    response.content_type = "application/xml; charset=UTF-8";
    response.body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" +
                    to_xml("response", parse_json(to_line(body)).value_or(Json::object()));
  } else {
    return acoustid_error({}, AcoustIdError::kUnknownFormat, "unknown format \"" + format + "\"");
  }
  return response;
}

Response acoustid_error(const Form& form, AcoustIdError code, std::string_view message) {
  Response response = acoustid_answer(form, error_body(code, message));
  response.status = std::max(response.status == 200 ? 0 : response.status, status_of(code));
  return response;
}

Response in_acoustid_words(Response response) {
  if (!response.content_type.starts_with("application/problem+json")) return response;
  const AcoustIdError code = response.status == 429   ? AcoustIdError::kTooManyRequests
                             : response.status == 413 ? AcoustIdError::kTooLarge
                             : response.status == 503 ? AcoustIdError::kUnavailable
                             : response.status >= 500 ? AcoustIdError::kInternal
                                                      : AcoustIdError::kMissingParameter;
  const auto problem = parse_json(response.body);
  const std::string detail = problem ? problem->value("detail", problem->value("title", "")) : "";
  response.body = to_line(error_body(code, detail));
  response.content_type = kJson;
  return response;
}

}  // namespace earmark::api
