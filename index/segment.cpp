#include "index/segment.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "core/check.h"
#include "core/checksum.h"
#include "core/file.h"
#include "fingerprint/model.h"
#include "index/landmarks.h"
#include "index/quantiser.h"
#include "index/segment_layout.h"

namespace earmark::index {

std::shared_ptr<const Segment> Segment::of_bytes(Bytes bytes) {
  std::shared_ptr<Segment> segment(new Segment(std::make_unique<const Image>(std::move(bytes))));
  const Status parsed = segment->parse();
  EARMARK_CHECK(parsed.has_value(), "a segment that was just made cannot be read");
  return segment;
}

std::shared_ptr<const Segment> Segment::build(std::span<const NewRecording> recordings) {
  return of_bytes(encode_segment(recordings));
}

std::shared_ptr<const Segment> Segment::merge(std::span<const Part> parts) {
  return of_bytes(merge_segments(parts));
}

Result<std::shared_ptr<const Segment>> Segment::open(const std::filesystem::path& path) {
  EARMARK_TRY(auto file, MappedFile::open(path));
  const auto bytes = file.bytes();
  auto checksums = find_checksums(bytes);
  if (!checksums) return fail(checksums.error().with_context(path.string()));
  std::shared_ptr<Segment> segment(
      new Segment(std::make_unique<const Image>(std::move(file), checksums->bytes, checksums->covered)));
  const Status parsed = segment->parse();
  if (!parsed) return fail(parsed.error().with_context(path.string()));
  return segment;
}

Status Segment::write(const std::filesystem::path& path) const {
  return write_file_atomically(path, image_->bytes());
}

Status Segment::parse() {
  EARMARK_TRY(const auto layout, read_layout(*image_));
  if (layout.model != fingerprint::builtin_model().version) {
    return fail(ErrorCode::kUnsupported, fmt::format("index: of embedding model {}", layout.model));
  }
  const auto part = [&](SectionName name) {
    const Section& section = layout.sections[static_cast<std::size_t>(name)];
    return CheckedBytes(*image_, section.offset, section.size);
  };
  frames_ = layout.frames;
  digest_ = layout.digest;
  landmarks_ = Lists(layout.landmarks, part(SectionName::kLandmarkDirectory), part(SectionName::kLandmarks));
  vectors_ =
      VectorCodes(Lists(layout.vectors, part(SectionName::kPlaceDirectory), part(SectionName::kPlaces)),
                  part(SectionName::kCodeStarts), part(SectionName::kCodes), part(SectionName::kCells));
  if (layout.landmarks.keys != (1U << kHashBits) || layout.vectors.keys != Quantiser::lists() ||
      layout.code_bytes != Quantiser::code_bytes()) {
    return fail(ErrorCode::kUnsupported, "index: made with other hashes or another quantiser");
  }
  const CheckedBytes peaks = part(SectionName::kPeaks);
  EARMARK_TRY(const auto entries, read_recordings(part(SectionName::kRecordings), layout.recordings));
  std::uint64_t end = 0;
  std::uint64_t place = 0;
  for (const RecordingEntry& entry : entries) {
    if (entry.row.key <= 0 || entry.row.first < place || entry.row.first % kRecordingStep != 0 ||
        std::uint64_t{entry.row.first} + entry.row.frames > frames_ ||
        entry.peak_bytes > peaks.size() - end) {
      return fail(ErrorCode::kCorrupt, "index: a segment's recordings are out of order");
    }
    place = std::uint64_t{entry.row.first} + entry.row.frames;
    rows_.push_back(entry.row);
    recorded_frames_ += entry.row.frames;
    peaks_.emplace_back(peaks.part(end, entry.peak_bytes));
    end += entry.peak_bytes;
  }
  return {};
}

const RecordingRow* Segment::find(std::int64_t place) const {
  const auto after = std::upper_bound(rows_.begin(), rows_.end(), place,
                                      [](std::int64_t p, const RecordingRow& row) { return p < row.first; });
  if (after == rows_.begin()) return nullptr;
  const RecordingRow& row = *(after - 1);
  return place < std::int64_t{row.first} + row.frames ? &row : nullptr;
}

}  // namespace earmark::index
