#pragma once
// What a search looks up for each window, for those who want to know where a line was lost.
#include <cstddef>

#include "index/candidates.h"

namespace earmark::index {

inline constexpr LandmarkLookup kWindowLookup{.pairing = kQueryPairing, .votes_per_frame = 128, .most = 10};
/// Lines of embeddings that are tried, in short windows only: what only long windows find is faint, and
/// embeddings do not hear it.
inline constexpr std::size_t kEmbeddingLines = 6;

}  // namespace earmark::index
