#pragma once
#include <span>
#include <string_view>

namespace earmark::registry {

/// What the HTTP service keeps beside the registry (docs/store.md): keys, replies, jobs, audit, webhooks,
/// Chromaprint fingerprints. One migration of the list in schema.cpp.
[[nodiscard]] std::span<const std::string_view> service_tables();

}  // namespace earmark::registry
