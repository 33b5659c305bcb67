#pragma once
#include "audio/decoder.h"
#include "audio/decoder_process.h"

namespace earmark::audio {

/// The host's side of one worker: answers its reads, checks its messages, passes its samples on, and turns
/// every way in which it can end into an AudioInfo or an Error. Blocks; ends at the latest when the limits
/// say so.
[[nodiscard]] Result<AudioInfo> run_job(const WorkerLink& link, const DecodeLimits& limits,
                                        ByteSource& source, const SampleSink& sink);

/// The same for an encode job: the file that was made. More than `most_bytes` of it is kResourceExhausted.
[[nodiscard]] Result<Bytes> run_encode_job(const WorkerLink& link, const DecodeLimits& limits,
                                           ByteSource& source, std::size_t most_bytes);

/// Waits (a few seconds at most) for what the decoder process says of the worker's end. kUnavailable: it is
/// gone itself.
[[nodiscard]] Result<JobExit> wait_for_exit(const WorkerLink& link);

/// Samples that `limits` allow.
[[nodiscard]] std::uint64_t max_samples(const DecodeLimits& limits);

}  // namespace earmark::audio
