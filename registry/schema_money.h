#pragma once
#include <span>
#include <string_view>

namespace earmark::registry {

/// The ledger and what it is computed from (docs/store.md). One migration of the list in schema.cpp.
[[nodiscard]] std::span<const std::string_view> money_tables();

}  // namespace earmark::registry
