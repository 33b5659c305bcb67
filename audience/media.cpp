#include "audience/media.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

#include "core/file.h"

namespace earmark::audience {
namespace {

constexpr std::uint64_t kMinuteMs = 60'000;
constexpr std::uint64_t kSecondMs = 1000;

/// A header of MPEG audio.
struct Frame {
  std::size_t bytes = 0;
  unsigned samples = 0;
  unsigned rate = 0;          ///< Hz
  std::size_t side_info = 0;  ///< bytes from the header to a Xing tag
};

std::optional<Frame> frame_at(std::span<const std::byte> file, std::size_t at) {
  if (file.size() - at < 4) return std::nullopt;
  const auto byte = [&](std::size_t i) { return std::to_integer<unsigned>(file[at + i]); };
  if (byte(0) != 0xff || (byte(1) & 0xe0U) != 0xe0) return std::nullopt;
  const unsigned version = (byte(1) >> 3U) & 3U;  // 0: 2.5, 2: 2, 3: 1
  const unsigned layer = 4 - ((byte(1) >> 1U) & 3U);
  const unsigned rate_index = (byte(2) >> 2U) & 3U;
  const unsigned kbit_index = byte(2) >> 4U;
  if (version == 1 || layer == 4 || rate_index == 3 || kbit_index == 0 || kbit_index == 15)
    return std::nullopt;
  static constexpr std::array<std::array<unsigned, 15>, 5> kKbits = {{
      {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
      {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
      {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
      {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
      {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
  }};
  static constexpr std::array<unsigned, 3> kRates = {44'100, 48'000, 32'000};
  const bool is_first = version == 3;
  const unsigned table = is_first ? layer - 1 : (layer == 1 ? 3 : 4);
  const unsigned bits = kKbits[table][kbit_index] * 1000;
  Frame frame;
  frame.rate = kRates[rate_index] / (is_first ? 1 : version == 2 ? 2 : 4);
  frame.samples = layer == 1 ? 384 : (layer == 3 && !is_first ? 576 : 1152);
  const unsigned padding = (byte(2) >> 1U) & 1U;
  frame.bytes =
      layer == 1 ? (12 * bits / frame.rate + padding) * 4 : frame.samples / 8 * bits / frame.rate + padding;
  const bool mono = (byte(3) >> 6U) == 3;
  frame.side_info = is_first ? (mono ? 17 : 32) : (mono ? 9 : 17);
  if (frame.bytes < 4) return std::nullopt;
  return frame;
}

bool has_text(std::span<const std::byte> file, std::size_t at, std::string_view text) {
  return file.size() >= at + text.size() && as_text(file.subspan(at, text.size())) == text;
}

/// Length of the ID3v2 tags at the beginning.
std::size_t skip_tags(std::span<const std::byte> file) {
  std::size_t at = 0;
  constexpr std::size_t kHeader = 10;
  while (has_text(file, at, "ID3") && file.size() - at >= kHeader) {
    std::size_t size = 0;
    for (std::size_t i = 6; i < kHeader; ++i)
      size = size << 7U | (std::to_integer<unsigned>(file[at + i]) & 0x7fU);
    const bool has_footer = (std::to_integer<unsigned>(file[at + 5]) & 0x10U) != 0;
    const std::size_t whole = kHeader + size + (has_footer ? kHeader : 0);
    if (whole > file.size() - at) return file.size();
    at += whole;
  }
  return at;
}

/// The first frame that another one follows, from `at` on; file.size(): none.
std::size_t next_frame(std::span<const std::byte> file, std::size_t at) {
  for (; at + 4 <= file.size(); ++at) {
    const auto frame = frame_at(file, at);
    if (!frame) continue;
    const std::size_t after = at + frame->bytes;
    if (after + 4 > file.size() || frame_at(file, after)) return at;
  }
  return file.size();
}

bool holds_no_sound(std::span<const std::byte> file, std::size_t at, const Frame& frame) {
  const std::size_t tag = at + 4 + frame.side_info;
  constexpr std::size_t kVbri = 36;
  return has_text(file, tag, "Xing") || has_text(file, tag, "Info") || has_text(file, at + kVbri, "VBRI");
}

void walk_frames(std::span<const std::byte> file, MediaMap& map) {
  std::size_t at = next_frame(file, map.content_from);
  if (at >= file.size()) return;
  if (const auto first = frame_at(file, at); first && holds_no_sound(file, at, *first)) at += first->bytes;
  map.content_from = at;
  double seconds = 0.0;
  while (at < file.size()) {
    const auto frame = frame_at(file, at);
    if (!frame) {
      at = next_frame(file, at + 1);
      continue;
    }
    while (static_cast<double>(map.second_at.size()) <= seconds) map.second_at.push_back(at);
    seconds += static_cast<double>(frame->samples) / frame->rate;
    at += frame->bytes;
  }
  map.duration_ms = static_cast<std::uint64_t>(std::llround(seconds * 1000.0));
}

}  // namespace

std::uint64_t MediaMap::byte_at(std::uint64_t ms) const {
  if (duration_ms > 0 && ms >= duration_ms) return bytes;
  if (!second_at.empty()) {
    const std::uint64_t second = ms / kSecondMs;
    if (second >= second_at.size()) return bytes;
    const std::uint64_t from = second_at[second];
    const std::uint64_t to = second + 1 < second_at.size() ? second_at[second + 1] : bytes;
    return from + (to - from) * (ms % kSecondMs) / kSecondMs;
  }
  if (duration_ms == 0) return 0;
  return content_from +
         static_cast<std::uint64_t>(static_cast<double>(bytes - content_from) * static_cast<double>(ms) /
                                    static_cast<double>(duration_ms));
}

std::uint64_t MediaMap::minute_end() const { return duration_ms <= kMinuteMs ? 0 : byte_at(kMinuteMs); }

MediaMap map_media(std::span<const std::byte> file) {
  MediaMap map;
  map.bytes = file.size();
  map.content_from = skip_tags(file);
  const bool is_other = has_text(file, 0, "RIFF") || has_text(file, 0, "OggS") || has_text(file, 0, "fLaC") ||
                        has_text(file, 4, "ftyp");
  if (!is_other) walk_frames(file, map);
  return map;
}

Result<MediaMap> map_media_file(const std::filesystem::path& file) {
  constexpr std::uint64_t kMost = std::uint64_t{4} << 30U;
  EARMARK_TRY(const auto bytes, read_file(file, kMost));
  return map_media(bytes);
}

MediaMap even_map(std::uint64_t bytes, std::uint64_t duration_ms) {
  MediaMap map;
  map.bytes = bytes;
  map.duration_ms = duration_ms;
  return map;
}

Bytes encode_seconds(const MediaMap& map) {
  ByteWriter out;
  std::uint64_t last = 0;
  for (const std::uint64_t at : map.second_at) {
    out.put_varint(at - last);
    last = at;
  }
  return std::move(out).take();
}

Result<std::vector<std::uint64_t>> decode_seconds(std::span<const std::byte> bytes) {
  std::vector<std::uint64_t> seconds;
  ByteReader in(bytes);
  std::uint64_t at = 0;
  while (in.remaining() > 0) {
    EARMARK_TRY(const auto step, in.get_varint());
    at += step;
    seconds.push_back(at);
  }
  return seconds;
}

}  // namespace earmark::audience
