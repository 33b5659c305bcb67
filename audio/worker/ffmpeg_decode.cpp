#include "audio/worker/ffmpeg_decode.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>

#include <fmt/format.h>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include "audio/decoder.h"
#include "audio/worker/ffmpeg_input.h"
#include "audio/worker/mixer.h"
#include "audio/worker/tags.h"

namespace earmark::audio::worker {
namespace {

constexpr int kEvidenceFrames = 8;
constexpr int kMaxReadErrors = 200;      // in a row, before the rest of a damaged container is given up
constexpr int kMaxFormatChanges = 2000;  // of rate or channels: beyond it, it is noise that is being decoded

struct FreeCodec {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FreePacket {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct FreeFrame {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};

std::optional<SampleFormat> sample_format(int format) {
  switch (av_get_packed_sample_fmt(static_cast<AVSampleFormat>(format))) {
    case AV_SAMPLE_FMT_U8: return SampleFormat::kU8;
    case AV_SAMPLE_FMT_S16: return SampleFormat::kS16;
    case AV_SAMPLE_FMT_S32: return SampleFormat::kS32;
    case AV_SAMPLE_FMT_S64: return SampleFormat::kS64;
    case AV_SAMPLE_FMT_FLT: return SampleFormat::kFloat;
    case AV_SAMPLE_FMT_DBL: return SampleFormat::kDouble;
    default: return std::nullopt;
  }
}

// FFmpeg's own Speex decoder (5.1) grows without bound on steady tones; libspeex does not.
const AVCodec* find_decoder(AVCodecID id) {
  const AVCodec* better = id == AV_CODEC_ID_SPEEX ? avcodec_find_decoder_by_name("libspeex") : nullptr;
  return better != nullptr ? better : avcodec_find_decoder(id);
}

class Decode {
 public:
  Decode(Channel& channel, SamplesOut& out, FfmpegInput& input)
      : channel_(channel), out_(out), input_(input), mixer_(out), gated_(input.needs_evidence()) {}

  Result<Decoded> run() {
    if (!packet_ || !frame_) return fail(ErrorCode::kResourceExhausted, "out of memory");
    EARMARK_TRY_STATUS(choose_stream());
    if (gated_) out_.hold();
    read_packets();
    drain();
    return conclude();
  }

  /// Where the container's reader gave up, in bytes from its start, if it did before the end.
  [[nodiscard]] std::optional<std::uint64_t> stopped_at() const { return stopped_at_; }

 private:
  Status choose_stream();
  bool open_decoder(const AVStream& stream);
  void read_packets();
  void take_packet();
  void follow_chain();
  bool decode(const AVPacket* packet);
  bool receive();
  void add_frame();
  void judge(bool good);
  void drain();
  void warn_of_early_end();
  Result<Decoded> conclude();
  void warn(std::string_view what) {
    channel_.warn(fmt::format("{} at {:.1f} s", what, static_cast<double>(out_.count()) / kAnalysisRate));
  }

  Channel& channel_;
  SamplesOut& out_;
  FfmpegInput& input_;
  Mixer mixer_;
  std::unique_ptr<AVPacket, FreePacket> packet_{av_packet_alloc()};
  std::unique_ptr<AVFrame, FreeFrame> frame_{av_frame_alloc()};
  std::unique_ptr<AVCodecContext, FreeCodec> codec_;
  int stream_ = -1;
  unsigned first_streams_ = 0;  // how many streams there were at the start
  Decoded decoded_;
  bool gated_;  // nothing is sent yet: see kEvidenceFrames
  int good_in_a_row_ = 0;
  bool any_bad_ = false;
  bool last_bad_ = false;
  int format_changes_ = 0;
  std::int64_t last_position_ = 0;
  std::optional<std::uint64_t> stopped_at_;
};

Status Decode::choose_stream() {
  AVFormatContext& format = input_.format();
  const AVCodec* codec = nullptr;
  const int best = av_find_best_stream(&format, AVMEDIA_TYPE_AUDIO, -1, -1, &codec, 0);
  if (best == AVERROR_DECODER_NOT_FOUND)
    return fail(ErrorCode::kUnsupported, "no decoder for its kind of audio");
  if (best < 0)
    return fail(ErrorCode::kUnsupported, fmt::format("no audio in this {} file", input_.container()));
  first_streams_ = format.nb_streams;
  stream_ = best;
  for (unsigned i = 0; i < format.nb_streams && !open_decoder(*format.streams[stream_]); ++i) {
    const bool audio = format.streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
    if (audio) stream_ = static_cast<int>(i);
  }
  if (!codec_) return fail(ErrorCode::kUnsupported, "its audio decoder refuses the stream");
  for (unsigned i = 0; i < format.nb_streams; ++i) {
    if (static_cast<int>(i) != stream_) format.streams[i]->discard = AVDISCARD_ALL;
  }
  return {};
}

bool Decode::open_decoder(const AVStream& stream) {
  codec_.reset();
  const AVCodec* codec = find_decoder(stream.codecpar->codec_id);
  if (codec == nullptr || stream.codecpar->codec_type != AVMEDIA_TYPE_AUDIO) return false;
  std::unique_ptr<AVCodecContext, FreeCodec> context(avcodec_alloc_context3(codec));
  if (!context || avcodec_parameters_to_context(context.get(), stream.codecpar) < 0) return false;
  context->pkt_timebase = stream.time_base;
  context->thread_count = 1;
  if (avcodec_open2(context.get(), codec, nullptr) < 0) return false;
  codec_ = std::move(context);
  decoded_.codec = avcodec_get_name(stream.codecpar->codec_id);
  return true;
}

void Decode::read_packets() {
  int errors = 0;
  while (!out_.full() && format_changes_ <= kMaxFormatChanges) {
    const int rc = av_read_frame(&input_.format(), packet_.get());
    if (rc >= 0) {
      errors = 0;
      take_packet();
      av_packet_unref(packet_.get());
      continue;
    }
    if (rc == AVERROR_EOF || rc == AVERROR(ENOMEM)) return;
    if (input_.container() == "ogg") {
      stopped_at_ = static_cast<std::uint64_t>(std::max<std::int64_t>(last_position_, 0));
      return;
    }
    if (errors++ == 0) warn("damaged container");
    if (errors > kMaxReadErrors || avio_feof(input_.format().pb) != 0) return;
  }
}

// A chained Ogg starts anew in mid-file: with a new header for the stream, or with a new stream.
void Decode::follow_chain() {
  const int index = packet_->stream_index;
  AVFormatContext& format = input_.format();
  const AVStream& stream = *format.streams[index];
  const bool new_link = index != stream_ && static_cast<unsigned>(index) >= first_streams_ &&
                        stream.codecpar->codec_type == AVMEDIA_TYPE_AUDIO && input_.container() == "ogg";
  std::size_t size = 0;
  const std::uint8_t* header = av_packet_get_side_data(packet_.get(), AV_PKT_DATA_NEW_EXTRADATA, &size);
  if (!new_link && (index != stream_ || header == nullptr)) return;
  drain();
  stream_ = index;
  if (!open_decoder(stream)) warn("a part whose header is damaged");
}

void Decode::take_packet() {
  last_position_ = std::max(last_position_, packet_->pos);
  follow_chain();
  if (packet_->stream_index != stream_ || !codec_) return;
  judge(decode(packet_.get()));
}

bool Decode::decode(const AVPacket* packet) {
  int rc = avcodec_send_packet(codec_.get(), packet);
  bool good = true;
  if (rc == AVERROR(EAGAIN)) {
    good = receive();
    rc = avcodec_send_packet(codec_.get(), packet);
  }
  return receive() && good && (rc >= 0 || rc == AVERROR_EOF);
}

bool Decode::receive() {
  for (int errors = 0; errors < 8;) {
    const int rc = avcodec_receive_frame(codec_.get(), frame_.get());
    if (rc == AVERROR(EAGAIN) || rc == AVERROR_EOF) return errors == 0;
    if (rc < 0) {
      ++errors;
      continue;
    }
    add_frame();
    av_frame_unref(frame_.get());
    if (out_.full()) break;
  }
  return out_.full();
}

void Decode::add_frame() {
  const auto format = sample_format(frame_->format);
  if (!format || frame_->nb_samples <= 0) return;
  const auto channels = static_cast<std::size_t>(std::max(frame_->ch_layout.nb_channels, 0));
  const bool planar = av_sample_fmt_is_planar(static_cast<AVSampleFormat>(frame_->format)) != 0;
  const bool known = frame_->ch_layout.order == AV_CHANNEL_ORDER_NATIVE;
  const Pcm pcm{*format,
                planar,
                {frame_->extended_data, planar ? channels : 1},
                channels,
                static_cast<std::size_t>(frame_->nb_samples),
                frame_->sample_rate,
                known ? frame_->ch_layout.u.mask : 0};
  if (decoded_.rate_hz != 0 && (pcm.rate_hz != mixer_.rate_hz() || channels != mixer_.channels())) {
    // Between bare frames this is what noise looks like.
    if (gated_) judge(false);
    ++format_changes_;
  }
  if (const Status added = mixer_.add(pcm); !added) return judge(false);
  if (decoded_.rate_hz == 0) {
    decoded_.rate_hz = pcm.rate_hz;
    decoded_.channels = static_cast<int>(channels);
  }
}

void Decode::judge(bool good) {
  if (good) {
    last_bad_ = false;
    if (gated_ && ++good_in_a_row_ >= kEvidenceFrames) {
      gated_ = false;
      out_.release();
    }
    return;
  }
  any_bad_ = true;
  if (gated_) {
    good_in_a_row_ = 0;
    mixer_.reset();
    out_.discard_held();
    decoded_.rate_hz = 0;
  } else if (!last_bad_) {
    warn("a damaged packet was skipped");
  }
  last_bad_ = true;
}

void Decode::drain() {
  if (codec_) (void)decode(nullptr);
}

void Decode::warn_of_early_end() {
  const AVFormatContext& format = input_.format();
  if (stopped_at_ || out_.full() || format.duration_estimation_method != AVFMT_DURATION_FROM_STREAM ||
      format.duration <= 0)
    return;
  const double claimed = static_cast<double>(format.duration) / AV_TIME_BASE;
  const double found = static_cast<double>(out_.count()) / kAnalysisRate;
  if (found < 0.98 * claimed - 1.0) {
    channel_.warn(fmt::format("ends early: {:.1f} s of the {:.1f} s that its header claims", found, claimed));
  }
}

Result<Decoded> Decode::conclude() {
  EARMARK_TRY_STATUS(mixer_.finish());
  if (gated_) {
    // Too short for the proof: believed if every bit of it was good.
    if (any_bad_ || good_in_a_row_ == 0) {
      out_.discard_held();
      out_.release();
      return fail(ErrorCode::kUnsupported,
                  fmt::format("no known media format (a few bytes look like {})", input_.container()));
    }
    out_.release();
  }
  if (out_.count() == 0) {
    return fail(ErrorCode::kCorrupt,
                fmt::format("nothing of this {} file's audio could be decoded", input_.container()));
  }
  warn_of_early_end();
  if (format_changes_ > kMaxFormatChanges) channel_.warn("changes its sample rate all the time: given up");
  decoded_.container = input_.container();
  decoded_.side_channel_used = mixer_.side_channel_used();
  return decoded_;
}

}  // namespace

// FFmpeg goes on by itself where the next link of a chained Ogg is of the same codec, and stops where it is
// not. Each turn of the loop is one stretch that it can do.
Result<Decoded> decode_with_ffmpeg(Channel& channel, SamplesOut& out) {
  std::optional<Decoded> whole;
  std::optional<std::uint64_t> offset = end_of_leading_tags(channel);
  while (offset) {
    auto input = FfmpegInput::open(channel, *offset);
    if (!input && !whole) return fail(std::move(input).error());
    if (!input) {
      channel.warn(fmt::format("a part that cannot be read at {:.1f} s",
                               static_cast<double>(out.count()) / kAnalysisRate));
      offset = next_ogg_start(channel, *offset + 1);
      continue;
    }
    Decode decode(channel, out, *input);
    auto part = decode.run();
    if (part && !whole) whole = *part;
    if (part) whole->side_channel_used |= part->side_channel_used;
    if (!part && !whole && input->container() != "ogg") return part;
    const auto stopped = decode.stopped_at();
    offset = input->container() == "ogg" && stopped && !out.full()
                 ? next_ogg_start(channel, *offset + *stopped + 1)
                 : std::nullopt;
    if (!whole && !offset) return part;
  }
  return *whole;
}

}  // namespace earmark::audio::worker
