#include "index/vector_codes.h"

#include <algorithm>
#include <cstring>

#include "index/quantiser.h"

namespace earmark::index {

VectorCodes::VectorCodes(Lists places, CheckedBytes starts, CheckedBytes codes, CheckedBytes cells)
    : places_(places), starts_(starts), codes_(codes), cells_(cells), code_bytes_(Quantiser::code_bytes()) {}

std::optional<VectorCodes::Entry> VectorCodes::at_step(std::uint32_t step) const {
  const unsigned bits = cell_bits(places_.shape().keys);
  const std::size_t bit = std::size_t{step} * bits;
  const std::byte* const word = cells_.at(bit / 8, kCellPadding);
  if (word == nullptr) return std::nullopt;
  const auto list = static_cast<std::uint32_t>(read_bits(word, bit % 8, bits));
  if (list >= places_.shape().keys) return std::nullopt;
  const auto entry = Lists::index_of(places_.find(list), step);
  return entry ? std::optional(Entry{list, *entry}) : std::nullopt;
}

CodeList VectorCodes::list(std::uint32_t number) const {
  const std::byte* const entry = starts_.at(std::size_t{number} * 4, 8);
  if (entry == nullptr) return {};
  std::uint32_t bounds[2];
  std::memcpy(bounds, entry, sizeof bounds);
  if (bounds[1] <= bounds[0]) return {};
  const std::uint32_t count = bounds[1] - bounds[0];
  const std::byte* const codes =
      codes_.at(std::size_t{bounds[0]} * code_bytes_, std::size_t{count} * code_bytes_);
  return codes == nullptr ? CodeList{} : CodeList{codes, count};
}

std::uint32_t VectorCodes::place(std::uint32_t list, std::uint32_t entry) const {
  const ListAt places = places_.find(list);
  return entry < places.count ? Lists::value(places, entry) * kPlaceStep : 0;
}

void append_code_list(Bytes& out, std::span<const std::uint8_t> codes, std::uint32_t code_bytes) {
  const auto count = static_cast<std::uint32_t>(codes.size() / code_bytes);
  const std::size_t base = out.size();
  out.resize(base + codes.size());
  for (std::uint32_t i = 0; i < count; ++i) {
    for (std::uint32_t m = 0; m < code_bytes; ++m)
      out[base + code_at(count, i, m, code_bytes)] = std::byte{codes[std::size_t{i} * code_bytes + m]};
  }
}

}  // namespace earmark::index
