#include "catalogue/analyser.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

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
  Bytes piece(kPiece);
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
    return {};
  }));
  analysed.fingerprint = extractor.finish();
  analysed.warnings = std::move(info.warnings);
  return analysed;
}

}  // namespace earmark::catalogue
