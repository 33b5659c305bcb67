#pragma once
#include <cstddef>
#include <span>

namespace earmark::audio {

/// The program earmark-decoder, as built with this library: an ELF file in this binary's read-only data.
[[nodiscard]] std::span<const std::byte> decoder_image();

}  // namespace earmark::audio
