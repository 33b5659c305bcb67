#pragma once
// Playlists that lead to live audio: HLS (RFC 8216) and the lists of addresses that stations hand out
// (M3U, PLS).
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"
#include "crawler/url.h"

namespace earmark::crawler {

struct HlsSegment {
  std::uint64_t sequence = 0;
  Url url;
  double duration_s = 0.0;
  std::uint64_t discontinuity = 0;  ///< segments with another number are another encoding
  std::optional<Url> map;           ///< what a decoder needs before the segment (EXT-X-MAP)
  bool is_gap = false;              ///< EXT-X-GAP: it is not there
};

/// A media playlist.
struct HlsMedia {
  double target_s = 0.0;
  std::uint64_t media_sequence = 0;  ///< of the first segment, also where there is none
  bool is_ended = false;
  std::vector<HlsSegment> segments;
};

/// A master playlist, of which one variant was chosen: audio alone where there is such a one, else the one of
/// the lowest bandwidth.
struct HlsMaster {
  Url chosen;
  std::uint64_t bandwidth = 0;
  std::size_t variants = 0;
};

/// Addresses of the same station; the first one is the one to take.
struct StationList {
  std::vector<Url> urls;
};

using Playlist = std::variant<HlsMedia, HlsMaster, StationList>;

/// Whether an answer with this media type, path and beginning is a playlist and not audio.
[[nodiscard]] bool is_playlist(std::string_view content_type, std::string_view beginning);

/// Relative addresses count from `base`. kUnsupported: encrypted or with byte ranges; kCorrupt: no playlist.
[[nodiscard]] Result<Playlist> parse_playlist(std::string_view text, const Url& base);

}  // namespace earmark::crawler
