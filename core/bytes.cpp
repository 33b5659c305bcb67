#include "core/bytes.h"

#include <fmt/format.h>

namespace earmark {

void ByteWriter::put_varint(std::uint64_t value) {
  while (value >= 0x80) {
    bytes_.push_back(static_cast<std::byte>((value & 0x7f) | 0x80));
    value >>= 7;
  }
  bytes_.push_back(static_cast<std::byte>(value));
}

Result<std::span<const std::byte>> ByteReader::get_bytes(std::size_t count) {
  if (count > remaining()) return fail(truncated(count));
  const auto out = bytes_.subspan(position_, count);
  position_ += count;
  return out;
}

Result<std::uint64_t> ByteReader::get_varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    EARMARK_TRY(const auto byte, get<std::uint8_t>());
    if (shift == 63 && byte > 1) break;  // the tenth byte has room for one bit
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  return fail(ErrorCode::kCorrupt, fmt::format("number at byte {} runs over 64 bits", position_));
}

Error ByteReader::truncated(std::size_t wanted) const {
  return {ErrorCode::kCorrupt,
          fmt::format("ends at byte {}: {} more wanted at {}", bytes_.size(), wanted, position_)};
}

}  // namespace earmark
