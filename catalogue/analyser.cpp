#include "catalogue/analyser.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "fingerprint/chromaprint.h"
#include "fingerprint/codec.h"
#include "fingerprint/extractor.h"

namespace earmark::catalogue {
namespace {

constexpr std::size_t kPiece = 1 << 20;

/// An .emfp of the longest audio that is decoded (24 h at 3.3 MB an hour), three times over.
constexpr std::uint64_t kMostFingerprintBytes = 256 << 20;

/// Calls `take` with the bytes of the source, piece by piece; `take` says whether it wants more.
template <class Take>
Status read_pieces(audio::ByteSource& source, Take&& take) {
  // What is asked over HTTP is a few thousand bytes: a megabyte would cost more than reading them.
  Bytes piece(static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, source.size().value_or(kPiece) + 1)));
  std::uint64_t offset = 0;
  while (true) {
    EARMARK_TRY(const std::size_t n, source.read_at(offset, piece));
    if (n == 0 || !take(std::span<const std::byte>(piece).first(n))) return {};
    offset += n;
  }
}

Result<Sha256> content_hash(audio::ByteSource& source) {
  Sha256Stream stream;
  EARMARK_TRY_STATUS(read_pieces(source, [&](std::span<const std::byte> bytes) {
    stream.update(bytes);
    return true;
  }));
  return stream.finish();
}

Result<bool> is_emfp(audio::ByteSource& source) {
  std::array<std::byte, 16> head{};
  EARMARK_TRY(const std::size_t n, source.read_at(0, head));
  return fingerprint::looks_like_emfp(std::span<const std::byte>(head).first(n));
}

Result<fingerprint::Fingerprint> read_emfp(audio::ByteSource& source) {
  Bytes bytes;
  EARMARK_TRY_STATUS(read_pieces(source, [&](std::span<const std::byte> piece) {
    bytes.insert(bytes.end(), piece.begin(), piece.end());
    return bytes.size() <= kMostFingerprintBytes;
  }));
  if (bytes.size() > kMostFingerprintBytes) {
    return fail(ErrorCode::kResourceExhausted,
                fmt::format("{}: a fingerprint of more than {} bytes", source.name(), kMostFingerprintBytes));
  }
  auto decoded = fingerprint::decode(bytes);
  if (!decoded) return fail(decoded.error().with_context(source.name()));
  return decoded;
}

/// Takes stretches out of a stream of samples.
class ClipCutter {
 public:
  explicit ClipCutter(std::span<const ClipRange> ranges) : ranges_(ranges), clips_(ranges.size()) {
    for (const ClipRange& range : ranges) end_ = std::max(end_, sample_at(range.end_ms));
  }

  /// An error ends the decode: nothing that follows is wanted.
  Status push(std::span<const float> samples) {
    for (std::size_t i = 0; i < ranges_.size(); ++i) {
      const std::uint64_t from = std::max(sample_at(ranges_[i].start_ms), position_);
      const std::uint64_t to = std::min(sample_at(ranges_[i].end_ms), position_ + samples.size());
      for (std::uint64_t at = from; at < to; ++at) clips_[i].push_back(samples[at - position_]);
    }
    position_ += samples.size();
    if (!is_done()) return {};
    return fail(ErrorCode::kConflict, "all clips are cut");
  }

  [[nodiscard]] bool is_done() const { return position_ >= end_; }
  [[nodiscard]] const std::vector<std::vector<float>>& clips() const { return clips_; }

 private:
  static std::uint64_t sample_at(std::uint32_t ms) { return std::uint64_t{ms} * audio::kAnalysisRate / 1000; }

  std::span<const ClipRange> ranges_;
  std::vector<std::vector<float>> clips_;
  std::uint64_t position_ = 0;
  std::uint64_t end_ = 0;
};

/// Copies what Chromaprint will look at, should this be registered.
void keep_opening(std::span<const float> samples, std::vector<std::int16_t>& opening) {
  constexpr std::size_t kMost =
      fingerprint::kChromaprintSeconds * static_cast<std::size_t>(fingerprint::kSampleRate);
  constexpr float kScale = 32767.0F;
  const std::size_t n = std::min(samples.size(), kMost - std::min(kMost, opening.size()));
  for (const float sample : samples.first(n)) {
    const float bounded = sample >= -1.0F ? std::min(sample, 1.0F) : sample < -1.0F ? -1.0F : 0.0F;  // NaN: 0
    opening.push_back(static_cast<std::int16_t>(bounded * kScale));
  }
}

}  // namespace

Result<std::unique_ptr<Analyser>> Analyser::start(std::size_t decode_workers) {
  audio::Decoder::Options options;
  options.workers = std::max<std::size_t>(decode_workers, 1);
  EARMARK_TRY(auto decoder, audio::Decoder::start(options));
  return std::make_unique<Analyser>(std::move(decoder));
}

Result<Analysed> Analyser::analyse(const std::filesystem::path& path) {
  EARMARK_TRY(const auto source, audio::open_file_source(path));
  return analyse(*source);
}

Result<Analysed> Analyser::analyse(audio::ByteSource& source) {
  Analysed analysed;
  analysed.source = source.name();
  EARMARK_TRY(analysed.content_hash, content_hash(source));
  EARMARK_TRY(const bool ready_made, is_emfp(source));
  if (ready_made) {
    EARMARK_TRY(analysed.fingerprint, read_emfp(source));
    return analysed;
  }
  fingerprint::Extractor extractor;
  EARMARK_TRY(auto info, decoder_->decode(source, [&](std::span<const float> samples) -> Status {
    extractor.push(samples);
    keep_opening(samples, analysed.opening);
    return {};
  }));
  analysed.fingerprint = extractor.finish();
  analysed.warnings = std::move(info.warnings);
  return analysed;
}

Result<std::vector<Bytes>> Analyser::clips(audio::ByteSource& source, std::span<const ClipRange> ranges) {
  EARMARK_TRY(const bool ready_made, is_emfp(source));
  if (ready_made)
    return fail(ErrorCode::kUnsupported, source.name() + ": a fingerprint cannot be listened to");
  ClipCutter cutter(ranges);
  const auto decoded =
      decoder_->decode(source, [&](std::span<const float> samples) { return cutter.push(samples); });
  if (!decoded && !cutter.is_done()) return fail(decoded.error());
  std::vector<Bytes> files;
  for (const auto& samples : cutter.clips()) {
    files.emplace_back();
    if (samples.empty()) continue;
    EARMARK_TRY(files.back(), decoder_->encode_flac(samples));
  }
  return files;
}

}  // namespace earmark::catalogue
