#include "index/segment_writer.h"

#include <algorithm>

#include "core/check.h"
#include "fingerprint/model.h"
#include "index/landmarks.h"
#include "index/quantiser.h"

namespace earmark::index {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::uint64_t kMostFrames = 1ULL << 31;  // 9,500 hours; merging stops far below

}  // namespace

void SegmentWriter::add(SectionName name, std::span<const std::byte> section) {
  bytes_.resize((bytes_.size() + kAlignment - 1) / kAlignment * kAlignment);
  layout.sections[static_cast<std::size_t>(name)] = {bytes_.size(), section.size()};
  bytes_.insert(bytes_.end(), section.begin(), section.end());
}

void SegmentWriter::add_landmarks(ListsWriter& landmarks) {
  landmarks.finish();
  layout.landmarks = landmarks.shape();
  add_array(SectionName::kLandmarkDirectory, landmarks.directory());
  add(SectionName::kLandmarks, landmarks.groups());
}

Bytes SegmentWriter::finish() && {
  layout.model = fingerprint::builtin_model().version;
  layout.code_bytes = Quantiser::code_bytes();
  const Bytes head = encode_head(layout);
  std::copy(head.begin(), head.end(), bytes_.begin());
  append_checksums(bytes_);
  return std::move(bytes_);
}

RecordingRow RecordingsWriter::add(RecordingRow row, std::span<const std::byte> peaks) {
  const std::uint64_t next = std::uint64_t{end_} + row.frames + kGapFrames + kRecordingStep - 1;
  EARMARK_CHECK(next < kMostFrames, "more than 9,500 hours in one segment");
  row.first = end_;
  put_recording(rows_, {row, peaks.size()});
  peaks_.put_bytes(peaks);
  end_ = static_cast<std::uint32_t>(next / kRecordingStep * kRecordingStep);
  ++count_;
  return row;
}

void RecordingsWriter::write(SegmentWriter& out) const {
  out.layout.recordings = count_;
  out.layout.frames = end_;
  out.add(SectionName::kRecordings, rows_.view());
  out.add(SectionName::kPeaks, peaks_.view());
}

VectorsWriter::VectorsWriter(std::uint32_t frames, std::uint64_t expected)
    : places_(Quantiser::lists(), frames / kPlaceStep + 1, expected),
      cells_(frames / kPlaceStep + 1, Quantiser::lists()) {}

void VectorsWriter::add(std::uint32_t list, std::span<const std::uint32_t> places,
                        std::span<const std::uint8_t> codes) {
  starts_.resize(std::size_t{list} + 1, entries_);
  entries_ += static_cast<std::uint32_t>(places.size());
  for (const std::uint32_t place : places) {
    places_.add(list, place / kPlaceStep);
    cells_[place / kPlaceStep] = list;
  }
  append_code_list(codes_, codes, Quantiser::code_bytes());
}

void VectorsWriter::write(SegmentWriter& out) {
  places_.finish();
  starts_.resize(std::size_t{Quantiser::lists()} + 1, entries_);
  out.layout.vectors = places_.shape();
  out.add_array(SectionName::kPlaceDirectory, places_.directory());
  out.add(SectionName::kPlaces, places_.groups());
  out.add_array(SectionName::kCodeStarts, std::span<const std::uint32_t>(starts_));
  out.add(SectionName::kCodes, codes_);
  Bytes cells;
  BitWriter bits(cells);
  for (const std::uint32_t cell : cells_) bits.put(cell, cell_bits(Quantiser::lists()));
  bits.end_byte();
  cells.resize(cells.size() + kCellPadding);
  out.add(SectionName::kCells, cells);
}

ListsWriter landmark_lists(std::uint32_t frames, std::uint64_t expected) {
  return {1U << kHashBits, frames / kLandmarkStep + 1, expected};
}

}  // namespace earmark::index
