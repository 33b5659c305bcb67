#pragma once
// What a search looks up for each window, for those who want to know where a line was lost.
#include <cstddef>

#include <cstdint>
#include <span>

#include "index/candidates.h"
#include "index/search.h"

namespace earmark::index {

inline constexpr LandmarkLookup kWindowLookup{.pairing = kQueryPairing, .votes_per_frame = 128, .most = 10};
/// Lines of embeddings that are tried, in short windows only: what only long windows find is faint, and
/// embeddings do not hear it.
inline constexpr std::size_t kEmbeddingLines = 6;

inline constexpr double kSureSeed = 20.0;  ///< z from which a seed explains what it spans

/// Does a sure seed span the frame?
[[nodiscard]] bool explains(std::span<const Seed> seeds, std::int64_t frame);

}  // namespace earmark::index
