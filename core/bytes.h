#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/result.h"

namespace earmark {

using Bytes = std::vector<std::byte>;

static_assert(std::endian::native == std::endian::little,
              "the file formats are written as little-endian memory");

/// Appends fixed-width little-endian values to a byte vector.
class ByteWriter {
 public:
  template <class T>
  void put(T value) {
    static_assert(std::is_arithmetic_v<T>);
    put_bytes(std::as_bytes(std::span(&value, 1)));
  }
  template <class T>
  void put_array(std::span<const T> values) {
    static_assert(std::is_arithmetic_v<T>);
    put_bytes(std::as_bytes(values));
  }
  void put_bytes(std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    const std::size_t end = bytes_.size();
    bytes_.resize(end + bytes.size());  // not insert(): GCC 12 at -O3 sees it overflow where it cannot
    std::memcpy(bytes_.data() + end, bytes.data(), bytes.size());
  }
  void put_varint(std::uint64_t value);  ///< LEB128, 1 to 10 bytes.

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] std::span<const std::byte> view() const { return bytes_; }
  [[nodiscard]] Bytes take() && { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

/// Reads what ByteWriter wrote; every read is bounds-checked and fails with kCorrupt. Borrows the bytes.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <class T>
  [[nodiscard]] Result<T> get() {
    static_assert(std::is_arithmetic_v<T>);
    T value{};
    EARMARK_TRY(const auto raw, get_bytes(sizeof(T)));
    std::memcpy(&value, raw.data(), sizeof(T));
    return value;
  }
  /// `count` values; checks the size before it allocates.
  template <class T>
  [[nodiscard]] Result<std::vector<T>> get_array(std::size_t count) {
    static_assert(std::is_arithmetic_v<T>);
    if (count > remaining() / sizeof(T)) return fail(truncated(count));
    EARMARK_TRY(const auto raw, get_bytes(count * sizeof(T)));
    std::vector<T> values(count);
    if (count > 0) std::memcpy(values.data(), raw.data(), raw.size());
    return values;
  }
  [[nodiscard]] Result<std::span<const std::byte>> get_bytes(std::size_t count);
  [[nodiscard]] Result<std::uint64_t> get_varint();  ///< kCorrupt also where the number does not fit 64 bits.

  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] std::size_t remaining() const { return bytes_.size() - position_; }

 private:
  [[nodiscard]] Error truncated(std::size_t wanted) const;

  std::span<const std::byte> bytes_;
  std::size_t position_ = 0;
};

[[nodiscard]] inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
[[nodiscard]] inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace earmark
