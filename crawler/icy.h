#pragma once
// What Icecast and SHOUTcast put between the audio: every `interval` bytes a length byte n, then 16 n bytes
// of text like "StreamTitle='Artist - Song';", padded with zeros. Source: SHOUTcast's protocol, as
// Icecast 2.4 sends it to whoever asks with "Icy-MetaData: 1".
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"

namespace earmark::crawler {

/// Parts the audio of a stream from the titles in it. Thread-confined.
class IcyReader {
 public:
  using OnAudio = std::function<Status(std::span<const std::byte>)>;
  using OnTitle = std::function<void(std::string)>;

  /// `interval`: the server's icy-metaint; 0: there is nothing in between.
  IcyReader(std::uint64_t interval, OnAudio on_audio, OnTitle on_title)
      : interval_(interval),
        until_text_(interval),
        on_audio_(std::move(on_audio)),
        on_title_(std::move(on_title)) {}

  /// In any pieces. Errors: those of on_audio.
  [[nodiscard]] Status push(std::span<const std::byte> bytes);

 private:
  std::uint64_t interval_;
  std::uint64_t until_text_;   ///< bytes of audio that come before the next text
  std::size_t text_left_ = 0;  ///< bytes of the text that are still to come
  std::string text_;
  OnAudio on_audio_;
  OnTitle on_title_;
};

/// The StreamTitle of such a text as UTF-8 (what is no UTF-8 is read as windows-1252); nothing: it has none.
[[nodiscard]] std::optional<std::string> icy_title(std::string_view text);

}  // namespace earmark::crawler
