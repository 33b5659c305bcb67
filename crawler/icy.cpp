#include "crawler/icy.h"

#include <algorithm>
#include <array>

#include "core/bytes.h"
#include "crawler/text_encoding.h"

namespace earmark::crawler {
namespace {

constexpr std::size_t kTextUnit = 16;

std::string as_utf8(std::string_view text) {
  Utf8Stream stream(as_bytes(text), {});
  std::string out;
  std::array<char, 256> piece;
  for (std::size_t n = stream.read(piece); n > 0; n = stream.read(piece)) out.append(piece.data(), n);
  return out;
}

}  // namespace

Status IcyReader::push(std::span<const std::byte> bytes) {
  if (interval_ == 0) return bytes.empty() ? Status() : on_audio_(bytes);
  while (!bytes.empty()) {
    if (text_left_ > 0) {
      const std::size_t n = std::min(text_left_, bytes.size());
      text_ += as_text(bytes.first(n));
      bytes = bytes.subspan(n);
      text_left_ -= n;
      if (text_left_ > 0) break;
      if (auto title = icy_title(text_)) on_title_(*std::move(title));
      text_.clear();
    } else if (until_text_ == 0) {
      text_left_ = kTextUnit * std::to_integer<std::size_t>(bytes.front());
      bytes = bytes.subspan(1);
      until_text_ = interval_;
    } else {
      const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(until_text_, bytes.size()));
      until_text_ -= n;
      EARMARK_TRY_STATUS(on_audio_(bytes.first(n)));
      bytes = bytes.subspan(n);
    }
  }
  return {};
}

std::optional<std::string> icy_title(std::string_view text) {
  constexpr std::string_view kBegin = "StreamTitle='";
  const std::size_t begin = text.find(kBegin);
  if (begin == std::string_view::npos) return std::nullopt;
  text.remove_prefix(begin + kBegin.size());
  // A title may hold an apostrophe: what ends it is "';".
  std::size_t end = text.find("';");
  if (end == std::string_view::npos) end = text.find_last_of('\'');
  if (end == std::string_view::npos) end = text.find('\0');
  return as_utf8(text.substr(0, end));
}

}  // namespace earmark::crawler
