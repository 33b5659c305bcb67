#include "audience/least_squares.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include "core/check.h"

namespace earmark::audience {

std::vector<double> ridge_regression(std::span<const double> rows, std::span<const double> y,
                                     std::span<const double> ridge) {
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto n = static_cast<Eigen::Index>(y.size());
  const auto k = static_cast<Eigen::Index>(ridge.size());
  EARMARK_CHECK(rows.size() == y.size() * ridge.size(), "a matrix of another shape");
  const Eigen::Map<const RowMajor> x(rows.data(), n, k);
  const Eigen::Map<const Eigen::VectorXd> target(y.data(), n);
  const Eigen::Map<const Eigen::VectorXd> penalty(ridge.data(), k);
  Eigen::MatrixXd normal = Eigen::MatrixXd::Zero(k, k);
  normal.selfadjointView<Eigen::Lower>().rankUpdate(x.transpose());
  normal.diagonal() += penalty;
  const Eigen::VectorXd weights = normal.selfadjointView<Eigen::Lower>().ldlt().solve(x.transpose() * target);
  return {weights.data(), weights.data() + k};
}

}  // namespace earmark::audience
