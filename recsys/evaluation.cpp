#include "recsys/evaluation.h"

#include <algorithm>
#include <cmath>

#include "core/parallel.h"

namespace earmark::recsys {

Scores evaluate(const Recommender& model, const Rows& train, const Rows& test, std::size_t items,
                std::size_t k, std::size_t threads) {
  struct Of {
    double recall = 0.0;
    double ndcg = 0.0;
    std::vector<ItemIndex> shown;
  };
  std::vector<std::size_t> users;
  for (std::size_t user = 0; user < std::min(train.size(), test.size()); ++user) {
    if (!test[user].empty()) users.push_back(user);
  }
  std::vector<Of> of(users.size());
  parallel_for(users.size(), threads, [&](std::size_t i) {
    const auto history = train[users[i]];
    const auto wanted = test[users[i]];
    Of& one = of[i];
    one.shown = best(model.scores(history), history, k);
    double gain = 0.0;
    double hits = 0.0;
    for (std::size_t place = 0; place < one.shown.size(); ++place) {
      if (!std::binary_search(wanted.begin(), wanted.end(), one.shown[place])) continue;
      hits += 1.0;
      gain += 1.0 / std::log2(static_cast<double>(place) + 2.0);
    }
    double most = 0.0;
    for (std::size_t place = 0; place < std::min(k, wanted.size()); ++place)
      most += 1.0 / std::log2(static_cast<double>(place) + 2.0);
    one.recall = hits / static_cast<double>(wanted.size());
    one.ndcg = gain / most;
  });
  Scores scores;
  scores.users = users.size();
  std::vector<bool> shown(items, false);
  for (const Of& one : of) {
    scores.recall += one.recall;
    scores.ndcg += one.ndcg;
    for (const ItemIndex item : one.shown) shown[item] = true;
  }
  if (users.empty()) return scores;
  scores.recall /= static_cast<double>(users.size());
  scores.ndcg /= static_cast<double>(users.size());
  scores.coverage =
      static_cast<double>(std::count(shown.begin(), shown.end(), true)) / static_cast<double>(items);
  return scores;
}

}  // namespace earmark::recsys
