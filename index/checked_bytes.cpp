#include "index/checked_bytes.h"

#include <algorithm>
#include <cstring>

#include "core/checksum.h"

namespace earmark::index {

Image::Image(MappedFile file, std::span<const std::byte> checksums, std::size_t covered)
    : file_(std::move(file)),
      bytes_(file_.bytes()),
      checksums_(checksums),
      covered_(covered),
      checked_(std::make_unique<std::atomic<std::uint64_t>[]>(bytes_.size() / kBlock / 64 + 1)) {}

bool Image::check_block(std::size_t block) const {
  const std::size_t first = block * kBlock;
  const std::size_t last = std::min(first + kBlock, covered_);
  if (first < last) {  // what lies behind `covered_` is checked by whoever opened the file
    std::uint32_t expected = 0;
    if ((block + 1) * sizeof expected > checksums_.size()) return damage();
    std::memcpy(&expected, checksums_.data() + block * sizeof expected, sizeof expected);
    if (crc32c(bytes_.subspan(first, last - first)) != expected) return damage();
  }
  checked_[block / 64].fetch_or(std::uint64_t{1} << (block % 64), std::memory_order_relaxed);
  return true;
}

}  // namespace earmark::index
