#pragma once
// Recordings that sound alike, by what the fingerprint keeps of each as a whole: needs no listener.
#include <cstdint>
#include <string>
#include <vector>

#include "registry/registry.h"

namespace earmark::recsys {

/// A registered recording as a point: the mean of its embeddings and how each dimension varies over time,
/// centred on the catalogue and of length 1.
struct Sound {
  std::int64_t key = 0;
  std::string id;
  std::string title;
  std::string owner;
  std::vector<float> point;
  std::vector<std::int64_t> same;  ///< keys of recordings with the same sound throughout
};

/// All registered recordings that can be heard. Reads every stored fingerprint once.
[[nodiscard]] Result<std::vector<Sound>> load_sounds(registry::Registry& registry);

struct SimilarOptions {
  std::size_t count = 10;
  /// 0: the most similar ones; towards 1: such that differ more from each other (maximal marginal relevance).
  double diversity = 0.0;
};

struct SimilarSound {
  std::size_t index = 0;          ///< among the sounds
  double similarity = 0.0;        ///< cosine, -1 to 1
  std::vector<std::size_t> same;  ///< recordings of the same sound that it stands for: shown once
};

/// Best first, without the asked one and what has its sound. Duplicates are shown as the one registered
/// first: the original. Deterministic. Source: MMR, Carbonell & Goldstein, SIGIR 1998.
[[nodiscard]] std::vector<SimilarSound> similar_sound(const std::vector<Sound>& sounds, std::size_t asked,
                                                      const SimilarOptions& options);

}  // namespace earmark::recsys
