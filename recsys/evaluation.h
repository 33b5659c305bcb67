#pragma once
#include <cstddef>

#include "recsys/recommender.h"

namespace earmark::recsys {

/// Means over the users who have something in the test.
struct Scores {
  std::size_t users = 0;
  double recall = 0.0;    ///< hits among the best k, over all that the user has in the test
  double ndcg = 0.0;      ///< binary gain, log2 discount, over the best order there is
  double coverage = 0.0;  ///< share of the items that were recommended to anybody
};

/// Ranks all items that are not in a user's training history (no sampled negatives).
/// Source: the protocol of the Gowalla and MovieLens-1M leaderboards (LightGCN, SIGIR 2020).
[[nodiscard]] Scores evaluate(const Recommender& model, const Rows& train, const Rows& test,
                              std::size_t items, std::size_t k, std::size_t threads);

}  // namespace earmark::recsys
