#pragma once
// Errors as RFC 9457 problem details. The one table from ErrorCode to HTTP status.
#include <string>
#include <string_view>

#include "api/http.h"
#include "core/error.h"
#include "core/json.h"

namespace earmark::api {

/// What is wrong with one member of the input.
struct FieldError {
  std::string pointer;  ///< JSON pointer, or the name of a parameter
  std::string detail;
};

/// An application/problem+json answer. `code` is stable and for programs; empty: made from the status.
[[nodiscard]] Response make_problem(int status, std::string_view code, std::string_view detail,
                                    const std::vector<FieldError>& errors);

/// The problem that an error of a layer below is.
[[nodiscard]] Response problem_of(const Error& error);

/// The standard phrase of a status ("Not Found").
[[nodiscard]] std::string_view phrase_of(int status);

/// Puts instance and trace id into a problem; leaves other answers as they are.
void complete_problem(Response& response, std::string_view instance, std::string_view trace_id);

}  // namespace earmark::api
