#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "core/bytes.h"
#include "core/mapped_file.h"

namespace earmark::index {

/// The bytes of a segment, in memory or mapped from a file, checked block by block when they are first used:
/// opening reads none of them, and no byte is trusted before. Synchronised.
class Image {
 public:
  static constexpr std::size_t kBlock = 16384;  ///< bytes that share a CRC-32C

  /// Bytes that this process made itself.
  explicit Image(Bytes bytes) : owned_(std::move(bytes)), bytes_(owned_) {}
  /// checksums[i]: of the block i, the first `covered` bytes being cut into blocks. They must lie in the
  /// file, and be checked.
  Image(MappedFile file, std::span<const std::byte> checksums, std::size_t covered);
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;

  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

  /// Whether the bytes [offset, offset + size) are there and as they were written.
  [[nodiscard]] bool check(std::size_t offset, std::size_t size) const {
    if (offset > bytes_.size() || size > bytes_.size() - offset) return damage();
    if (!checked_ || size == 0) return true;
    const std::size_t last = (offset + size - 1) / kBlock;
    for (std::size_t block = offset / kBlock; block <= last; ++block) {
      const std::uint64_t bit = std::uint64_t{1} << (block % 64);
      if ((checked_[block / 64].load(std::memory_order_relaxed) & bit) == 0 && !check_block(block))
        return false;
    }
    return true;
  }

  /// A block differed from its checksum: what was found with this image must not be used.
  [[nodiscard]] bool is_damaged() const { return damaged_.load(std::memory_order_relaxed); }

 private:
  [[nodiscard]] bool check_block(std::size_t block) const;
  bool damage() const {
    damaged_.store(true, std::memory_order_relaxed);
    return false;
  }

  Bytes owned_;
  MappedFile file_;
  std::span<const std::byte> bytes_;
  std::span<const std::byte> checksums_;
  std::size_t covered_ = 0;
  mutable std::unique_ptr<std::atomic<std::uint64_t>[]>
      checked_;  ///< a bit a block; none where all are trusted
  mutable std::atomic<bool> damaged_{false};
};

/// A part of an image; a view.
class CheckedBytes {
 public:
  CheckedBytes() = default;
  CheckedBytes(const Image& image, std::size_t offset, std::size_t size)
      : image_(&image), offset_(offset), size_(size) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  /// The bytes [offset, offset + size) of the part; null where they are outside or damaged.
  [[nodiscard]] const std::byte* at(std::size_t offset, std::size_t size) const {
    if (offset > size_ || size > size_ - offset || !image_->check(offset_ + offset, size)) return nullptr;
    return image_->bytes().data() + offset_ + offset;
  }
  /// Brings the bytes at `offset` near, wherever they are; checks nothing.
  void prefetch(std::size_t offset) const {
    const auto bytes = image_->bytes();
    if (offset < size_) __builtin_prefetch(bytes.data() + offset_ + offset);
  }
  [[nodiscard]] CheckedBytes part(std::size_t offset, std::size_t size) const {
    return {*image_, offset_ + offset, size};
  }

 private:
  const Image* image_ = nullptr;
  std::size_t offset_ = 0;
  std::size_t size_ = 0;
};

}  // namespace earmark::index
