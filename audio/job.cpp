#include "audio/job.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

namespace earmark::audio {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kExitPatienceMilliseconds = 10'000;
// A worker that only sleeps uses no processor time: what we wait for it in all is limited as well, at this
// many times its limits of processor time and of one wait, because a loaded machine gives it a fraction of a
// processor.
constexpr int kWaitPerCpuTime = 4;
constexpr int kWaitPerStall = 10;

Error unavailable() { return {ErrorCode::kUnavailable, "the decoder process is gone"}; }

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{}", name);
}

class Job {
 public:
  Job(const WorkerLink& link, const DecodeLimits& limits, ByteSource& source, const SampleSink& sink,
      std::size_t most_encoded = 0)
      : link_(link), limits_(limits), source_(source), sink_(sink), most_encoded_(most_encoded) {}

  [[nodiscard]] Bytes take_encoded() { return std::move(encoded_); }

  Result<AudioInfo> run() {
    while (true) {
      EARMARK_TRY(auto message, next_message());
      if (auto* read = std::get_if<ReadRequest>(&message)) {
        EARMARK_TRY_STATUS(answer(*read));
      } else if (auto* samples = std::get_if<Samples>(&message)) {
        EARMARK_TRY_STATUS(deliver(*samples));
      } else if (auto* warning = std::get_if<Warning>(&message)) {
        EARMARK_TRY_STATUS(note(std::move(*warning)));
      } else if (auto* encoded = std::get_if<Encoded>(&message)) {
        EARMARK_TRY_STATUS(keep(*encoded));
      } else if (auto* done = std::get_if<Done>(&message)) {
        return conclude(*done);
      } else {
        return fail(named(std::get<Error>(std::move(message))));
      }
    }
  }

 private:
  Result<WorkerMessage> next_message();
  Status await(short events);
  Status answer(const ReadRequest& request);
  Status send(std::span<const std::byte> bytes);
  Status deliver(const Samples& samples);
  Status note(Warning warning);
  Status keep(const Encoded& encoded);
  Result<AudioInfo> conclude(const Done& done);
  Error ended();

  [[nodiscard]] Error named(Error error) const { return error.with_context(source_.name()); }
  [[nodiscard]] Error named(ErrorCode code, std::string text) const {
    return named(Error{code, std::move(text)});
  }
  [[nodiscard]] double position() const { return static_cast<double>(delivered_) / kAnalysisRate; }

  const WorkerLink& link_;
  const DecodeLimits& limits_;
  ByteSource& source_;
  const SampleSink& sink_;
  MessageReader reader_;
  std::vector<std::byte> answer_ = std::vector<std::byte>(sizeof(std::uint32_t) + kMaxReadBytes);
  std::uint64_t delivered_ = 0;
  std::size_t most_encoded_ = 0;
  Bytes encoded_;
  std::vector<std::string> warnings_;
  Clock::duration waited_{};
};

// The stall limit counts only while the worker owes us something; a slow source or sink is not its fault.
Status Job::await(short events) {
  const auto before = Clock::now();
  const auto patience = std::chrono::duration_cast<std::chrono::milliseconds>(limits_.stall_timeout);
  EARMARK_TRY(const bool ready, wait_for(link_.stream.get(), events, static_cast<int>(patience.count())));
  waited_ += Clock::now() - before;
  if (!ready) {
    return fail(named(ErrorCode::kResourceExhausted,
                      fmt::format("the decoder did nothing for {} s at {:.1f} s and was killed",
                                  limits_.stall_timeout.count(), position())));
  }
  if (waited_ > kWaitPerCpuTime * limits_.cpu_time + kWaitPerStall * limits_.stall_timeout) {
    return fail(named(ErrorCode::kResourceExhausted,
                      fmt::format("the decoder was too slow at {:.1f} s and was killed", position())));
  }
  return {};
}

Result<WorkerMessage> Job::next_message() {
  while (true) {
    auto message = reader_.next();
    if (!message) return fail(named(std::move(message).error()));
    if (*message) return std::move(**message);
    const auto space = reader_.space();
    const ssize_t n = ::recv(link_.stream.get(), space.data(), space.size(), 0);
    if (n > 0) {
      reader_.received(static_cast<std::size_t>(n));
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
      return fail(ended());
    } else {
      EARMARK_TRY_STATUS(await(POLLIN));
    }
  }
}

Status Job::send(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(link_.stream.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    } else if (errno == EAGAIN || errno == EINTR) {
      EARMARK_TRY_STATUS(await(POLLOUT));
    } else {
      return {};  // it is gone and waits for nothing, but its last words are still to be read
    }
  }
  return {};
}

Status Job::answer(const ReadRequest& request) {
  const auto room = std::span(answer_).subspan(sizeof(std::uint32_t), request.length);
  EARMARK_TRY(const std::size_t n, source_.read_at(request.offset, room));
  if (n > room.size()) return fail(named(ErrorCode::kInternal, "the source gave more than was asked for"));
  const auto length = static_cast<std::uint32_t>(n);
  std::memcpy(answer_.data(), &length, sizeof(length));
  return send(std::span(answer_).first(sizeof(length) + n));
}

Status Job::deliver(const Samples& samples) {
  if (samples.values.size() > max_samples(limits_) - delivered_) {
    return fail(named(ErrorCode::kInternal, "the decoder sent more than it may"));
  }
  delivered_ += samples.values.size();
  return sink_(samples.values);
}

Status Job::note(Warning warning) {
  if (warnings_.size() > kMaxWarnings)
    return fail(named(ErrorCode::kInternal, "the decoder sent too many warnings"));
  warnings_.push_back(std::move(warning.text));
  return {};
}

Status Job::keep(const Encoded& encoded) {
  if (most_encoded_ == 0)
    return fail(named(ErrorCode::kInternal, "the decoder sent a file that nobody asked for"));
  if (encoded.bytes.size() > most_encoded_ - encoded_.size()) {
    return fail(
        named(ErrorCode::kResourceExhausted, fmt::format("more than {} bytes once encoded", most_encoded_)));
  }
  encoded_.insert(encoded_.end(), encoded.bytes.begin(), encoded.bytes.end());
  return {};
}

Result<AudioInfo> Job::conclude(const Done& done) {
  if (done.samples != delivered_) {
    return fail(named(ErrorCode::kInternal,
                      fmt::format("the decoder counts {} samples and sent {}", done.samples, delivered_)));
  }
  AudioInfo info;
  info.container = done.container;
  info.codec = done.codec;
  info.source_rate_hz = done.rate_hz;
  info.source_channels = done.channels;
  info.samples = done.samples;
  info.side_channel_used = done.side_channel_used;
  info.warnings = std::move(warnings_);
  info.worker_peak_bytes = done.peak_bytes;
  info.worker_cpu = std::chrono::microseconds(done.cpu_us);
  return info;
}

Error Job::ended() {
  const auto exit = wait_for_exit(link_);
  if (!exit) return named(exit.error());
  if (exit->start_errno != 0) {
    return named(ErrorCode::kUnavailable,
                 fmt::format("no worker could be started: {}", std::strerror(exit->start_errno)));
  }
  const int status = exit->wait_status;
  if (!WIFSIGNALED(status)) {
    return named(ErrorCode::kInternal,
                 fmt::format("the decoder left early with status {}", WEXITSTATUS(status)));
  }
  const int signal = WTERMSIG(status);
  if (signal == SIGXCPU) {
    return named(ErrorCode::kResourceExhausted,
                 fmt::format("the decoder ran out of its {} s of CPU time at {:.1f} s",
                             limits_.cpu_time.count(), position()));
  }
  const char* why = signal == SIGSYS    ? " (sandbox)"
                    : signal == SIGKILL ? " (by the system, out of memory, or by hand)"
                                        : " (a crash)";
  const ErrorCode code = signal == SIGKILL ? ErrorCode::kResourceExhausted : ErrorCode::kCorrupt;
  return named(
      code, fmt::format("the decoder was killed by {}{} at {:.1f} s", signal_name(signal), why, position()));
}

}  // namespace

std::uint64_t max_samples(const DecodeLimits& limits) {
  return static_cast<std::uint64_t>(std::chrono::seconds(limits.max_duration).count()) * kAnalysisRate;
}

Result<JobExit> wait_for_exit(const WorkerLink& link) {
  EARMARK_TRY(const bool heard, wait_for(link.control.get(), POLLIN, kExitPatienceMilliseconds));
  JobExit exit;
  if (!heard ||
      ::recv(link.control.get(), &exit, sizeof(exit), MSG_DONTWAIT) != static_cast<ssize_t>(sizeof(exit))) {
    return fail(unavailable());
  }
  return exit;
}

Result<AudioInfo> run_job(const WorkerLink& link, const DecodeLimits& limits, ByteSource& source,
                          const SampleSink& sink) {
  return Job(link, limits, source, sink).run();
}

Result<Bytes> run_encode_job(const WorkerLink& link, const DecodeLimits& limits, ByteSource& source,
                             std::size_t most_bytes) {
  const SampleSink none = [](std::span<const float>) { return Status(); };
  Job job(link, limits, source, none, most_bytes);
  EARMARK_TRY_STATUS(job.run());
  return job.take_encoded();
}

}  // namespace earmark::audio
