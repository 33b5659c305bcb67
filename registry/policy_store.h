#pragma once
// Policies as rows, within the transaction of whoever reads or writes them.
#include <string>
#include <string_view>
#include <vector>

#include "registry/policy_rules.h"

namespace earmark::storage {
class Session;
}

namespace earmark::registry {

/// Policies with their lines; `where` continues "… FROM policies o JOIN parties p … ".
[[nodiscard]] Result<std::vector<Policy>> select_policies(storage::Session& session, std::string_view where,
                                                          std::string_view value);
[[nodiscard]] Status insert_lines(storage::Session& session, const Policy& policy);

}  // namespace earmark::registry
