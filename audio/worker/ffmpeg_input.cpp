#include "audio/worker/ffmpeg_input.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <string_view>

#include <fmt/format.h>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/cpu.h>
#include <libavutil/opt.h>
}

#include "audio/worker/tags.h"

namespace earmark::audio::worker {
namespace {

constexpr int kIoBufferBytes = 64 * 1024;
constexpr unsigned kMaxProbeBytes = 1U << 20;
constexpr std::int64_t kAnalyseBytes = 2'000'000;
constexpr int kMaxStreams = 128;

// Formats that hold no audio but name files or addresses that do; and pictures.
constexpr std::array<std::string_view, 9> kReferring{
    "hls", "dash", "concat", "sdp", "rtsp", "rtp", "webm_dash_manifest", "imf", "image2"};
// Streams of bare frames, recognised by a few bits that come about by chance anywhere.
constexpr std::array<std::string_view, 10> kBareFrames{"mp3", "aac", "ac3",    "eac3", "loas",
                                                       "dts", "mlp", "truehd", "g729", "latm"};

template <class Names>
bool contains(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// Only audio decoders may run: the pictures and films in a container are no business of ours.
const std::string& audio_decoders() {
  static const std::string names = [] {
    std::string all;
    void* position = nullptr;
    while (const AVCodec* codec = av_codec_iterate(&position)) {
      if (av_codec_is_decoder(codec) == 0 || codec->type != AVMEDIA_TYPE_AUDIO) continue;
      if (!all.empty()) all += ',';
      all += codec->name;
    }
    return all;
  }();
  return names;
}

int refuse_to_open(AVFormatContext* /*format*/, AVIOContext** /*io*/, const char* /*url*/, int /*flags*/,
                   AVDictionary** /*options*/) {
  return AVERROR(EPERM);
}

}  // namespace

struct FfmpegInput::Bytes {
  Channel* channel = nullptr;
  std::uint64_t base = 0;            // where the file proper begins
  std::optional<std::uint64_t> end;  // and where it ends, if known
  std::uint64_t position = 0;
};

void FfmpegInput::Free::operator()(Bytes* bytes) const { delete bytes; }
void FfmpegInput::Free::operator()(AVIOContext* io) const {
  av_freep(&io->buffer);
  avio_context_free(&io);
}
void FfmpegInput::Free::operator()(AVFormatContext* format) const { avformat_close_input(&format); }

void warm_up_ffmpeg() {
  av_log_set_level(AV_LOG_QUIET);
  av_get_cpu_flags();
  (void)audio_decoders();
  // A codec makes its static tables when it is first opened: once here is once for all workers.
  for (const AVCodecID id : {AV_CODEC_ID_MP3, AV_CODEC_ID_AAC, AV_CODEC_ID_FLAC}) {
    const AVCodec* codec = avcodec_find_decoder(id);
    if (codec == nullptr) continue;
    AVCodecContext* context = avcodec_alloc_context3(codec);
    if (context != nullptr) (void)avcodec_open2(context, codec, nullptr);
    avcodec_free_context(&context);
  }
}

int FfmpegInput::read(void* opaque, std::uint8_t* out, int size) {
  auto& bytes = *static_cast<Bytes*>(opaque);
  const std::uint64_t at = bytes.base + bytes.position;
  auto most = static_cast<std::uint64_t>(std::max(size, 0));
  if (bytes.end) most = std::min(most, *bytes.end - std::min(*bytes.end, at));
  const std::span<std::uint8_t> room(out, static_cast<std::size_t>(most));
  const std::size_t n = bytes.channel->read_at(at, std::as_writable_bytes(room));
  bytes.position += n;
  return n == 0 ? AVERROR_EOF : static_cast<int>(n);
}

std::int64_t FfmpegInput::seek(void* opaque, std::int64_t offset, int whence) {
  auto& bytes = *static_cast<Bytes*>(opaque);
  if (!bytes.end) return AVERROR(ENOSYS);
  const auto size = static_cast<std::int64_t>(*bytes.end - std::min(*bytes.end, bytes.base));
  if ((whence & AVSEEK_SIZE) != 0) return size;
  std::int64_t from = 0;
  if ((whence & ~AVSEEK_FORCE) == SEEK_CUR) from = static_cast<std::int64_t>(bytes.position);
  if ((whence & ~AVSEEK_FORCE) == SEEK_END) from = size;
  std::int64_t target = 0;
  if (__builtin_add_overflow(from, offset, &target) || target < 0) return AVERROR(EINVAL);
  bytes.position = static_cast<std::uint64_t>(target);
  return target;
}

Status FfmpegInput::make_io(Channel& channel, std::uint64_t base, std::optional<std::uint64_t> end) {
  io_.reset();
  bytes_.reset(new Bytes{&channel, base, end, 0});
  auto* buffer = static_cast<unsigned char*>(av_malloc(kIoBufferBytes));
  if (buffer == nullptr) return fail(ErrorCode::kResourceExhausted, "out of memory");
  const bool seekable = end.has_value();
  io_.reset(avio_alloc_context(buffer, kIoBufferBytes, 0, bytes_.get(), &read, nullptr,
                               seekable ? &seek : nullptr));
  if (!io_) {
    av_free(buffer);
    return fail(ErrorCode::kResourceExhausted, "out of memory");
  }
  return {};
}

Status FfmpegInput::probe_and_open() {
  const AVInputFormat* found = nullptr;
  const int score = av_probe_input_buffer2(io_.get(), &found, nullptr, nullptr, 0, kMaxProbeBytes);
  if (score < 0 || found == nullptr) return fail(ErrorCode::kUnsupported, "no known media format");
  const std::string_view names(found->name);
  container_ = names.substr(0, names.find(','));
  if (contains(kReferring, container_) || container_.ends_with("_pipe")) {
    return fail(ErrorCode::kUnsupported, fmt::format("no audio in it, a list or picture ({})", container_));
  }
  needs_evidence_ = contains(kBareFrames, container_);
  // Below this FFmpeg itself asks for more data: a guess, from formats that take any bytes for audio.
  if (score <= AVPROBE_SCORE_RETRY / 2 && !needs_evidence_) {
    return fail(ErrorCode::kUnsupported, "no known media format");
  }
  if (needs_evidence_ && bytes_->end) {
    // Anew, because the probe has filled the buffer beyond that end.
    const std::uint64_t end = start_of_trailing_tags(*bytes_->channel, *bytes_->end);
    EARMARK_TRY_STATUS(make_io(*bytes_->channel, bytes_->base, end));
  }
  return open_as(found);
}

Status FfmpegInput::open_as(const AVInputFormat* found) {
  AVFormatContext* format = avformat_alloc_context();
  if (format == nullptr) return fail(ErrorCode::kResourceExhausted, "out of memory");
  format->pb = io_.get();
  format->io_open = &refuse_to_open;
  format->probesize = kAnalyseBytes;
  format->max_streams = kMaxStreams;
  format->skip_estimate_duration_from_pts = 1;
  format->codec_whitelist = av_strdup(audio_decoders().c_str());
  format->protocol_whitelist = av_strdup("none");
  const int rc = avformat_open_input(&format, "", found, nullptr);  // frees `format` when it fails
  // libgme takes whatever is compressed for a compressed tune.
  if (rc < 0 && container_ == "libgme") return fail(ErrorCode::kUnsupported, "no known media format");
  if (rc < 0)
    return fail(ErrorCode::kCorrupt, fmt::format("damaged {}: its header cannot be read", container_));
  format_.reset(format);
  // What it cannot find out is not fatal: the decoder may.
  (void)avformat_find_stream_info(format, nullptr);
  return {};
}

Result<FfmpegInput> FfmpegInput::open(Channel& channel, std::uint64_t offset) {
  FfmpegInput input;
  EARMARK_TRY_STATUS(input.make_io(channel, offset, channel.size()));
  EARMARK_TRY_STATUS(input.probe_and_open());
  return input;
}

}  // namespace earmark::audio::worker
