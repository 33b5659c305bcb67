#pragma once
// Where the seconds of an audio file lie in its bytes.
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "core/bytes.h"
#include "core/result.h"

namespace earmark::audience {

/// A file as measurement sees it. Time to bytes is exact where the frames were walked (MP3), and straight
/// between the end of the tags and the end of the file elsewhere.
struct MediaMap {
  std::uint64_t bytes = 0;
  std::uint64_t content_from = 0;        ///< bytes of tags and pictures before the sound
  std::uint64_t duration_ms = 0;         ///< 0: not known
  std::vector<std::uint64_t> second_at;  ///< [s]: first byte of second s; empty: the rate is not known

  /// First byte of the sound at that time; `bytes` from the end on. 0 before any is known.
  [[nodiscard]] std::uint64_t byte_at(std::uint64_t ms) const;
  /// Bytes of tags and the first minute; 0: the file is shorter, or its rate is not known.
  [[nodiscard]] std::uint64_t minute_end() const;
};

/// Walks ID3 tags and MPEG audio frames; reads headers only, decodes nothing.
/// Source: ISO/IEC 11172-3 and 13818-3, frame headers; ID3v2.4, section 3.1; Xing/Info and VBRI frames hold
/// no sound. Other formats give their length. Errors:  none: what cannot be understood has no rate.
[[nodiscard]] MediaMap map_media(std::span<const std::byte> file);
/// kNotFound, kIo; kResourceExhausted over 4 GiB.
[[nodiscard]] Result<MediaMap> map_media_file(const std::filesystem::path& file);

/// What is known of a file whose frames nobody walked: its length and duration.
[[nodiscard]] MediaMap even_map(std::uint64_t bytes, std::uint64_t duration_ms);

/// Seconds as differences (varints).
[[nodiscard]] Bytes encode_seconds(const MediaMap& map);
/// kCorrupt.
[[nodiscard]] Result<std::vector<std::uint64_t>> decode_seconds(std::span<const std::byte> bytes);

}  // namespace earmark::audience
