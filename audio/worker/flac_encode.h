#pragma once
#include "audio/worker/channel.h"
#include "core/bytes.h"
#include "core/result.h"

namespace earmark::audio::worker {

/// A FLAC file of the channel's input: f32 samples, mono, kAnalysisRate. kInternal when libsndfile will not.
[[nodiscard]] Result<Bytes> encode_flac(Channel& channel);

}  // namespace earmark::audio::worker
