// EASE and iALS. Home of Eigen in this module.
#include <cmath>
#include <random>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <fmt/format.h>

#include "core/parallel.h"
#include "recsys/recommender.h"

namespace earmark::recsys {
namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::VectorXf;
using Eigen::Index;

class Ease : public Recommender {
 public:
  explicit Ease(Matrix weights) : weights_(std::move(weights)) {}
  [[nodiscard]] std::vector<float> scores(std::span<const ItemIndex> history) const override {
    Vector sum = Vector::Zero(weights_.cols());
    for (const ItemIndex item : history) sum += weights_.row(Index{item});
    return {sum.data(), sum.data() + sum.size()};
  }

 private:
  Matrix weights_;
};

/// One side's vector from the other side's: least squares over all pairs, of which `taken` weigh more.
Vector solve_row(std::span<const ItemIndex> taken, const Matrix& other, const Matrix& gram,
                 const IalsOptions& options) {
  const Index d = other.cols();
  Eigen::MatrixXf normal = static_cast<float>(options.unobserved) * gram;
  Vector target = Vector::Zero(d);
  Matrix rows(static_cast<Index>(taken.size()), d);
  for (std::size_t i = 0; i < taken.size(); ++i) rows.row(static_cast<Index>(i)) = other.row(Index{taken[i]});
  normal.selfadjointView<Eigen::Lower>().rankUpdate(rows.transpose());
  target = rows.colwise().sum();
  const double scale =
      static_cast<double>(taken.size()) + options.unobserved * static_cast<double>(other.rows());
  normal.diagonal().array() += static_cast<float>(options.regularisation * scale);
  return normal.selfadjointView<Eigen::Lower>().llt().solve(target);
}

class Ials : public Recommender {
 public:
  Ials(Matrix items, const IalsOptions& options)
      : items_(std::move(items)), gram_(items_.transpose() * items_), options_(options) {}
  [[nodiscard]] std::vector<float> scores(std::span<const ItemIndex> history) const override {
    const Vector out = items_ * solve_row(history, items_, gram_, options_);
    return {out.data(), out.data() + out.size()};
  }

 private:
  Matrix items_;
  Matrix gram_;
  IalsOptions options_;
};

void solve_all(const Rows& rows, const Matrix& other, Matrix& out, const IalsOptions& options) {
  const Matrix gram = other.transpose() * other;
  parallel_for(rows.size(), options.threads, [&](std::size_t row) {
    out.row(static_cast<Index>(row)) = solve_row(rows[row], other, gram, options);
  });
}

constexpr std::string_view kMethods[] = {"popularity", "item-cosine", "user-cosine", "ease", "ials"};

}  // namespace

Result<std::unique_ptr<Recommender>> train_ease(const Interactions& data, double lambda) {
  constexpr std::size_t kMostItems = 20'000;
  if (data.items.size() > kMostItems)
    return fail(
        ErrorCode::kResourceExhausted,
        fmt::format("ease: {} items, its matrix has room for {}: use ials", data.items.size(), kMostItems));
  const auto n = static_cast<Index>(data.items.size());
  Matrix gram = Matrix::Zero(n, n);
  for (std::size_t user = 0; user < data.rows.size(); ++user) {
    for (const ItemIndex a : data.rows[user]) {
      for (const ItemIndex b : data.rows[user]) gram(Index{a}, Index{b}) += 1.0F;
    }
  }
  gram.diagonal().array() += static_cast<float>(lambda);
  const Matrix inverse = gram.llt().solve(Matrix::Identity(n, n));
  const Vector scale = inverse.diagonal().cwiseInverse();
  Matrix weights = -(inverse * scale.asDiagonal());
  weights.diagonal().setZero();
  return std::unique_ptr<Recommender>(std::make_unique<Ease>(std::move(weights)));
}

std::unique_ptr<Recommender> train_ials(const Interactions& data, const IalsOptions& options) {
  const Rows columns = transposed(data.rows, data.items.size());
  const auto d = static_cast<Index>(options.dimensions);
  Matrix users = Matrix::Zero(static_cast<Index>(data.rows.size()), d);
  Matrix items(static_cast<Index>(data.items.size()), d);
  std::mt19937_64 random(options.seed);
  std::normal_distribution<float> start(0.0F, 0.1F / std::sqrt(static_cast<float>(options.dimensions)));
  for (Index i = 0; i < items.rows(); ++i) {
    for (Index k = 0; k < d; ++k) items(i, k) = start(random);
  }
  for (std::size_t sweep = 0; sweep < options.sweeps; ++sweep) {
    solve_all(data.rows, items, users, options);
    solve_all(columns, users, items, options);
  }
  return std::make_unique<Ials>(std::move(items), options);
}

std::span<const std::string_view> methods() { return kMethods; }

Result<std::unique_ptr<Recommender>> train(std::string_view method, const Interactions& data,
                                           std::size_t threads) {
  if (method == "popularity") return train_popularity(data);
  if (method == "item-cosine") return train_item_cosine(data);
  if (method == "user-cosine") return train_user_cosine(data);
  if (method == "ease") return train_ease(data);
  if (method == "ials") {
    IalsOptions options;
    options.threads = threads;
    return train_ials(data, options);
  }
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("method '{}': there are {}", method, fmt::join(kMethods, ", ")));
}

}  // namespace earmark::recsys
