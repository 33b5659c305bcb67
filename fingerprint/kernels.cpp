#include "fingerprint/kernels.h"

#include <array>

#include <immintrin.h>

// Fusing a multiply and an add rounds once instead of twice: the versions below would disagree in the last
// bit.
#pragma GCC optimize("fp-contract=off")

namespace earmark::fingerprint {
namespace {

constexpr std::size_t kLanes = 16;

float sum_lanes(std::array<float, kLanes>& lanes) {
  for (std::size_t width = kLanes / 2; width > 0; width /= 2) {
    for (std::size_t i = 0; i < width; ++i) lanes[i] += lanes[i + width];
  }
  return lanes[0];
}

bool has_avx2() { return __builtin_cpu_supports("avx2") != 0; }
bool has_avx512() { return __builtin_cpu_supports("avx512f") != 0; }

}  // namespace

void project_scalar(const float* x, const float* matrix, std::size_t n, std::size_t rows, float* out) {
  for (std::size_t r = 0; r < rows; ++r) {
    const float* row = matrix + r * n;
    std::array<float, kLanes> lanes{};
    for (std::size_t i = 0; i < n; i += kLanes) {
      for (std::size_t l = 0; l < kLanes; ++l) lanes[l] += x[i + l] * row[i + l];
    }
    out[r] = sum_lanes(lanes);
  }
}

[[gnu::target("avx2")]] void project_avx2(const float* x, const float* matrix, std::size_t n,
                                          std::size_t rows, float* out) {
  for (std::size_t r = 0; r < rows; ++r) {
    const float* row = matrix + r * n;
    __m256 low = _mm256_setzero_ps();
    __m256 high = _mm256_setzero_ps();
    for (std::size_t i = 0; i < n; i += kLanes) {
      low = _mm256_add_ps(low, _mm256_mul_ps(_mm256_loadu_ps(x + i), _mm256_loadu_ps(row + i)));
      high = _mm256_add_ps(high, _mm256_mul_ps(_mm256_loadu_ps(x + i + 8), _mm256_loadu_ps(row + i + 8)));
    }
    std::array<float, kLanes> lanes;
    _mm256_storeu_ps(lanes.data(), low);
    _mm256_storeu_ps(lanes.data() + 8, high);
    out[r] = sum_lanes(lanes);
  }
}

[[gnu::target("avx512f")]] void project_avx512(const float* x, const float* matrix, std::size_t n,
                                               std::size_t rows, float* out) {
  for (std::size_t r = 0; r < rows; ++r) {
    const float* row = matrix + r * n;
    __m512 sum = _mm512_setzero_ps();
    for (std::size_t i = 0; i < n; i += kLanes) {
      sum = _mm512_add_ps(sum, _mm512_mul_ps(_mm512_loadu_ps(x + i), _mm512_loadu_ps(row + i)));
    }
    std::array<float, kLanes> lanes;
    _mm512_storeu_ps(lanes.data(), sum);
    out[r] = sum_lanes(lanes);
  }
}

ProjectKernel project_kernel() {
  static const ProjectKernel kernel = has_avx512() ? project_avx512
                                      : has_avx2() ? project_avx2
                                                   : project_scalar;
  return kernel;
}

std::string_view kernel_name() { return has_avx512() ? "avx512" : has_avx2() ? "avx2" : "scalar"; }

}  // namespace earmark::fingerprint
