#pragma once
// Scans product codes: for each code, the sum over its bytes of a number from a table. The inner loop of
// channel B.
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "index/quantiser.h"
#include "index/vector_codes.h"

namespace earmark::index {

/// sums[i] = sum over m of table[m * kCodeValues + byte m of code i], for the `width` <= kCodeBlock codes of
/// one block (index/vector_codes.h); says whether one of the sums is `limit` or more. table[code_bytes *
/// kCodeValues]; sums[kCodeBlock] is filled to its end with anything. Integers: the same on every CPU.
/// AVX-512 VBMI looks 64 bytes up at once.
using ScanKernel = bool (*)(const std::uint8_t* table, const std::byte* block, std::size_t width,
                            std::size_t code_bytes, std::uint16_t limit, std::uint16_t* sums);

[[nodiscard]] bool scan_portable(const std::uint8_t* table, const std::byte* block, std::size_t width,
                                 std::size_t code_bytes, std::uint16_t limit, std::uint16_t* sums);
[[nodiscard]] bool scan_vbmi(const std::uint8_t* table, const std::byte* block, std::size_t width,
                             std::size_t code_bytes, std::uint16_t limit, std::uint16_t* sums);
/// A table of similarities in steps above the least of each byte: rounded[i] = round((exact[i] - least[i /
/// kCodeValues]) / step), where the widest range of a byte has 255 steps.
struct RoundedTable {
  double least_sum = 0.0;  ///< of all bytes
  float step = 1.0F;
};
[[nodiscard]] RoundedTable round_table(std::span<const float> exact, std::span<std::uint8_t> rounded);
[[nodiscard]] bool can_scan_vbmi();
/// The fastest version that this CPU can run; chosen once.
[[nodiscard]] ScanKernel scan_kernel();

}  // namespace earmark::index
