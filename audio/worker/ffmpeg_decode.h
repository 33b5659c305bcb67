#pragma once
#include "audio/worker/channel.h"
#include "audio/worker/decoded.h"
#include "audio/worker/samples_out.h"
#include "core/result.h"

namespace earmark::audio::worker {

/// Decodes the best audio stream of the channel's input. Timestamps are not believed: the packets' audio is
/// joined in the order in which it is stored, so a broken clock neither drops audio nor inserts silence. A
/// damaged packet is skipped with a warning. Bare frame formats (MP3) send nothing until kEvidenceFrames good
/// frames in a row prove them. kUnsupported: no known format, no audio stream, no decoder for it; kCorrupt:
/// nothing of it could be decoded.
[[nodiscard]] Result<Decoded> decode_with_ffmpeg(Channel& channel, SamplesOut& out);

}  // namespace earmark::audio::worker
