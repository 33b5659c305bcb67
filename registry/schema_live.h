#pragma once
#include <span>
#include <string_view>

namespace earmark::registry {

/// The migration that adds live streams (docs/store.md).
[[nodiscard]] std::span<const std::string_view> live_tables();

}  // namespace earmark::registry
