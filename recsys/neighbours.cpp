// Popularity and the two cosine methods.
#include <algorithm>
#include <cmath>
#include <utility>

#include "recsys/recommender.h"

namespace earmark::recsys {
namespace {

class Popularity : public Recommender {
 public:
  explicit Popularity(std::vector<float> counts) : counts_(std::move(counts)) {}
  [[nodiscard]] std::vector<float> scores(std::span<const ItemIndex>) const override { return counts_; }

 private:
  std::vector<float> counts_;
};

using Weighted = std::pair<float, ItemIndex>;

void keep_best(std::vector<Weighted>& all, std::size_t count) {
  const auto better = [](const Weighted& a, const Weighted& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  };
  if (all.size() > count) {
    std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count), all.end(), better);
    all.resize(count);
  }
}

class ItemCosine : public Recommender {
 public:
  ItemCosine(std::vector<std::vector<Weighted>> neighbours) : neighbours_(std::move(neighbours)) {}
  [[nodiscard]] std::vector<float> scores(std::span<const ItemIndex> history) const override {
    std::vector<float> out(neighbours_.size(), 0.0F);
    for (const ItemIndex item : history) {
      for (const auto& [weight, other] : neighbours_[item]) out[other] += weight;
    }
    return out;
  }

 private:
  std::vector<std::vector<Weighted>> neighbours_;
};

class UserCosine : public Recommender {
 public:
  UserCosine(Rows rows, std::size_t items, std::size_t neighbours)
      : rows_(std::move(rows)), columns_(transposed(rows_, items)), items_(items), neighbours_(neighbours) {}
  [[nodiscard]] std::vector<float> scores(std::span<const ItemIndex> history) const override {
    std::vector<float> common(rows_.size(), 0.0F);
    for (const ItemIndex item : history) {
      for (const ItemIndex user : columns_[item]) common[user] += 1.0F;
    }
    std::vector<Weighted> similar;
    for (std::size_t user = 0; user < rows_.size(); ++user) {
      if (common[user] == 0.0F) continue;
      const auto norm =
          std::sqrt(static_cast<float>(history.size()) * static_cast<float>(rows_[user].size()));
      similar.emplace_back(common[user] / norm, static_cast<ItemIndex>(user));
    }
    keep_best(similar, neighbours_);
    std::vector<float> out(items_, 0.0F);
    for (const auto& [weight, user] : similar) {
      for (const ItemIndex item : rows_[user]) out[item] += weight;
    }
    return out;
  }

 private:
  Rows rows_;
  Rows columns_;
  std::size_t items_;
  std::size_t neighbours_;
};

}  // namespace

std::unique_ptr<Recommender> train_popularity(const Interactions& data) {
  std::vector<float> counts(data.items.size(), 0.0F);
  for (std::size_t user = 0; user < data.rows.size(); ++user) {
    for (const ItemIndex item : data.rows[user]) counts[item] += 1.0F;
  }
  return std::make_unique<Popularity>(std::move(counts));
}

std::unique_ptr<Recommender> train_item_cosine(const Interactions& data, std::size_t neighbours,
                                               double shrink) {
  const Rows columns = transposed(data.rows, data.items.size());
  std::vector<std::vector<Weighted>> out(data.items.size());
  std::vector<float> common(data.items.size(), 0.0F);
  for (ItemIndex item = 0; item < data.items.size(); ++item) {
    std::vector<ItemIndex> touched;
    for (const ItemIndex user : columns[item]) {
      for (const ItemIndex other : data.rows[user]) {
        if (common[other] == 0.0F) touched.push_back(other);
        common[other] += 1.0F;
      }
    }
    for (const ItemIndex other : touched) {
      if (other != item) {
        const double norm =
            std::sqrt(static_cast<double>(columns[item].size()) * static_cast<double>(columns[other].size()));
        out[item].emplace_back(static_cast<float>(static_cast<double>(common[other]) / (norm + shrink)),
                               other);
      }
      common[other] = 0.0F;
    }
    keep_best(out[item], neighbours);
  }
  return std::make_unique<ItemCosine>(std::move(out));
}

std::unique_ptr<Recommender> train_user_cosine(const Interactions& data, std::size_t neighbours) {
  return std::make_unique<UserCosine>(data.rows, data.items.size(), neighbours);
}

std::vector<ItemIndex> best(std::span<const float> scores, std::span<const ItemIndex> history,
                            std::size_t count) {
  std::vector<ItemIndex> order;
  for (ItemIndex item = 0; item < scores.size(); ++item) {
    if (!std::binary_search(history.begin(), history.end(), item)) order.push_back(item);
  }
  const auto better = [&](ItemIndex a, ItemIndex b) {
    return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
  };
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(count, order.size()));
  std::partial_sort(order.begin(), end, order.end(), better);
  order.erase(end, order.end());
  return order;
}

}  // namespace earmark::recsys
