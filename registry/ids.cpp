#include "registry/ids.h"

#include "core/bytes.h"

namespace earmark::registry {

std::string public_id(std::string_view prefix, const Sha256& digest, std::size_t length) {
  static constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::string id(prefix);
  unsigned bits = 0;
  unsigned have = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < length; ++i) {
    if (have < 5) {
      bits = (bits << 8U) | std::to_integer<unsigned>(digest.at(at++));
      have += 8;
    }
    have -= 5;
    id.push_back(kAlphabet[(bits >> have) & 31U]);
  }
  return id;
}

Sha256 digest_of(std::initializer_list<std::string_view> parts) {
  Sha256Stream stream;
  for (const std::string_view part : parts) {
    ByteWriter length;
    length.put_varint(part.size());
    stream.update(length.view());
    stream.update(as_bytes(part));
  }
  return stream.finish();
}

}  // namespace earmark::registry
