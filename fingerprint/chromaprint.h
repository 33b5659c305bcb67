#pragma once
// Chromaprint fingerprints, for those who speak AcoustID: not used by our own engine.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace earmark::fingerprint {

/// So much of a recording is fingerprinted, from its beginning: what fpcalc and AcoustID's clients do.
inline constexpr std::size_t kChromaprintSeconds = 120;

/// Items of about 0.1238 s, 32 bits each; none for less than about three seconds.
///
/// Shapes: samples[n] (mono, kSampleRate Hz). Errors: kUnavailable where the library is not installed.
/// Source: libchromaprint, CHROMAPRINT_ALGORITHM_DEFAULT. It looks at 28 to 3520 Hz, which 8 kHz audio has.
[[nodiscard]] Result<std::vector<std::uint32_t>> chromaprint_of(std::span<const std::int16_t> samples);

/// Items of the compressed text form that fpcalc prints. kInvalidArgument: it is none, or of another
/// algorithm than the default. Our own reader: the library's writes past its buffers when the text is
/// damaged.
[[nodiscard]] Result<std::vector<std::uint32_t>> parse_chromaprint(std::string_view text);

}  // namespace earmark::fingerprint
