#pragma once
// What the two sides of the sandbox say to each other. Internal to audio/.
//
// From the worker, on its stream socket (little-endian, no padding):   message := u32 type, u32 length,
// length bytes
//   1 read     u64 offset, u32 length         the host answers: u32 length', length' bytes (0 at the end of
//   the source) 2 samples  f32 sample…                    8 kHz mono 3 warning  text 4 done     u64 samples,
//   i32 rate, i32 channels, u8 side, u64 peak bytes, u64 cpu microseconds,
//              u8 length, container, u8 length, codec
//   5 error    u32 code, text
//   6 encoded  bytes                           of the file that an encode job makes, in order
// The worker is hostile until proven otherwise: MessageReader checks all of it, and never reads past what
// came.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/bytes.h"
#include "core/result.h"

namespace earmark::audio {

inline constexpr std::size_t kMaxReadBytes = 128UL * 1024;
inline constexpr std::size_t kMaxMessageSamples = 16384;
inline constexpr std::size_t kMaxEncodedBytes = 32768;  ///< of one message
inline constexpr std::size_t kMaxTextBytes = 500;
inline constexpr std::size_t kMaxWarnings = 50;
/// No sample is beyond this: room for float files in 16-bit units, none for an overflow in what follows.
inline constexpr float kMaxSample = 65536.0F;

struct ReadRequest {
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
};
struct Samples {
  std::vector<float> values;
};
struct Warning {
  std::string text;
};
struct Done {
  std::uint64_t samples = 0;
  std::int32_t rate_hz = 0;
  std::int32_t channels = 0;
  bool side_channel_used = false;
  std::uint64_t peak_bytes = 0;
  std::uint64_t cpu_us = 0;
  std::string container;
  std::string codec;
};
struct Encoded {
  Bytes bytes;
};
using WorkerMessage = std::variant<ReadRequest, Samples, Warning, Done, Error, Encoded>;

/// Message bytes, ready to send. Texts are cut to what the reader accepts.
[[nodiscard]] Bytes encode(const ReadRequest& request);
[[nodiscard]] Bytes encode_samples(std::span<const float> samples);
[[nodiscard]] Bytes encode_warning(std::string_view text);
[[nodiscard]] Bytes encode(const Done& done);
[[nodiscard]] Bytes encode(const Error& error);
/// bytes: kMaxEncodedBytes at most.
[[nodiscard]] Bytes encode_encoded(std::span<const std::byte> bytes);

/// Cuts the worker's byte stream into checked messages. Any breach of the grammar, a length beyond the limits
/// above, a sample that is not a number, an unknown error code: kInternal, and the worker must be killed.
/// Holds one message at most (65 kB). Thread-confined.
class MessageReader {
 public:
  /// Where to receive the next bytes; never empty while next() is drained first.
  [[nodiscard]] std::span<std::byte> space() { return std::span(buffer_).subspan(filled_); }
  /// `count` bytes have been received into space().
  void received(std::size_t count);
  /// The next whole message, or nothing yet.
  [[nodiscard]] Result<std::optional<WorkerMessage>> next();

 private:
  std::vector<std::byte> buffer_ = std::vector<std::byte>(8 + kMaxMessageSamples * sizeof(float));
  std::size_t filled_ = 0;
};

/// What a worker is started for: a decode, an encode, or one forbidden act, to see it refused.
enum class JobKind : std::uint32_t {
  kDecode,
  kEncodeFlac,     ///< the source is f32 samples at kAnalysisRate, mono; the answer a FLAC file
  kProbeNothing,   ///< only leaves: what the others are compared with
  kProbeOpenFile,  ///< must fail with EPERM
  kProbeSocket,    ///< this and the following must kill the worker with SIGSYS
  kProbeFork,
  kProbeExecute,
  kProbeExecutableMemory,
  kProbeKill,
};

/// From the host to the decoder process: one packet with the worker's two descriptors. Both are the same
/// build.
struct JobRequest {
  JobKind kind = JobKind::kDecode;
  std::uint64_t source_size = kUnknownSize;
  std::uint64_t max_samples = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t cpu_seconds = 0;

  static constexpr std::uint64_t kUnknownSize = ~0ULL;
};

/// From the decoder process to the host when a worker has gone: waitpid's status, or why it could not be
/// started.
struct JobExit {
  std::int32_t wait_status = 0;
  std::int32_t start_errno = 0;
};

/// First packet of the decoder process: it is ready.
inline constexpr std::array<char, 8> kReadyPacket{'e', 'a', 'r', 'm', 'a', 'r', 'k', '1'};
/// Where the decoder process finds its control socket, and a worker its stream socket.
inline constexpr int kWorkerDescriptor = 3;

}  // namespace earmark::audio
