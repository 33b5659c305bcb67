#pragma once
#include <span>
#include <string_view>

namespace earmark::registry {

/// Migration 5: what the crawler knows of feeds and hosts, its queue, its log, and the archive of scanned
/// episodes.
[[nodiscard]] std::span<const std::string_view> crawl_tables();

}  // namespace earmark::registry
