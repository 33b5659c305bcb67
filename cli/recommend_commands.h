#pragma once
// Options of `recommend`.
#include <cstddef>
#include <string>
#include <vector>

namespace earmark::cli {

struct RecommendSimilarOptions {
  std::string recording_id;
  std::size_t top = 10;
  double diversity = 0.0;
};

struct RecommendDataOptions {
  enum class What { kEvaluate, kFor } what = What::kEvaluate;
  std::string file;
  std::string test_file;             ///< kEvaluate; empty: split by time
  std::vector<std::string> methods;  ///< empty: all (kEvaluate), item-cosine (kFor)
  std::vector<std::string> items;    ///< kFor: the history
  double least_weight = 0.0;
  double share = 0.8;  ///< of the list that is learned from
  std::size_t top = 20;
};

}  // namespace earmark::cli
