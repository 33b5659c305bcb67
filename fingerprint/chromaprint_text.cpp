// The compressed form of a Chromaprint fingerprint, as base64 for URLs:
//   fingerprint := u8 algorithm (1: the default), u24 items (big-endian), steps, padding to a byte, excesses
//   steps       := 3 bits each, lowest bits first: from one set bit of an item to the next; 0 ends an item
//   excesses    := 5 bits each, lowest bits first: what to add to each step of 7, in order
// An item is the exclusive or of these bits and the item before. Source: libchromaprint 1.5.1,
// src/fingerprint_decompressor.cpp.
#include <optional>

#include "core/hash.h"
#include "fingerprint/chromaprint.h"

namespace earmark::fingerprint {
namespace {

constexpr std::size_t kLongestText = std::size_t{1} << 18U;
constexpr std::size_t kMostItems = 65'536;  ///< over two hours of audio
constexpr std::size_t kHeadBytes = 4;
constexpr unsigned kDefaultAlgorithm = 1;
constexpr unsigned kStepBits = 3;
constexpr unsigned kExcessBits = 5;
constexpr unsigned kMostStep = 7;
constexpr unsigned kItemBits = 32;
constexpr std::size_t kByteBits = 8;

/// Reads numbers of a few bits from bytes, lowest bits first.
class BitReader {
 public:
  explicit BitReader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  /// Nothing: the bytes have ended.
  std::optional<unsigned> get(unsigned bits) {
    if (at_ + bits > bytes_.size() * kByteBits) return std::nullopt;
    unsigned value = 0;
    for (unsigned i = 0; i < bits; ++i, ++at_) {
      const unsigned byte = std::to_integer<unsigned>(bytes_[at_ / kByteBits]);
      value |= ((byte >> (at_ % kByteBits)) & 1U) << i;
    }
    return value;
  }
  void skip_to_byte() { at_ = (at_ + kByteBits - 1) / kByteBits * kByteBits; }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;  ///< bits
};

/// The steps of all items, excesses added; nothing where the bytes end early.
std::optional<std::vector<unsigned>> read_steps(BitReader& reader, std::size_t items) {
  std::vector<unsigned> steps;
  for (std::size_t ended = 0; ended < items;) {
    const auto step = reader.get(kStepBits);
    if (!step) return std::nullopt;
    steps.push_back(*step);
    if (*step == 0) ++ended;
  }
  reader.skip_to_byte();
  for (unsigned& step : steps) {
    if (step != kMostStep) continue;
    const auto excess = reader.get(kExcessBits);
    if (!excess) return std::nullopt;
    step += *excess;
  }
  return steps;
}

std::optional<std::vector<std::uint32_t>> items_of(const std::vector<unsigned>& steps) {
  std::vector<std::uint32_t> items;
  std::uint32_t before = 0;
  std::uint32_t bits = 0;
  unsigned place = 0;  // of the last set bit, from 1
  for (const unsigned step : steps) {
    if (step == 0) {
      before ^= bits;
      items.push_back(before);
      bits = 0;
      place = 0;
      continue;
    }
    place += step;
    if (place > kItemBits) return std::nullopt;
    bits |= std::uint32_t{1} << (place - 1);
  }
  return items;
}

}  // namespace

Result<std::vector<std::uint32_t>> parse_chromaprint(std::string_view text) {
  const auto bad = [] { return fail(ErrorCode::kInvalidArgument, "not a Chromaprint fingerprint"); };
  if (text.size() > kLongestText) return bad();
  const auto bytes = from_base64url(text);
  if (!bytes || bytes->size() <= kHeadBytes) return bad();
  const auto byte = [&](std::size_t at) { return std::to_integer<std::size_t>((*bytes)[at]); };
  const std::size_t count = (byte(1) << 16U) | (byte(2) << 8U) | byte(3);
  if (byte(0) != kDefaultAlgorithm || count == 0 || count > kMostItems) return bad();
  const std::span<const std::byte> packed(*bytes);
  BitReader reader(packed.subspan(kHeadBytes));
  const auto steps = read_steps(reader, count);
  if (!steps) return bad();
  auto items = items_of(*steps);
  if (!items) return bad();
  return std::move(*items);
}

}  // namespace earmark::fingerprint
