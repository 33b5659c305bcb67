#pragma once
#include "catalogue/explained.h"
#include "core/json.h"

namespace earmark::evidence {

/// Everything of an explanation; names in docs/explain.md.
[[nodiscard]] Json to_json(const catalogue::Explained& explained);
/// The way back: what was kept can be drawn at any later time. kCorrupt.
[[nodiscard]] Result<catalogue::Explained> explained_from(const Json& json);

}  // namespace earmark::evidence
