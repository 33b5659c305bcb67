#pragma once
// Learned from who took what, asked with what somebody took: no method keeps anybody.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/interactions.h"

namespace earmark::recsys {

/// Scores every item for a history. Immutable; may be asked from many threads.
class Recommender {
 public:
  virtual ~Recommender() = default;
  /// scores[items]; higher is better; only their order means something. `history` is ascending.
  [[nodiscard]] virtual std::vector<float> scores(std::span<const ItemIndex> history) const = 0;
};

/// How often an item was taken: what every method must beat.
[[nodiscard]] std::unique_ptr<Recommender> train_popularity(const Interactions& data);

/// Items that are taken by the same people: cosine of columns, the `neighbours` most similar ones of each
/// item, shrunk where few people have both.
///   s(u, i) = Σ over j in history of cos(i, j),  cos(i, j) = |U_i ∩ U_j| / (sqrt(|U_i| |U_j|) + shrink)
/// Source: Sarwar et al., "Item-based collaborative filtering", WWW 2001; shrinkage after Bell & Koren 2007.
[[nodiscard]] std::unique_ptr<Recommender> train_item_cosine(const Interactions& data,
                                                             std::size_t neighbours = 200,
                                                             double shrink = 10.0);

/// What people with a similar history took: cosine of rows, the `neighbours` most similar people. It keeps
/// the histories it learned from: for comparing methods, not for a model that is stored.
[[nodiscard]] std::unique_ptr<Recommender> train_user_cosine(const Interactions& data,
                                                             std::size_t neighbours = 200);

/// The item-to-item weights that best rebuild every history from its other items: closed form
///   B = I - P diag(1/P),  P = (XᵀX + λI)⁻¹.
/// Source: Steck, "Embarrassingly shallow autoencoders for sparse data" (EASE), WWW 2019.
/// Errors: kResourceExhausted over 20,000 items (its matrix has their square). Cost: O(items³).
[[nodiscard]] Result<std::unique_ptr<Recommender>> train_ease(const Interactions& data,
                                                              double lambda = 500.0);

struct IalsOptions {
  std::size_t dimensions = 64;
  double unobserved = 0.3;  ///< weight of what was not taken (alpha_0)
  double regularisation =
      0.01;  ///< lambda, scaled by how often a row or column occurs to the power 1 (nu = 1)
  std::size_t sweeps = 12;
  std::uint64_t seed = 1;
  std::size_t threads = 1;  ///< does not change the result
};
/// Alternating least squares over all pairs, taken or not.
/// Source: Hu, Koren, Volinsky, ICDM 2008, with the weights and the frequency-scaled regularisation of Rendle
/// et al.,
///         "Revisiting the performance of iALS on item recommendation benchmarks", RecSys 2022.
[[nodiscard]] std::unique_ptr<Recommender> train_ials(const Interactions& data, const IalsOptions& options);

/// "popularity", "item-cosine", "user-cosine", "ease", "ials". kInvalidArgument with the names.
[[nodiscard]] Result<std::unique_ptr<Recommender>> train(std::string_view method, const Interactions& data,
                                                         std::size_t threads);
[[nodiscard]] std::span<const std::string_view> methods();

/// The `count` best items that are not in the history, best first; equal scores by number.
[[nodiscard]] std::vector<ItemIndex> best(std::span<const float> scores, std::span<const ItemIndex> history,
                                          std::size_t count);

}  // namespace earmark::recsys
