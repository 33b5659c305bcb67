#include "index/code_scan.h"

#include <algorithm>

#include <immintrin.h>

#include "core/check.h"

namespace earmark::index {

bool scan_portable(const std::uint8_t* table, const std::byte* block, std::size_t width,
                   std::size_t code_bytes, std::uint16_t limit, std::uint16_t* sums) {
  std::fill(sums, sums + kCodeBlock, std::uint16_t{0});
  for (std::size_t m = 0; m < code_bytes; ++m) {
    const std::uint8_t* const row = table + m * kCodeValues;
    const std::byte* const codes = block + m * width;
    for (std::size_t i = 0; i < width; ++i)
      sums[i] = static_cast<std::uint16_t>(sums[i] + row[std::to_integer<std::size_t>(codes[i])]);
  }
  return std::any_of(sums, sums + width, [limit](std::uint16_t sum) { return sum >= limit; });
}

[[gnu::target("avx512f,avx512bw,avx512vbmi")]] bool scan_vbmi(const std::uint8_t* table,
                                                              const std::byte* block, std::size_t width,
                                                              std::size_t code_bytes, std::uint16_t limit,
                                                              std::uint16_t* sums) {
  const __mmask64 used = width >= kCodeBlock ? ~__mmask64{0} : (__mmask64{1} << width) - 1;
  const __m512i low_bytes = _mm512_set1_epi16(0x00ff);
  __m512i even = _mm512_setzero_si512();
  __m512i odd = _mm512_setzero_si512();
  for (std::size_t m = 0; m < code_bytes; ++m) {
    const __m512i codes = _mm512_maskz_loadu_epi8(used, block + m * width);
    const std::uint8_t* const row = table + m * kCodeValues;
    const __m512i low =
        _mm512_permutex2var_epi8(_mm512_loadu_si512(row), codes, _mm512_loadu_si512(row + 64));
    const __m512i high =
        _mm512_permutex2var_epi8(_mm512_loadu_si512(row + 128), codes, _mm512_loadu_si512(row + 192));
    const __m512i found = _mm512_mask_blend_epi8(_mm512_movepi8_mask(codes), low, high);
    even = _mm512_add_epi16(even, _mm512_and_si512(found, low_bytes));
    odd = _mm512_add_epi16(odd, _mm512_srli_epi16(found, 8));
  }
  const auto evens_used =
      static_cast<__mmask32>((width + 1) / 2 >= 32 ? ~0ULL : (1ULL << ((width + 1) / 2)) - 1);
  const auto odds_used = static_cast<__mmask32>(width / 2 >= 32 ? ~0ULL : (1ULL << (width / 2)) - 1);
  const __m512i least = _mm512_set1_epi16(static_cast<short>(limit));
  if ((_mm512_mask_cmpge_epu16_mask(evens_used, even, least) |
       _mm512_mask_cmpge_epu16_mask(odds_used, odd, least)) == 0)
    return false;
  std::array<std::uint16_t, kCodeBlock / 2> evens;
  std::array<std::uint16_t, kCodeBlock / 2> odds;
  _mm512_storeu_si512(evens.data(), even);
  _mm512_storeu_si512(odds.data(), odd);
  for (std::size_t i = 0; i < kCodeBlock / 2; ++i) {
    sums[2 * i] = evens[i];
    sums[2 * i + 1] = odds[i];
  }
  return true;
}

namespace {

constexpr std::size_t kLanes = 16;  // the compiler makes vectors of loops of a fixed length

std::pair<float, float> range_of(const float* values) {
  std::array<float, kLanes> low;
  std::array<float, kLanes> high;
  std::copy_n(values, kLanes, low.begin());
  std::copy_n(values, kLanes, high.begin());
  for (std::size_t i = kLanes; i < kCodeValues; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float value = values[i + lane];
      low[lane] = value < low[lane] ? value : low[lane];
      high[lane] = value > high[lane] ? value : high[lane];
    }
  }
  return {*std::min_element(low.begin(), low.end()), *std::max_element(high.begin(), high.end())};
}

}  // namespace

RoundedTable round_table(std::span<const float> exact, std::span<std::uint8_t> rounded) {
  RoundedTable table;
  std::array<float, kCodeValues> least{};
  const std::size_t bytes = exact.size() / kCodeValues;
  EARMARK_CHECK(bytes <= least.size() && rounded.size() == exact.size(), "a table of codes");
  float widest = 1e-6F;
  for (std::size_t m = 0; m < bytes; ++m) {
    const auto [low, high] = range_of(exact.data() + m * kCodeValues);
    least[m] = low;
    table.least_sum += static_cast<double>(low);
    widest = std::max(widest, high - low);
  }
  table.step = widest / 255.0F;
  const float scale = 1.0F / table.step;
  for (std::size_t m = 0; m < bytes; ++m) {
    const float* const values = exact.data() + m * kCodeValues;
    std::array<std::int32_t, kCodeValues> steps;
    const float low = least[m];
    for (std::size_t i = 0; i < kCodeValues; ++i)
      steps[i] = static_cast<std::int32_t>((values[i] - low) * scale + 0.5F);
    for (std::size_t i = 0; i < kCodeValues; ++i)
      rounded[m * kCodeValues + i] = static_cast<std::uint8_t>(steps[i]);
  }
  return table;
}

bool can_scan_vbmi() {
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512vbmi") != 0;
}

ScanKernel scan_kernel() {
  static const ScanKernel kernel = can_scan_vbmi() ? scan_vbmi : scan_portable;
  return kernel;
}

}  // namespace earmark::index
