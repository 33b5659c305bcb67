#pragma once
#include "audio/worker/channel.h"
#include "audio/worker/decoded.h"
#include "audio/worker/samples_out.h"
#include "core/result.h"

namespace earmark::audio::worker {

/// The second opinion: libsndfile (with libvorbis, libFLAC, libopus) reads some files that FFmpeg rejects.
/// Its MPEG reader takes text for audio and is not used. Needs to know the input's size. kUnsupported,
/// kCorrupt.
[[nodiscard]] Result<Decoded> decode_with_sndfile(Channel& channel, SamplesOut& out);

}  // namespace earmark::audio::worker
