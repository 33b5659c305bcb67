#include "index/peak_raster.h"

#include <bit>

#include <immintrin.h>

namespace earmark::index {
namespace {

/// Each bit of a byte in a byte of its own, in memory order.
constexpr std::array<std::uint64_t, 256> make_spread_bits() {
  std::array<std::uint64_t, 256> table{};
  for (std::size_t bits = 0; bits < table.size(); ++bits) {
    std::array<std::uint8_t, 8> lanes{};
    for (std::size_t i = 0; i < lanes.size(); ++i) lanes[i] = static_cast<std::uint8_t>(bits >> i & 1);
    table[bits] = std::bit_cast<std::uint64_t>(lanes);
  }
  return table;
}
constexpr auto kSpreadBits = make_spread_bits();

void add_bytes(std::span<const std::uint8_t> bytes, int* counts) {
  for (std::size_t i = 0; i < bytes.size(); ++i) counts[i] += bytes[i];
}

}  // namespace

void PeakRaster::gather(const ReferencePeaks& reference, FrameRange range) {
  constexpr std::int32_t kReach = kSameBin16 / kPeakStep;
  first_ = range.first;
  blocks_ = static_cast<std::size_t>(std::max<std::int64_t>(0, range.size())) / kBlockFrames + kPadding;
  bits_.assign(blocks_ * kSteps, 0);
  reference.visit(range.first, range.last, [&](std::int32_t frame, std::int32_t bin16) {
    const auto at = static_cast<std::uint64_t>(frame - first_);
    const std::uint64_t bit = std::uint64_t{1} << at % kBlockFrames;
    const std::int32_t step = bin16 / kPeakStep;
    std::uint64_t* const words = bits_.data() + at / kBlockFrames * kSteps;
    for (std::int32_t s = std::max(0, step - kReach); s <= std::min(kSteps - 1, step + kReach); ++s)
      words[s] |= bit;
  });
}

void count_bits_portable(const std::uint64_t* words, std::size_t n, std::size_t stride, int* counts) {
  std::array<std::uint64_t, 8> lanes{};
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t word = words[i * stride];
    for (std::size_t byte = 0; byte < lanes.size(); ++byte)
      lanes[byte] += kSpreadBits[word >> (8 * byte) & 0xff];
  }
  add_bytes(std::bit_cast<std::array<std::uint8_t, 64>>(lanes), counts);
}

[[gnu::target("avx2")]] void count_bits_avx2(const std::uint64_t* words, std::size_t n, std::size_t stride,
                                             int* counts) {
  const __m256i byte_of_lane =
      _mm256_set_epi64x(0x0303030303030303, 0x0202020202020202, 0x0101010101010101, 0);
  const __m256i bit_of_lane = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201ULL));
  for (std::size_t half = 0; half < 2; ++half) {
    __m256i lanes = _mm256_setzero_si256();
    for (std::size_t i = 0; i < n; ++i) {
      const auto bits = static_cast<int>(words[i * stride] >> (32 * half));
      const __m256i each = _mm256_shuffle_epi8(_mm256_set1_epi32(bits), byte_of_lane);
      const __m256i is_set = _mm256_cmpeq_epi8(_mm256_and_si256(each, bit_of_lane), bit_of_lane);
      lanes = _mm256_sub_epi8(lanes, is_set);  // which is -1 where it is
    }
    std::array<std::uint8_t, 32> bytes;
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(bytes.data()), lanes);
    add_bytes(bytes, counts + 32 * half);
  }
}

[[gnu::target("avx512f,avx512bw")]] void count_bits_avx512(const std::uint64_t* words, std::size_t n,
                                                           std::size_t stride, int* counts) {
  const __m512i one = _mm512_set1_epi8(1);
  __m512i lanes = _mm512_setzero_si512();
  for (std::size_t i = 0; i < n; ++i) lanes = _mm512_mask_add_epi8(lanes, words[i * stride], lanes, one);
  std::array<std::uint8_t, 64> bytes;
  _mm512_storeu_si512(bytes.data(), lanes);
  add_bytes(bytes, counts);
}

bool can_count_avx2() { return __builtin_cpu_supports("avx2") != 0; }

bool can_count_avx512() {
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0;
}

CountKernel count_kernel() {
  static const CountKernel kernel = can_count_avx512() ? count_bits_avx512
                                    : can_count_avx2() ? count_bits_avx2
                                                       : count_bits_portable;
  return kernel;
}

}  // namespace earmark::index
