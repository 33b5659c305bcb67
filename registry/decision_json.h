#pragma once
#include "core/json.h"
#include "registry/resolution.h"

namespace earmark::registry {

/// {"disposition","action","in_effect","reason","rule_id","rule_version","by_territory":[{"territories",
/// "action","reason","party","rule_id","rule_version","licence_id","owners":[{"party","share_ppm"}]}]}.
/// An action that there is none of is "none".
[[nodiscard]] Json to_json(const Decision& decision);

}  // namespace earmark::registry
