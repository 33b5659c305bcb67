#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "audio/worker/channel.h"
#include "core/result.h"

struct AVFormatContext;
struct AVIOContext;
struct AVInputFormat;

namespace earmark::audio::worker {

/// Loads and initialises what every decode needs, once, before the workers are forked.
void warm_up_ffmpeg();

/// A container that FFmpeg has opened on the channel's bytes from some offset on. Its name plays no part:
/// only content is probed. Nothing else can be opened from it, whatever it refers to. Thread-confined.
class FfmpegInput {
 public:
  /// kUnsupported when no format is recognised or it is a playlist; kCorrupt when the format's own reader
  /// gives up.
  [[nodiscard]] static Result<FfmpegInput> open(Channel& channel, std::uint64_t offset);

  [[nodiscard]] AVFormatContext& format() { return *format_; }
  [[nodiscard]] const std::string& container() const { return container_; }
  /// The format has no signature of its own (MPEG audio frames): the audio itself must prove it.
  [[nodiscard]] bool needs_evidence() const { return needs_evidence_; }

 private:
  struct Bytes;  // where AVIO reads from
  struct Free {
    void operator()(Bytes* bytes) const;
    void operator()(AVIOContext* io) const;
    void operator()(AVFormatContext* format) const;
  };
  FfmpegInput() = default;
  [[nodiscard]] static int read(void* opaque, std::uint8_t* out, int size);
  [[nodiscard]] static std::int64_t seek(void* opaque, std::int64_t offset, int whence);
  [[nodiscard]] Status make_io(Channel& channel, std::uint64_t base, std::optional<std::uint64_t> end);
  [[nodiscard]] Status probe_and_open();
  [[nodiscard]] Status open_as(const AVInputFormat* found);

  // Destroyed in reverse: the format before its IO before its bytes.
  std::unique_ptr<Bytes, Free> bytes_;
  std::unique_ptr<AVIOContext, Free> io_;
  std::unique_ptr<AVFormatContext, Free> format_;
  std::string container_;
  bool needs_evidence_ = false;
};

}  // namespace earmark::audio::worker
