#pragma once
#include <span>
#include <string_view>

namespace earmark::registry {

/// The migration that adds what audience/ keeps (docs/store.md).
[[nodiscard]] std::span<const std::string_view> audience_tables();

}  // namespace earmark::registry
