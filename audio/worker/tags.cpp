#include "audio/worker/tags.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <vector>

#include "core/bytes.h"

namespace earmark::audio::worker {
namespace {

constexpr std::uint64_t kId3v1Bytes = 128;
constexpr std::uint64_t kApeBlockBytes = 32;  // header and footer

/// Fills `out` from `offset`; false where the input ends before.
bool read_all(Channel& channel, std::uint64_t offset, std::span<std::byte> out) {
  while (!out.empty()) {
    const std::size_t n = channel.read_at(offset, out);
    if (n == 0) return false;
    offset += n;
    out = out.subspan(n);
  }
  return true;
}

std::uint32_t byte_at(std::span<const std::byte> bytes, std::size_t i) {
  return std::to_integer<std::uint32_t>(bytes[i]);
}

/// Length of an APEv2 tag whose footer ends at `end`; 0 where there is none.
std::uint64_t ape_tag_before(Channel& channel, std::uint64_t end) {
  std::array<std::byte, kApeBlockBytes> footer{};
  if (end < footer.size() || !read_all(channel, end - footer.size(), footer)) return 0;
  if (as_text(footer).substr(0, 8) != "APETAGEX") return 0;
  std::uint32_t length = 0;  // of the items and this footer
  std::uint32_t flags = 0;
  std::memcpy(&length, footer.data() + 12, sizeof(length));
  std::memcpy(&flags, footer.data() + 20, sizeof(flags));
  const std::uint64_t whole = length + ((flags & 0x80000000U) != 0 ? kApeBlockBytes : 0);
  return length < kApeBlockBytes || whole > end ? 0 : whole;
}

}  // namespace

std::uint64_t end_of_leading_tags(Channel& channel) {
  std::uint64_t at = 0;
  for (int tags = 0; tags < 8; ++tags) {
    std::array<std::byte, 10> head{};
    if (!read_all(channel, at, head)) return at;
    if (as_text(head).substr(0, 3) != "ID3" || byte_at(head, 3) == 0xFF || byte_at(head, 4) == 0xFF)
      return at;
    std::uint64_t length = 0;
    for (std::size_t i = 6; i < 10; ++i) {
      if (byte_at(head, i) >= 0x80) return at;
      length = length << 7 | byte_at(head, i);
    }
    at += head.size() + length + ((byte_at(head, 5) & 0x10) != 0 ? head.size() : 0);
  }
  return at;
}

std::uint64_t start_of_trailing_tags(Channel& channel, std::uint64_t size) {
  std::uint64_t end = size;
  std::array<std::byte, 3> mark{};
  end -= ape_tag_before(channel, end);
  if (end >= kId3v1Bytes && read_all(channel, end - kId3v1Bytes, mark) && as_text(mark) == "TAG")
    end -= kId3v1Bytes;
  return end - ape_tag_before(channel, end);
}

std::optional<std::uint64_t> next_ogg_start(Channel& channel, std::uint64_t from) {
  constexpr std::size_t kHead = 6;  // "OggS", version, flags
  constexpr unsigned kBegins = 2;
  std::vector<std::byte> window;
  std::uint64_t at = from;  // of window[0]
  std::vector<std::byte> piece(64UL * 1024);
  while (true) {
    const std::size_t n = channel.read_at(at + window.size(), piece);
    if (n == 0) return std::nullopt;
    window.insert(window.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(n));
    const std::string_view text = as_text(window);
    for (std::size_t i = text.find("OggS"); i != text.npos && i + kHead <= text.size();
         i = text.find("OggS", i + 1)) {
      if (byte_at(window, i + 4) == 0 && (byte_at(window, i + 5) & kBegins) != 0) return at + i;
    }
    const std::size_t keep = std::min(window.size(), kHead - 1);
    at += window.size() - keep;
    window.erase(window.begin(), window.end() - static_cast<std::ptrdiff_t>(keep));
  }
}

}  // namespace earmark::audio::worker
