#pragma once
#include <span>
#include <string_view>

namespace earmark::registry {

/// The statements of schema 4.
[[nodiscard]] std::span<const std::string_view> rights_migration();

}  // namespace earmark::registry
