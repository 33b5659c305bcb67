#pragma once
// Many ascending lists of numbers in few bits: Elias–Fano (Elias 1974; Vigna, WSDM 2013) over groups of
// neighbouring keys. The layout is in docs/index-format.md.
#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/bytes.h"
#include "index/bit_writer.h"
#include "index/checked_bytes.h"

namespace earmark::index {

inline constexpr std::size_t kListPadding = 72;  ///< bytes behind the groups that a reader may touch

/// Shape of a set of lists: values are below `universe` under keys below `keys`.
struct ListShape {
  std::uint32_t keys = 0;
  std::uint32_t universe = 0;
  std::uint32_t group_bits = 0;  ///< 2^group_bits neighbouring keys are coded together
  std::uint64_t entries = 0;

  [[nodiscard]] std::uint32_t groups() const { return (keys + (1U << group_bits) - 1) >> group_bits; }
  [[nodiscard]] std::size_t directory_bytes() const { return (std::size_t{groups()} + 1) * 4; }
};

/// How many high parts a key has (docs/index-format.md): keys begin at multiples of it.
[[nodiscard]] inline std::uint64_t high_span(const ListShape& shape, unsigned low_bits) {
  return (std::uint64_t{shape.universe} + (std::uint64_t{1} << low_bits) - 1) >> low_bits;
}

/// Writes lists key by key, values ascending.
class ListsWriter {
 public:
  /// expected: how many entries there will be, about; it decides how many keys make a group.
  ListsWriter(std::uint32_t keys, std::uint32_t universe, std::uint64_t expected);

  void add(std::uint32_t key, std::uint32_t value) {
    const std::uint32_t group = key >> shape_.group_bits;
    if (group != group_) start(group);
    pending_.push_back(std::uint64_t{key & ((1U << shape_.group_bits) - 1)} << 32 | value);
  }

  /// Ends the last group. Then shape(), directory() and groups() are what is to be stored.
  void finish();
  [[nodiscard]] const ListShape& shape() const { return shape_; }
  [[nodiscard]] std::span<const std::uint32_t> directory() const { return directory_; }
  [[nodiscard]] const Bytes& groups() const { return bytes_; }

 private:
  void start(std::uint32_t group);
  void flush();

  ListShape shape_;
  std::uint32_t group_ = 0;
  std::vector<std::uint64_t> pending_;    ///< key within the group << 32 | value
  std::vector<std::uint32_t> directory_;  ///< where each group begins
  Bytes bytes_;
};

/// Where the values of one key lie: found, not yet read.
struct ListAt {
  const std::byte* high = nullptr;
  const std::byte* low = nullptr;  ///< where `high` ends
  std::uint32_t first = 0;         ///< number of the first value in its group
  std::uint32_t count = 0;
  std::uint32_t bit = 0;    ///< of `high`, from which on the ones of these values come
  std::uint32_t zeros = 0;  ///< a value's high part: position of its one, less its number here, less this
  unsigned low_bits = 0;
};

/// Reads what ListsWriter wrote. Immutable view; whatever the bytes, it reads only bytes of its own.
class Lists {
 public:
  Lists() = default;
  /// directory: shape.directory_bytes() of them; groups: with kListPadding behind.
  Lists(const ListShape& shape, CheckedBytes directory, CheckedBytes groups)
      : shape_(shape), directory_(directory), groups_(groups) {}

  [[nodiscard]] const ListShape& shape() const { return shape_; }

  [[nodiscard]] ListAt find(std::uint32_t key) const;
  /// found[i * stride] = find(keys[i]), with the memory accesses of many side by side.
  void find_all(std::span<const std::uint32_t> keys, ListAt* found, std::size_t stride) const;

  static void prefetch(const ListAt& list) {
    if (list.count > 0) __builtin_prefetch(list.low + std::size_t{list.first} * list.low_bits / 8);
  }
  /// Calls visit_value(std::uint32_t) for the values of a list, ascending.
  template <class Visit>
  static void visit(const ListAt& list, Visit&& visit_value) {
    visit_parts(list,
                [&](std::uint32_t high, std::uint32_t low) { visit_value(high << list.low_bits | low); });
  }
  /// The value number `i` of a list; i < list.count.
  [[nodiscard]] static std::uint32_t value(const ListAt& list, std::uint32_t i);

  /// Which value of a list is `value`; nothing where none is.
  [[nodiscard]] static std::optional<std::uint32_t> index_of(const ListAt& list, std::uint32_t value);

  /// Calls visit_entry(key, value) for all entries of a group, ascending by key, then value.
  template <class Visit>
  void visit_group(std::uint32_t number, Visit&& visit_entry) const {
    const ListAt all = find_group(number);
    if (all.count == 0) return;
    const std::uint64_t span = high_span(shape_, all.low_bits);
    std::uint32_t key = number << shape_.group_bits;
    std::uint64_t begin = 0;  // high part with which the key begins
    visit_parts(all, [&](std::uint64_t high, std::uint32_t low) {
      for (; high >= begin + span; begin += span) ++key;
      visit_entry(key, static_cast<std::uint32_t>((high - begin) << all.low_bits) | low);
    });
  }

 private:
  [[nodiscard]] ListAt find_group(std::uint32_t number) const;

  /// Calls visit_part(high part, low part) for the numbers of a list.
  template <class Visit>
  static void visit_parts(const ListAt& list, Visit&& visit_part) {
    if (list.count == 0) return;
    std::uint32_t at = list.bit / 64 * 64;
    std::uint64_t word = load_word(list.high + at / 8) & (~std::uint64_t{0} << (list.bit % 64));
    std::size_t low_at = std::size_t{list.first} * list.low_bits;
    for (std::uint32_t i = 0; i < list.count; ++i, low_at += list.low_bits) {
      while (word == 0) {
        at += 64;
        if (list.high + at / 8 >= list.low) return;  // fewer ones than it says: no list of ours
        word = load_word(list.high + at / 8);
      }
      const std::uint32_t high = at + static_cast<std::uint32_t>(std::countr_zero(word)) - list.zeros - i;
      word &= word - 1;
      visit_part(high, static_cast<std::uint32_t>(read_bits(list.low, low_at, list.low_bits)));
    }
  }

  ListShape shape_;
  CheckedBytes directory_;
  CheckedBytes groups_;
};

}  // namespace earmark::index
