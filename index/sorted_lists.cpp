#include "index/sorted_lists.h"

#include <algorithm>
#include <array>

#include "core/check.h"
#include "index/bit_writer.h"

namespace earmark::index {
namespace {

constexpr std::uint64_t kGroupEntries =
    128;  // at most, on average: fewer cost directory, more cost time to look one up
// A group begins with u8 low bits, u8 entries; where they are kLongGroup or more, that and u32 entries.
constexpr std::size_t kHeadBytes = 2;
constexpr std::size_t kLongHeadBytes = 6;
constexpr std::uint32_t kLongGroup = 255;

void put_head(Bytes& bytes, std::uint32_t count, unsigned low_bits) {
  bytes.push_back(static_cast<std::byte>(low_bits));
  bytes.push_back(static_cast<std::byte>(std::min(count, kLongGroup)));
  if (count < kLongGroup) return;
  for (unsigned shift = 0; shift < 32; shift += 8)
    bytes.push_back(static_cast<std::byte>(count >> shift & 0xff));
}

/// Low bits of the numbers of a group: so many that the high parts take two to three bits a number.
unsigned low_bits_of(const ListShape& shape, std::uint32_t count) {
  const std::uint64_t gap = (std::uint64_t{shape.universe} << shape.group_bits) / count;
  return gap < 2 ? 0 : std::min(31U, static_cast<unsigned>(std::bit_width(gap)) - 1);
}

/// A group's bit string of high parts, as words. Behind its end are other bytes of the section: who counts
/// ones there must not believe in more than the group has.
struct HighPart {
  const std::byte* bytes;
  std::uint64_t size;  ///< bytes

  /// at < size + 64.
  [[nodiscard]] std::uint64_t word(std::uint64_t at) const { return load_word(bytes + at); }
};

/// Position of the one number `n` of a word that has more than n.
template <bool kFast>
[[gnu::always_inline]] inline unsigned position_of_one(std::uint64_t word, std::uint64_t n) {
  if constexpr (kFast) {
    std::uint64_t spread = 0;
    asm("pdep %2, %1, %0" : "=r"(spread) : "r"(std::uint64_t{1} << n), "r"(word));
    return static_cast<unsigned>(std::countr_zero(spread));
  } else {
    for (; n > 0; --n) word &= word - 1;
    return static_cast<unsigned>(std::countr_zero(word));
  }
}

/// The first place with so many zeros before it; zeros_before[i]: before word `first` + i.
template <bool kFast, std::size_t kWords>
[[gnu::always_inline]] inline std::uint64_t place_in(
    const HighPart& high, std::uint64_t first, const std::array<std::uint64_t, kWords + 1>& zeros_before,
    std::uint64_t zeros) {
  std::uint64_t at = 0;  // without branches: which word it is cannot be foretold
  for (std::size_t i = 1; i < kWords; ++i) at += zeros_before[i] < zeros ? 1U : 0U;
  const std::uint64_t wanted = zeros - zeros_before[at];
  const std::uint64_t begin = (first + at) * 64;
  return wanted == 0 ? begin : begin + position_of_one<kFast>(~high.word((first + at) * 8), wanted - 1) + 1;
}

/// The first places with `from` and with `to` zeros before them; from < to.
struct BitRange {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};

template <bool kFast>
[[gnu::always_inline]] inline BitRange seek(const HighPart& high, std::uint64_t count, std::uint64_t from,
                                            std::uint64_t to) {
  constexpr std::size_t kWords = 8;  // most groups have no more
  BitRange range;
  std::array<std::uint64_t, kWords + 1> zeros{};
  bool has_from = from == 0;
  for (std::uint64_t first = 0;; first += kWords) {
    for (std::size_t i = 0; i < kWords; ++i)
      zeros[i + 1] =
          zeros[i] + 64 - static_cast<std::uint64_t>(__builtin_popcountll(high.word((first + i) * 8)));
    if (!has_from && zeros[kWords] >= from) {
      range.from = place_in<kFast, kWords>(high, first, zeros, from);
      has_from = true;
    }
    if (zeros[kWords] >= to) {
      range.to = place_in<kFast, kWords>(high, first, zeros, to);
      return range;
    }
    if ((first + kWords) * 8 >= high.size) {  // no more zeros: no more ones either
      if (!has_from) range.from = from + count;
      range.to = to + count;
      return range;
    }
    zeros[0] = zeros[kWords];
  }
}

/// All of a group as one list; nothing where there is none.
[[gnu::always_inline]] inline ListAt group_at(const ListShape& shape, const CheckedBytes& directory,
                                              const CheckedBytes& groups, std::uint32_t number) {
  if (number >= shape.groups()) return {};
  const std::byte* const entry = directory.at(std::size_t{number} * 4, 8);
  if (entry == nullptr) return {};
  const std::uint64_t bounds = load_word(entry);
  const std::size_t first = bounds & 0xffffffff;
  const std::size_t last = bounds >> 32;
  if (last < first + kHeadBytes) return {};
  const std::byte* const bytes = groups.at(first, last - first + kListPadding);
  if (bytes == nullptr) return {};
  const auto low_bits = std::to_integer<unsigned>(bytes[0]);
  auto count = std::to_integer<std::uint32_t>(bytes[1]);
  const std::size_t head = count < kLongGroup ? kHeadBytes : kLongHeadBytes;
  if (count >= kLongGroup) std::memcpy(&count, bytes + kHeadBytes, sizeof count);
  const std::uint64_t low_bytes = (std::uint64_t{count} * low_bits + 7) / 8;
  if (count == 0 || low_bits > 31 || last - first < head || low_bytes > last - first - head) return {};
  return {bytes + head, bytes + (last - first - low_bytes), 0, count, 0, 0, low_bits};
}

template <bool kFast>
[[gnu::always_inline]] inline void find_in(const ListShape& shape, const CheckedBytes& directory,
                                           const CheckedBytes& groups, std::uint32_t key, ListAt& found) {
  const ListAt group = group_at(shape, directory, groups, key >> shape.group_bits);
  if (group.count == 0) return;
  if (shape.group_bits == 0) {
    found = group;
    return;
  }
  const HighPart high{group.high, static_cast<std::uint64_t>(group.low - group.high)};
  const std::uint64_t span = high_span(shape, group.low_bits);
  const std::uint64_t zeros = (key & ((1U << shape.group_bits) - 1)) * span;
  const BitRange bits = seek<kFast>(high, group.count, zeros, zeros + span);
  const std::uint64_t before = bits.from - zeros;
  const std::uint64_t end = std::min<std::uint64_t>(bits.to - zeros - span, group.count);
  if (end <= before) return;
  found = group;
  found.first = static_cast<std::uint32_t>(before);
  found.count = static_cast<std::uint32_t>(end - before);
  found.bit = static_cast<std::uint32_t>(bits.from);
  found.zeros = static_cast<std::uint32_t>(zeros + before);
}

using Finder = void (*)(const ListShape&, const CheckedBytes&, const CheckedBytes&, std::uint32_t, ListAt&);

void find_portable(const ListShape& shape, const CheckedBytes& directory, const CheckedBytes& groups,
                   std::uint32_t key, ListAt& found) {
  find_in<false>(shape, directory, groups, key, found);
}

[[gnu::target("popcnt,bmi,bmi2")]] void find_fast(const ListShape& shape, const CheckedBytes& directory,
                                                  const CheckedBytes& groups, std::uint32_t key,
                                                  ListAt& found) {
  find_in<true>(shape, directory, groups, key, found);
}

Finder list_finder() {
  static const Finder finder = __builtin_cpu_supports("popcnt") != 0 && __builtin_cpu_supports("bmi2") != 0
                                   ? find_fast
                                   : find_portable;
  return finder;
}

}  // namespace

ListsWriter::ListsWriter(std::uint32_t keys, std::uint32_t universe, std::uint64_t expected) {
  shape_.keys = keys;
  shape_.universe = std::max(universe, 1U);
  while ((1U << shape_.group_bits) < keys && (expected << shape_.group_bits) < kGroupEntries * keys / 2)
    ++shape_.group_bits;
  directory_.reserve(std::size_t{shape_.groups()} + 1);
  directory_.push_back(0);
}

void ListsWriter::start(std::uint32_t group) {
  EARMARK_CHECK(group > group_ && group < shape_.groups(), "lists are written in order of keys");
  flush();
  directory_.resize(std::size_t{group} + 1, static_cast<std::uint32_t>(bytes_.size()));
  group_ = group;
}

void ListsWriter::flush() {
  if (pending_.empty()) return;
  const auto count = static_cast<std::uint32_t>(pending_.size());
  const unsigned low_bits = low_bits_of(shape_, count);
  put_head(bytes_, count, low_bits);
  const std::uint64_t mask = (std::uint64_t{1} << low_bits) - 1;
  const std::uint64_t span = high_span(shape_, low_bits);
  const auto high_of = [&](std::uint64_t pending) {
    return (pending >> 32) * span + ((pending & 0xffffffff) >> low_bits);
  };
  const std::size_t high = bytes_.size();
  bytes_.resize(high + (high_of(pending_.back()) + count + 7) / 8);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t bit = high_of(pending_[i]) + i;
    bytes_[high + bit / 8] |= std::byte{1} << (bit % 8);
  }
  BitWriter low(bytes_);
  for (const std::uint64_t number : pending_) low.put(number & mask, low_bits);
  low.end_byte();
  shape_.entries += count;
  pending_.clear();
}

void ListsWriter::finish() {
  flush();
  EARMARK_CHECK(bytes_.size() < 0xffffffff, "lists of one segment fit 4 GiB");
  directory_.resize(std::size_t{shape_.groups()} + 1, static_cast<std::uint32_t>(bytes_.size()));
  bytes_.resize(bytes_.size() + kListPadding);
}

ListAt Lists::find_group(std::uint32_t number) const { return group_at(shape_, directory_, groups_, number); }

ListAt Lists::find(std::uint32_t key) const {
  ListAt found;
  if (key < shape_.keys) list_finder()(shape_, directory_, groups_, key, found);
  return found;
}

void Lists::find_all(std::span<const std::uint32_t> keys, ListAt* found, std::size_t stride) const {
  constexpr std::size_t kAtOnce = 32;  // more do not fit the queues before the caches
  constexpr std::size_t kCacheLine = 64;
  const Finder finder = list_finder();
  for (std::size_t first = 0; first < keys.size(); first += kAtOnce) {
    const auto part = keys.subspan(first, std::min(kAtOnce, keys.size() - first));
    for (const std::uint32_t key : part) directory_.prefetch(std::size_t{key >> shape_.group_bits} * 4);
    for (const std::uint32_t key : part) {
      const std::byte* const entry = directory_.at(std::size_t{key >> shape_.group_bits} * 4, 4);
      if (entry == nullptr) continue;
      groups_.prefetch(load_word(entry) & 0xffffffff);
      groups_.prefetch((load_word(entry) & 0xffffffff) + kCacheLine);
    }
    for (std::size_t i = 0; i < part.size(); ++i) {
      ListAt& at = found[(first + i) * stride];
      at = {};
      if (part[i] < shape_.keys) finder(shape_, directory_, groups_, part[i], at);
    }
  }
}

std::optional<std::uint32_t> Lists::index_of(const ListAt& list, std::uint32_t value) {
  const std::uint32_t wanted = value >> list.low_bits;
  std::uint32_t at = list.bit / 64 * 64;
  std::uint64_t mask = ~std::uint64_t{0} << (list.bit % 64);
  for (std::uint32_t i = 0; i < list.count && list.high + at / 8 < list.low;
       at += 64, mask = ~std::uint64_t{0}) {
    std::uint64_t word = load_word(list.high + at / 8) & mask;
    const auto ones = static_cast<std::uint32_t>(ones_in(word));
    if (at + 64 - list.zeros - i - ones < wanted) {  // its high parts are all too low
      i += ones;
      continue;
    }
    for (; word != 0 && i < list.count; word &= word - 1, ++i) {
      const std::uint32_t high = at + static_cast<std::uint32_t>(std::countr_zero(word)) - list.zeros - i;
      if (high < wanted) continue;
      const auto low = read_bits(list.low, (std::size_t{list.first} + i) * list.low_bits, list.low_bits);
      const std::uint32_t found = high << list.low_bits | static_cast<std::uint32_t>(low);
      if (found >= value) return found == value ? std::optional(i) : std::nullopt;
    }
  }
  return std::nullopt;
}

std::uint32_t Lists::value(const ListAt& list, std::uint32_t i) {
  std::uint32_t at = list.bit / 64 * 64;
  std::uint64_t word = load_word(list.high + at / 8) & (~std::uint64_t{0} << (list.bit % 64));
  std::uint32_t left = i;
  for (std::uint64_t ones = ones_in(word); ones <= left; ones = ones_in(word)) {
    left -= static_cast<std::uint32_t>(ones);
    at += 64;
    if (list.high + at / 8 >= list.low) return 0;  // fewer ones than it says: no list of ours
    word = load_word(list.high + at / 8);
  }
  for (; left > 0; --left) word &= word - 1;
  const std::uint32_t high = at + static_cast<std::uint32_t>(std::countr_zero(word)) - list.zeros - i;
  const auto low = read_bits(list.low, (std::size_t{list.first} + i) * list.low_bits, list.low_bits);
  return high << list.low_bits | static_cast<std::uint32_t>(low);
}

}  // namespace earmark::index
