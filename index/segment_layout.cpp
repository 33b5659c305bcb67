#include "index/segment_layout.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/checksum.h"
#include "index/bit_writer.h"

namespace earmark::index {
namespace {

constexpr std::string_view kMagic = "EMSG";
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kTailBytes =
    16;  // u64 covered bytes, u32 CRC-32C of the checksums and that number, "EMSG"
constexpr std::size_t kRowBytes = 32;

void put_shape(ByteWriter& out, const ListShape& shape) {
  out.put(shape.keys);
  out.put(shape.universe);
  out.put(shape.group_bits);
  out.put<std::uint32_t>(0);
  out.put(shape.entries);
}

Result<ListShape> get_shape(ByteReader& in) {
  ListShape shape;
  EARMARK_TRY(shape.keys, in.get<std::uint32_t>());
  EARMARK_TRY(shape.universe, in.get<std::uint32_t>());
  EARMARK_TRY(shape.group_bits, in.get<std::uint32_t>());
  EARMARK_TRY([[maybe_unused]] const auto reserved, in.get<std::uint32_t>());
  EARMARK_TRY(shape.entries, in.get<std::uint64_t>());
  if (shape.group_bits > 31 || shape.universe == 0)
    return fail(ErrorCode::kCorrupt, "index: impossible lists");
  return shape;
}

std::uint32_t tail_check(std::span<const std::byte> checksums, std::uint64_t covered) {
  return crc32c(checksums) ^ crc32c(std::as_bytes(std::span(&covered, 1)));
}

}  // namespace

Bytes encode_head(const Layout& layout) {
  ByteWriter head;
  head.put_bytes(as_bytes(kMagic));
  head.put(kFormat);
  head.put(layout.model);
  head.put(layout.recordings);
  head.put(layout.frames);
  head.put(layout.code_bytes);
  put_shape(head, layout.landmarks);
  put_shape(head, layout.vectors);
  for (const Section& section : layout.sections) {
    head.put(section.offset);
    head.put(section.size);
  }
  Bytes bytes = std::move(head).take();
  bytes.resize(kHeadBytes);
  return bytes;
}

void append_checksums(Bytes& file) {
  const std::uint64_t covered = file.size();
  ByteWriter checksums;
  for (std::size_t at = 0; at < covered; at += Image::kBlock) {
    checksums.put(crc32c(
        std::span<const std::byte>(file).subspan(at, std::min<std::size_t>(Image::kBlock, covered - at))));
  }
  ByteWriter tail;
  tail.put(covered);
  tail.put(tail_check(checksums.view(), covered));
  tail.put_bytes(as_bytes(kMagic));
  file.insert(file.end(), checksums.view().begin(), checksums.view().end());
  file.insert(file.end(), tail.view().begin(), tail.view().end());
}

void put_recording(ByteWriter& out, const RecordingEntry& entry) {
  out.put(entry.row.key);
  out.put(entry.row.samples);
  out.put(entry.row.first);
  out.put(entry.row.frames);
  out.put(entry.peak_bytes);
}

Result<Checksums> find_checksums(std::span<const std::byte> file) {
  if (file.size() < kHeadBytes + kTailBytes || as_text(file.last(kMagic.size())) != kMagic)
    return fail(ErrorCode::kCorrupt, "not a segment of an index");
  ByteReader tail(file.last(kTailBytes));
  EARMARK_TRY(const auto covered, tail.get<std::uint64_t>());
  EARMARK_TRY(const auto check, tail.get<std::uint32_t>());
  const std::size_t before_tail = file.size() - kTailBytes;
  const std::uint64_t blocks = covered / Image::kBlock + (covered % Image::kBlock != 0 ? 1 : 0);
  if (covered > before_tail || covered + blocks * 4 != before_tail)
    return fail(ErrorCode::kCorrupt, "a segment of another length than it says");
  Checksums out{file.subspan(covered, blocks * 4), covered};
  if (tail_check(out.bytes, covered) != check) return fail(ErrorCode::kCorrupt, "checksum differs");
  return out;
}

Result<Layout> read_layout(const Image& image) {
  if (!image.check(0, kHeadBytes)) return fail(ErrorCode::kCorrupt, "checksum differs");
  const auto bytes = image.bytes();
  ByteReader in(bytes.first(kHeadBytes));
  EARMARK_TRY(const auto magic, in.get_bytes(kMagic.size()));
  EARMARK_TRY(const auto format, in.get<std::uint32_t>());
  if (as_text(magic) != kMagic || format != kFormat)
    return fail(ErrorCode::kUnsupported, fmt::format("index: segment of format {}", format));
  Layout layout;
  EARMARK_TRY(layout.model, in.get<std::uint32_t>());
  EARMARK_TRY(layout.recordings, in.get<std::uint32_t>());
  EARMARK_TRY(layout.frames, in.get<std::uint32_t>());
  EARMARK_TRY(layout.code_bytes, in.get<std::uint32_t>());
  EARMARK_TRY(layout.landmarks, get_shape(in));
  EARMARK_TRY(layout.vectors, get_shape(in));
  for (Section& section : layout.sections) {
    EARMARK_TRY(section.offset, in.get<std::uint64_t>());
    EARMARK_TRY(section.size, in.get<std::uint64_t>());
    if (section.offset > bytes.size() || section.size > bytes.size() - section.offset)
      return fail(ErrorCode::kCorrupt, "index: a section lies outside of its segment");
  }
  const Checksums checksums{bytes.first(bytes.size() - kTailBytes), 0};
  const std::uint64_t covered = load_word(bytes.data() + bytes.size() - kTailBytes);
  const auto sums = checksums.bytes.subspan(std::min<std::size_t>(covered, checksums.bytes.size()));
  layout.digest = std::uint64_t{crc32c(sums)} << 32 | (crc32c(bytes.first(kHeadBytes)) ^ sums.size());
  return layout;
}

Result<std::vector<RecordingEntry>> read_recordings(CheckedBytes section, std::uint32_t count) {
  const std::byte* const bytes = section.at(0, std::size_t{count} * kRowBytes);
  if (bytes == nullptr || section.size() != std::size_t{count} * kRowBytes)
    return fail(ErrorCode::kCorrupt, "index: the list of a segment's recordings");
  ByteReader in(std::span(bytes, section.size()));
  std::vector<RecordingEntry> entries(count);
  for (RecordingEntry& entry : entries) {
    EARMARK_TRY(entry.row.key, in.get<RecordingKey>());
    EARMARK_TRY(entry.row.samples, in.get<std::uint64_t>());
    EARMARK_TRY(entry.row.first, in.get<std::uint32_t>());
    EARMARK_TRY(entry.row.frames, in.get<std::uint32_t>());
    EARMARK_TRY(entry.peak_bytes, in.get<std::uint64_t>());
  }
  return entries;
}

}  // namespace earmark::index
