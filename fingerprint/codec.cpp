#include "fingerprint/codec.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "core/hash.h"

// Layout: docs/emfp-format.md. A peak is 24 bits: frames since the peak before (5), bin16 (12), rank (7); a
// step of kLongStep or more is written as kLongStep and followed by the rest as LEB128.

namespace earmark::fingerprint {
namespace {

constexpr std::string_view kMagic = "EMFP";
constexpr std::uint16_t kVersion = 1;
constexpr std::uint32_t kLongStep = 31;
constexpr std::size_t kPeakBytes = 3;

void put_peaks(ByteWriter& out, std::span<const Peak> peaks) {
  std::uint32_t previous = 0;
  for (const Peak& peak : peaks) {
    const std::uint32_t step = peak.frame - previous;
    previous = peak.frame;
    const std::uint32_t packed =
        std::min(step, kLongStep) | (std::uint32_t{peak.bin16} << 5) | (std::uint32_t{peak.rank} << 17);
    for (unsigned shift = 0; shift < 24; shift += 8)
      out.put<std::uint8_t>(static_cast<std::uint8_t>(packed >> shift));
    if (step >= kLongStep) out.put_varint(step - kLongStep);
  }
}

Result<Peak> get_peak(ByteReader& in, std::uint32_t previous_frame) {
  EARMARK_TRY(const auto raw, in.get_bytes(kPeakBytes));
  const auto byte = [&](std::size_t i) { return std::to_integer<std::uint32_t>(raw[i]); };
  const std::uint32_t packed = byte(0) | (byte(1) << 8) | (byte(2) << 16);
  std::uint64_t step = packed & 31;
  if (step == kLongStep) {
    EARMARK_TRY(const auto rest, in.get_varint());
    if (rest > std::numeric_limits<std::uint32_t>::max())
      return fail(ErrorCode::kCorrupt, "fingerprint: peak out of range");
    step += rest;
  }
  const std::uint64_t frame = previous_frame + step;
  if (frame > std::numeric_limits<std::uint32_t>::max())
    return fail(ErrorCode::kCorrupt, "fingerprint: peak out of range");
  return Peak{static_cast<std::uint32_t>(frame), static_cast<std::uint16_t>((packed >> 5) & 0xfff),
              static_cast<std::uint8_t>(packed >> 17)};
}

Result<std::vector<Peak>> get_peaks(ByteReader& in, std::uint32_t count, std::uint64_t samples) {
  if (count > in.remaining() / kPeakBytes)
    return fail(ErrorCode::kCorrupt, "fingerprint: fewer peaks than it claims");
  std::vector<Peak> peaks;
  peaks.reserve(count);
  Peak previous;
  for (std::uint32_t i = 0; i < count; ++i) {
    EARMARK_TRY(const Peak peak, get_peak(in, previous.frame));
    const bool ordered = i == 0 || peak.frame > previous.frame || peak.bin16 > previous.bin16;
    if (!ordered || std::uint64_t{peak.frame} * kFrameHop >= samples || peak.bin() >= kPeakBins) {
      return fail(ErrorCode::kCorrupt, fmt::format("fingerprint: peak {} is out of order or range", i));
    }
    peaks.push_back(peak);
    previous = peak;
  }
  return peaks;
}

Result<Embedding> get_embedding(ByteReader& in) {
  EARMARK_TRY(const auto raw, in.get_bytes(kEmbeddingDims));
  Embedding embedding;
  std::transform(raw.begin(), raw.end(), embedding.begin(),
                 [](std::byte b) { return static_cast<std::int8_t>(b); });
  return embedding;
}

Status check_envelope(std::span<const std::byte> bytes) {
  if (!looks_like_emfp(bytes) || bytes.size() < kMagic.size() + sizeof(Sha256)) {
    return fail(ErrorCode::kCorrupt, "fingerprint: not an .emfp file");
  }
  const Sha256 digest = sha256(bytes.first(bytes.size() - sizeof(Sha256)));
  if (!std::equal(digest.begin(), digest.end(), bytes.last(sizeof(Sha256)).begin())) {
    return fail(ErrorCode::kCorrupt, "fingerprint: checksum differs; the file is damaged or cut off");
  }
  return {};
}

}  // namespace

Bytes encode(const Fingerprint& fingerprint) {
  ByteWriter out;
  out.put_bytes(as_bytes(kMagic));
  out.put(kVersion);
  out.put(static_cast<std::uint16_t>(fingerprint.density));
  out.put(fingerprint.model_version);
  out.put(fingerprint.samples);
  out.put(static_cast<std::uint32_t>(fingerprint.peaks.size()));
  out.put(static_cast<std::uint32_t>(fingerprint.embeddings.size()));
  out.put_array(std::span<const std::int8_t>(fingerprint.item));
  put_peaks(out, fingerprint.peaks);
  for (const Embedding& embedding : fingerprint.embeddings)
    out.put_array(std::span<const std::int8_t>(embedding));
  const Sha256 digest = sha256(out.view());
  out.put_bytes(digest);
  return std::move(out).take();
}

Result<Fingerprint> decode(std::span<const std::byte> bytes) {
  EARMARK_TRY_STATUS(check_envelope(bytes));
  ByteReader in(bytes.first(bytes.size() - sizeof(Sha256)).subspan(kMagic.size()));
  EARMARK_TRY(const auto version, in.get<std::uint16_t>());
  if (version != kVersion) {
    return fail(
        ErrorCode::kUnsupported,
        fmt::format("fingerprint: format version {}, this program reads up to {}", version, kVersion));
  }
  Fingerprint fingerprint;
  EARMARK_TRY(const auto density, in.get<std::uint16_t>());
  if (density > static_cast<std::uint16_t>(Density::kReference))
    return fail(ErrorCode::kCorrupt, "fingerprint: unknown density");
  fingerprint.density = static_cast<Density>(density);
  EARMARK_TRY(fingerprint.model_version, in.get<std::uint32_t>());
  EARMARK_TRY(fingerprint.samples, in.get<std::uint64_t>());
  EARMARK_TRY(const auto peak_count, in.get<std::uint32_t>());
  EARMARK_TRY(const auto embedding_count, in.get<std::uint32_t>());
  EARMARK_TRY(fingerprint.item, get_embedding(in));
  EARMARK_TRY(fingerprint.peaks, get_peaks(in, peak_count, fingerprint.samples));
  if (in.remaining() != std::uint64_t{embedding_count} * kEmbeddingDims) {
    return fail(ErrorCode::kCorrupt, "fingerprint: its length and its embeddings disagree");
  }
  fingerprint.embeddings.reserve(embedding_count);
  for (std::uint32_t i = 0; i < embedding_count; ++i) {
    EARMARK_TRY(const auto embedding, get_embedding(in));
    fingerprint.embeddings.push_back(embedding);
  }
  return fingerprint;
}

bool looks_like_emfp(std::span<const std::byte> bytes) {
  return bytes.size() >= kMagic.size() && as_text(bytes.first(kMagic.size())) == kMagic;
}

}  // namespace earmark::fingerprint
