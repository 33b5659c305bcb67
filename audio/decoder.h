#pragma once
// Untrusted media in, 8 kHz mono out. FFmpeg and libsndfile run only in sandboxed worker processes that see
// nothing but the bytes they are given (docs/decoder.md).
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "audio/byte_source.h"
#include "core/bytes.h"
#include "core/result.h"

namespace earmark::audio {

/// Rate of all decoded audio, Hz.
inline constexpr int kAnalysisRate = 8000;

/// What one input may cost. Reaching a limit is kResourceExhausted, and the worker is killed.
struct DecodeLimits {
  std::chrono::hours max_duration{24};     ///< of audio
  std::chrono::seconds cpu_time{1800};     ///< RLIMIT_CPU of the worker
  std::chrono::seconds stall_timeout{30};  ///< wall time without a sample or a read while the worker owes one
  std::uint64_t memory_bytes = 1ULL << 30;  ///< RLIMIT_AS of the worker
};

/// What was decoded.
struct AudioInfo {
  std::string container;  ///< FFmpeg's or libsndfile's short name ("mp3", "ogg")
  std::string codec;      ///< "mp3", "vorbis", …
  int source_rate_hz = 0;
  int source_channels = 0;
  std::uint64_t samples = 0;          ///< delivered, at kAnalysisRate
  bool side_channel_used = false;     ///< the mono sum cancelled, and left minus right was used instead
  std::vector<std::string> warnings;  ///< damage that was survived: "a damaged packet was skipped at 12.3 s"
  std::uint64_t worker_peak_bytes = 0;      ///< resident memory of the worker at most, as it says itself
  std::chrono::microseconds worker_cpu{0};  ///< processor time of the worker, as it says itself
};

/// Takes decoded samples (mono, kAnalysisRate, nominal range [-1, 1]) in order; an error from it ends the
/// decode.
using SampleSink = std::function<Status(std::span<const float>)>;

/// A small pool of sandboxed workers. decode() may be called from many threads; calls beyond the pool's size
/// wait.
class Decoder {
 public:
  struct Options {
    std::size_t workers = 2;
    DecodeLimits limits;
  };
  /// kUnavailable when the kernel cannot give the sandbox: nothing is ever decoded without it.
  [[nodiscard]] static Result<std::unique_ptr<Decoder>> start(const Options& options);
  virtual ~Decoder() = default;

  /// Decodes the best audio stream of `source` into `sink`. kUnsupported: no audio in a known format;
  /// kCorrupt: audio of a known format of which nothing could be decoded; kResourceExhausted: a limit. Damage
  /// in the middle is a warning. Memory: bounded by the pipes (under 2 MB in this process), whatever the
  /// input's length.
  [[nodiscard]] virtual Result<AudioInfo> decode(ByteSource& source, const SampleSink& sink) = 0;

  /// A FLAC file (16 bit, mono, kAnalysisRate) of the samples, made in a worker too: libsndfile has no other
  /// home. Values beyond ±1 are clipped. kInvalidArgument: none, or more than kMostEncodedSamples.
  [[nodiscard]] virtual Result<Bytes> encode_flac(std::span<const float> samples) = 0;
  static constexpr std::size_t kMostEncodedSamples = std::size_t{120} * kAnalysisRate;
};

/// Starts one worker, checks that the sandbox really refuses files, sockets and processes, and says what it
/// found.
[[nodiscard]] Status check_sandbox();

}  // namespace earmark::audio
