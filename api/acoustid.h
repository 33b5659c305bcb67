#pragma once
// The words of AcoustID's web service, version 2: formats and errors.
#include <map>
#include <string>
#include <string_view>

#include "api/http.h"
#include "core/json.h"

namespace earmark::api {

enum class AcoustIdError {
  kUnknownFormat = 1,
  kMissingParameter = 2,
  kInvalidFingerprint = 3,
  kInvalidApiKey = 4,
  kInternal = 5,
  kInvalidUserKey = 6,
  kInvalidUuid = 7,
  kInvalidDuration = 8,
  kInvalidBitrate = 9,
  kInvalidMaxDurationDiff = 11,
  kUnavailable = 13,
  kTooManyRequests = 14,
  kFingerprintNotFound = 18,
  kTooLarge = 19,
};

using Form = std::multimap<std::string, std::string>;

/// First value of a field; empty: none.
[[nodiscard]] std::string form_value(const Form& form, const std::string& name);

/// In the format that the form asks for: json, jsonp (with a callback that is a plain name) or xml.
[[nodiscard]] Response acoustid_answer(const Form& form, const Json& body);
[[nodiscard]] Response acoustid_error(const Form& form, AcoustIdError code, std::string_view message);

/// A problem of the service itself (too many requests, …) as AcoustID's clients understand it; other answers
/// as they are.
[[nodiscard]] Response in_acoustid_words(Response response);

/// Text for XML.
[[nodiscard]] std::string xml_escaped(std::string_view text);

}  // namespace earmark::api
