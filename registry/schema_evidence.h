#pragma once
#include <span>
#include <string_view>

namespace earmark::registry {

/// The migration that adds shared material and evidence: shared_stretches, sighting_evidence,
/// evidence_bundles.
[[nodiscard]] std::span<const std::string_view> evidence_statements();

}  // namespace earmark::registry
