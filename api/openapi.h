#pragma once
#include "core/json.h"

namespace earmark::api {

/// The OpenAPI 3.1 document of routes(). Deterministic.
[[nodiscard]] Json make_openapi();

/// #/components/schemas, by name.
[[nodiscard]] const Json& openapi_schemas();

}  // namespace earmark::api
