#pragma once
#include <cstdint>
#include <optional>

#include "audio/worker/channel.h"

namespace earmark::audio::worker {

/// Where the file proper begins: behind ID3v2 tags (id3.org, id3v2.4.0-structure §3.1). Longer than a probe
/// looks, they would hide the format of what follows, and they hold pictures that nobody wants to transfer.
[[nodiscard]] std::uint64_t end_of_leading_tags(Channel& channel);

/// Where a stream of bare frames ends: before ID3v1 and APEv2 tags, which would be taken for damaged frames.
/// The size must be known.
[[nodiscard]] std::uint64_t start_of_trailing_tags(Channel& channel, std::uint64_t size);

/// The first page at or after `from` that begins an Ogg stream (RFC 3533 §6), if there is one.
[[nodiscard]] std::optional<std::uint64_t> next_ogg_start(Channel& channel, std::uint64_t from);

}  // namespace earmark::audio::worker
