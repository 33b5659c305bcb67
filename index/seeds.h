#pragma once
// What a search looks up for each window, for those who want to know where a line was lost.
#include <cstdint>
#include <span>

#include "index/candidates.h"
#include "index/search.h"

namespace earmark::index {

inline constexpr LandmarkLookup kWindowLookup{.pairing = kQueryPairing, .votes_per_frame = 128, .most = 10};
/// In short windows only: what only long windows find is faint, and embeddings do not hear it.
inline constexpr EmbeddingLookup kEmbeddingLookup{.most = 6};
/// Of so little nothing is hopeless: the likeliest line is asked for, however unlikely.
inline constexpr std::int64_t kShortQuery = 320;  ///< frames; 5.1 s
inline constexpr LandmarkLookup kShortLookup{
    .pairing = kQueryPairing, .votes_per_frame = 512, .most = 20, .least = 3};
inline constexpr EmbeddingLookup kShortEmbeddingLookup{
    .most = 30, .least_similarity = 0.1F, .least_sum = 0.1};

inline constexpr double kSureSeed = 20.0;  ///< z from which a seed explains what it spans

/// Does a sure seed span the frame?
[[nodiscard]] bool explains(std::span<const Seed> seeds, std::int64_t frame);

}  // namespace earmark::index
