#pragma once
// What the `rights` commands write; rights_command.cpp shows what is there.
#include "cli/rights_options.h"
#include "core/json.h"
#include "registry/registry.h"

namespace earmark::cli {

/// Does what `options` asks for; what was done, for the result line.
[[nodiscard]] Result<Json> change_rights(registry::Registry& registry, const RightsOptions& options);

[[nodiscard]] Json encode(const registry::Share& share);
[[nodiscard]] Json encode(const registry::ShareConflict& conflict);
[[nodiscard]] Json encode(const registry::Licence& licence);
[[nodiscard]] Json encode(const registry::RightsDocument& document);
[[nodiscard]] Json encode(const registry::Exclusion& exclusion);

/// "PARTY=50%@DE AT", "PARTY=50%" for the world.
[[nodiscard]] Result<registry::Share> parse_share_option(std::string_view text);

}  // namespace earmark::cli
