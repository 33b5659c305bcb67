#pragma once
#include <optional>

#include "api/route.h"

namespace earmark::api {

/// Reads the body that the route asks for into the call. An answer where it cannot be used; else `digest` is
/// of its content.
[[nodiscard]] std::optional<Response> read_body(const Route& route, Call& call, Spool& spool, Sha256& digest);

}  // namespace earmark::api
