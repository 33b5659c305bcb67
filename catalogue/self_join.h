#pragma once
// What follows from what recordings have in common. Pure functions.
#include <span>
#include <string>
#include <vector>

#include "index/self_join.h"
#include "registry/shared.h"

namespace earmark::catalogue {

/// Stretches of other recordings and repeats within the recording, as the registry keeps them.
[[nodiscard]] std::vector<registry::NewShared> as_new(std::span<const index::Shared> shared,
                                                      std::span<const index::Shared> repeats);

/// The other recordings that a use of reference_start_ms to reference_end_ms may as well be of, because all
/// of it lies in what the two have in common; by id. Versions of one work with one owner and one policy are
/// not ambiguous.
[[nodiscard]] std::vector<std::string> ambiguous_with(std::int64_t reference_start_ms,
                                                      std::int64_t reference_end_ms,
                                                      const registry::Recording& recording,
                                                      std::span<const registry::SharedStretch> stretches);

}  // namespace earmark::catalogue
