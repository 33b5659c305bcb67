#include "audio/worker/job.h"

#include <algorithm>
#include <new>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "audio/decoder.h"
#include "audio/worker/ffmpeg_decode.h"
#include "audio/worker/flac_encode.h"
#include "audio/worker/sandbox.h"
#include "audio/worker/sndfile_decode.h"

namespace earmark::audio::worker {
namespace {

// What the file is called by its first bytes can be wrong: an error of FFmpeg's stands only when libsndfile
// has none better to offer, and the other way round FFmpeg's says more.
Result<Decoded> decode_somehow(Channel& channel, SamplesOut& out) {
  if (channel.size() == 0U) return fail(ErrorCode::kUnsupported, "is empty");
  auto first = decode_with_ffmpeg(channel, out);
  if (first || out.count() > 0 || first.error().code == ErrorCode::kResourceExhausted) return first;
  auto second = decode_with_sndfile(channel, out);
  if (second || out.count() > 0) return second;
  return first;
}

void add_usage(Done& done) {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto microseconds = [](const timeval& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(time.tv_usec);
  };
  done.peak_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  done.cpu_us = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
}

Bytes decode(const JobRequest& request, Channel& channel) {
  SamplesOut out(channel, request.max_samples);
  const auto decoded = decode_somehow(channel, out);
  out.flush();
  channel.flush_warnings();
  if (!decoded) return encode(decoded.error());
  if (out.full()) {
    return encode(Error{ErrorCode::kResourceExhausted,
                        fmt::format("is longer than the {} s allowed", request.max_samples / kAnalysisRate)});
  }
  Done done{out.count(), decoded->rate_hz,   decoded->channels, decoded->side_channel_used, 0,
            0,           decoded->container, decoded->codec};
  add_usage(done);
  return encode(done);
}

Bytes encode_file(Channel& channel) {
  const auto file = encode_flac(channel);
  if (!file) return encode(file.error());
  for (std::size_t at = 0; at < file->size(); at += kMaxEncodedBytes) {
    const std::size_t n = std::min(kMaxEncodedBytes, file->size() - at);
    channel.send(encode_encoded(std::span(*file).subspan(at, n)));
  }
  Done done;
  add_usage(done);
  return encode(done);
}

}  // namespace

void run_job(const JobRequest& request) {
  const auto size =
      request.source_size == JobRequest::kUnknownSize ? std::nullopt : std::optional(request.source_size);
  Channel channel(kWorkerDescriptor, size);
  if (const Status sandboxed = enter_sandbox(request); !sandboxed) {
    channel.send(encode(Error{ErrorCode::kInternal, "no sandbox: " + sandboxed.error().message}));
    ::_exit(0);
  }
  try {
    if (request.kind == JobKind::kDecode) {
      channel.send(decode(request, channel));
    } else if (request.kind == JobKind::kEncodeFlac) {
      channel.send(encode_file(channel));
    } else if (survive_probe(request.kind)) {
      channel.send(encode(Done{}));
    } else {
      channel.send(encode(Error{ErrorCode::kInternal, "was allowed"}));
    }
  } catch (const std::bad_alloc&) {
    channel.send(
        encode(Error{ErrorCode::kResourceExhausted, fmt::format("needs more than the {} MB of memory allowed",
                                                                request.memory_bytes >> 20)}));
  }
  ::_exit(0);
}

}  // namespace earmark::audio::worker
