#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace earmark {

/// The text with everything that could steer a terminal or is not UTF-8 (control characters, escape
/// sequences, direction overrides, stray bytes) written as \xNN. For text from outside (file names, feed
/// titles) shown to people.
[[nodiscard]] std::string printable(std::string_view text);

/// Columns that UTF-8 text takes in a terminal: 2 for East Asian wide characters and emoji, 0 for combining
/// marks.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// At most `width` (3 or more) columns: the middle gives way to "…", so that both ends of a path stay
/// readable.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t width);

}  // namespace earmark
