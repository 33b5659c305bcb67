#include "audio/decoder.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "audio/job.h"
#include "audio/sandbox_check.h"

namespace earmark::audio {
namespace {

// At most `places` at a time; the others wait.
class Places {
 public:
  explicit Places(std::size_t places) : free_(places) {}
  void take() {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [&] { return free_ > 0; });
    --free_;
  }
  void give_back() {
    {
      const std::lock_guard lock(mutex_);
      ++free_;
    }
    freed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  std::size_t free_;
};

class Place {
 public:
  explicit Place(Places& places) : places_(places) { places_.take(); }
  ~Place() { places_.give_back(); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  Places& places_;
};

class PooledDecoder final : public Decoder {
 public:
  PooledDecoder(const Options& options, std::shared_ptr<DecoderProcess> process)
      : limits_(options.limits),
        places_(std::max<std::size_t>(options.workers, 1)),
        process_(std::move(process)) {}

  Result<AudioInfo> decode(ByteSource& source, const SampleSink& sink) override {
    const Place place(places_);
    JobRequest request;
    request.source_size = source.size().value_or(JobRequest::kUnknownSize);
    request.max_samples = max_samples(limits_);
    request.memory_bytes = limits_.memory_bytes;
    request.cpu_seconds = static_cast<std::uint64_t>(limits_.cpu_time.count());
    auto link = begin(request);
    if (!link) return fail(std::move(link).error().with_context(source.name()));
    return run_job(*link, limits_, source, sink);
  }

  Result<Bytes> encode_flac(std::span<const float> samples) override {
    if (samples.empty() || samples.size() > kMostEncodedSamples) {
      return fail(ErrorCode::kInvalidArgument, "FLAC: between 1 sample and 120 s can be encoded");
    }
    const Place place(places_);
    const auto source = memory_source(std::as_bytes(samples), "clip");
    JobRequest request;
    request.kind = JobKind::kEncodeFlac;
    request.source_size = samples.size_bytes();
    request.max_samples = samples.size();
    request.memory_bytes = limits_.memory_bytes;
    request.cpu_seconds = static_cast<std::uint64_t>(limits_.cpu_time.count());
    EARMARK_TRY(const auto link, begin(request));
    return run_encode_job(link, limits_, *source, samples.size_bytes() + kMaxEncodedBytes);
  }

 private:
  // A process that is no more is replaced, once for each input.
  Result<WorkerLink> begin(const JobRequest& request) {
    auto process = current();
    auto link = process->begin(request);
    if (link || link.error().code != ErrorCode::kUnavailable) return link;
    EARMARK_TRY(process, replace(process));
    return process->begin(request);
  }
  std::shared_ptr<DecoderProcess> current() {
    const std::lock_guard lock(mutex_);
    return process_;
  }
  Result<std::shared_ptr<DecoderProcess>> replace(const std::shared_ptr<DecoderProcess>& dead) {
    const std::lock_guard lock(mutex_);
    if (process_ == dead) {
      EARMARK_TRY(process_, DecoderProcess::start());
    }
    return process_;
  }

  const DecodeLimits limits_;
  Places places_;
  std::mutex mutex_;
  std::shared_ptr<DecoderProcess> process_;  // under mutex_
};

Status validate(const DecodeLimits& limits) {
  if (limits.max_duration.count() <= 0 || limits.cpu_time.count() <= 0 || limits.stall_timeout.count() <= 0 ||
      limits.memory_bytes == 0) {
    return fail(ErrorCode::kInvalidArgument, "decoder limits must be positive");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Decoder>> Decoder::start(const Options& options) {
  EARMARK_TRY_STATUS(validate(options.limits));
  EARMARK_TRY(auto process, DecoderProcess::start());
  EARMARK_TRY_STATUS(check_sandbox(*process));
  return std::make_unique<PooledDecoder>(options, std::move(process));
}

}  // namespace earmark::audio
