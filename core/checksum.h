#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace earmark {

/// CRC-32C (Castagnoli; RFC 3720, appendix B.4) of a buffer: against accidents, not against intent. Several
/// gigabytes a second where the CPU has the instruction, the same value where it has not.
[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes);

/// The version without the instruction: what the tests compare with.
[[nodiscard]] std::uint32_t crc32c_portable(std::span<const std::byte> bytes);

}  // namespace earmark
