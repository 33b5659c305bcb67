#pragma once
#include <cstddef>
#include <span>
#include <string_view>

namespace earmark::fingerprint {

/// Dot products of one vector with every row of a matrix: out[r] = Σ x[i] * matrix[r * n + i].
///
/// Shapes: x[n], matrix[rows * n] row-major, out[rows]; n a multiple of 16.
/// All versions add in the same order (16 partial sums, then pairwise), without fused multiply-add: the same
/// bits on every CPU. Cost: bench/kernels (`project`).
using ProjectKernel = void (*)(const float* x, const float* matrix, std::size_t n, std::size_t rows,
                               float* out);

void project_scalar(const float* x, const float* matrix, std::size_t n, std::size_t rows, float* out);
void project_avx2(const float* x, const float* matrix, std::size_t n, std::size_t rows, float* out);
void project_avx512(const float* x, const float* matrix, std::size_t n, std::size_t rows, float* out);

/// The fastest version that this CPU can run; chosen once.
[[nodiscard]] ProjectKernel project_kernel();

/// Name of the instruction set in use ("avx512", "avx2", "scalar"), for `doctor`.
[[nodiscard]] std::string_view kernel_name();

}  // namespace earmark::fingerprint
