#pragma once
// The JSON of matches, claims, recordings and feeds, the same in the API and on the command line. Names are a
// contract (docs/cli.md, docs/api.md): they may be added to, never renamed or dropped.
#include <string>

#include "catalogue/catalogue.h"
#include "core/json.h"
#include "registry/claim_types.h"
#include "registry/shared.h"
#include "registry/types.h"

namespace earmark::api {

[[nodiscard]] Json encode(const catalogue::MatchedUse& use);
[[nodiscard]] Json encode(const registry::Claim& claim);
[[nodiscard]] Json encode(const registry::ClaimEvent& event);
[[nodiscard]] Json encode(const registry::Recording& recording);
[[nodiscard]] Json encode(const registry::SharedStretch& stretch);
[[nodiscard]] Json encode(const registry::Feed& feed);

[[nodiscard]] std::string_view to_string(
    catalogue::RegisterStatus status);  ///< "registered", "duplicate", "quarantined"

/// null for an empty text.
[[nodiscard]] Json text_or_null(const std::string& text);

}  // namespace earmark::api
