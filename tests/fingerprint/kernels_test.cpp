#include "fingerprint/kernels.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/signals.h"

namespace earmark::fingerprint {
namespace {

std::vector<float> run(ProjectKernel kernel, std::span<const float> x, std::span<const float> matrix,
                       std::size_t n, std::size_t rows) {
  std::vector<float> out(rows);
  kernel(x.data(), matrix.data(), n, rows, out.data());
  return out;
}

TEST(ProjectKernel, EveryVersionGivesTheBitsOfTheScalarOne) {
  for (std::size_t n = 16; n <= 256; n += 16) {
    for (std::size_t rows = 1; rows <= 5; ++rows) {
      // One float further than aligned: the kernels must not depend on alignment.
      const auto x = test::noise(static_cast<std::uint32_t>(n), n + 1, 3.0F);
      const auto matrix = test::noise(static_cast<std::uint32_t>(100 * n + rows), n * rows + 1, 3.0F);
      const std::span<const float> xs = std::span(x).subspan(1);
      const std::span<const float> ms = std::span(matrix).subspan(1);
      const auto expected = run(project_scalar, xs, ms, n, rows);

      if (__builtin_cpu_supports("avx2") != 0) {
        EXPECT_EQ(run(project_avx2, xs, ms, n, rows), expected);
      }
      if (__builtin_cpu_supports("avx512f") != 0) {
        EXPECT_EQ(run(project_avx512, xs, ms, n, rows), expected);
      }
    }
  }
}

TEST(ProjectKernel, IsTheDotProduct) {
  const std::vector<float> x(32, 0.5F);
  std::vector<float> matrix(64);
  for (std::size_t i = 0; i < matrix.size(); ++i) matrix[i] = static_cast<float>(i);

  const auto out = run(project_kernel(), x, matrix, 32, 2);

  EXPECT_FLOAT_EQ(out[0], 0.5F * (31 * 32 / 2));
  EXPECT_FLOAT_EQ(out[1], 0.5F * (32 * 32 + 31 * 32 / 2));
}

}  // namespace
}  // namespace earmark::fingerprint
