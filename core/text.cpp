#include "core/text.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

namespace earmark {
namespace {

/// One UTF-8 sequence, or one byte that begins none (`valid` false).
struct Character {
  std::string_view bytes;
  char32_t code = 0;
  bool valid = false;
};

/// The sequence at the front of `text`, which must not be empty. Shortest form only (RFC 3629, section 3).
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const Character stray{text.substr(0, 1), 0, false};
  const unsigned lead = byte(0);
  if (lead < 0x80) return {text.substr(0, 1), lead, true};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return stray;
  char32_t code = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return stray;
    code = (code << 6) | (byte(i) & 0x3fU);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kSmallest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return stray;
  return {text.substr(0, length), code, true};
}

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t n>
bool is_in(char32_t code, const Range (&ranges)[n]) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [&](const Range& range) { return code >= range.first && code <= range.last; });
}

/// Control characters (C0, DEL, C1), line and paragraph separators, direction marks and overrides.
bool steers(char32_t code) {
  static constexpr Range kRanges[] = {{0, 0x1f},        {0x7f, 0x9f},     {0x200e, 0x200f},
                                      {0x2028, 0x202e}, {0x2066, 0x2069}, {0xfeff, 0xfeff}};
  return is_in(code, kRanges);
}

std::size_t columns(const Character& character) {
  // Source: Unicode UAX #11, the blocks whose characters are all or nearly all wide.
  static constexpr Range kWide[] = {
      {0x1100, 0x115f}, {0x2e80, 0xa4cf}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
      {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
  static constexpr Range kCombining[] = {{0x300, 0x36f}, {0x200b, 0x200d}, {0xfe00, 0xfe0f}};
  if (is_in(character.code, kCombining)) return 0;
  return is_in(character.code, kWide) ? 2 : 1;
}

std::vector<Character> characters(std::string_view text) {
  std::vector<Character> out;
  while (!text.empty()) {
    out.push_back(first_character(text));
    text.remove_prefix(out.back().bytes.size());
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const Character& character : characters(text)) {
    if (character.valid && !steers(character.code)) {
      out += character.bytes;
      continue;
    }
    for (const char byte : character.bytes) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (const Character& character : characters(text)) width += columns(character);
  return width;
}

std::string shortened(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  const auto all = characters(text);
  const std::size_t tail_width = (width - 1) / 2;
  const std::size_t head_width = width - 1 - tail_width;
  std::string head;
  for (std::size_t i = 0, used = 0; i < all.size() && used + columns(all[i]) <= head_width; ++i) {
    used += columns(all[i]);
    head += all[i].bytes;
  }
  std::size_t from = all.size();
  for (std::size_t used = 0; from > 0 && used + columns(all[from - 1]) <= tail_width; --from)
    used += columns(all[from - 1]);
  std::string tail;
  for (std::size_t i = from; i < all.size(); ++i) tail += all[i].bytes;
  return head + "…" + tail;
}

}  // namespace earmark
