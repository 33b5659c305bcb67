#pragma once
// What building and merging segments have in common.
#include <cstdint>
#include <span>
#include <vector>

#include "index/segment_layout.h"
#include "index/sorted_lists.h"

namespace earmark::index {

/// The file: head, sections, checksums of their blocks.
class SegmentWriter {
 public:
  SegmentWriter() : bytes_(kHeadBytes) {}

  void add(SectionName name, std::span<const std::byte> section);
  template <class T>
  void add_array(SectionName name, std::span<const T> section) {
    add(name, std::as_bytes(section));
  }
  void add_landmarks(ListsWriter& landmarks);
  [[nodiscard]] Bytes finish() &&;

  Layout layout;

 private:
  Bytes bytes_;
};

/// Lays recordings on the timeline and collects their rows and peaks.
class RecordingsWriter {
 public:
  RecordingRow add(RecordingRow row, std::span<const std::byte> peaks);  ///< row.first is set here
  void write(SegmentWriter& out) const;
  [[nodiscard]] std::uint32_t end() const { return end_; }

 private:
  ByteWriter rows_;
  ByteWriter peaks_;
  std::uint32_t end_ = 4 * kRecordingStep;
  std::uint32_t count_ = 0;
};

/// Collects the embeddings, list by list.
class VectorsWriter {
 public:
  VectorsWriter(std::uint32_t frames, std::uint64_t expected);

  /// Lists in ascending order; places in frames, ascending; codes row-major.
  void add(std::uint32_t list, std::span<const std::uint32_t> places, std::span<const std::uint8_t> codes);
  void write(SegmentWriter& out);

 private:
  ListsWriter places_;
  std::vector<std::uint32_t>
      cells_;  ///< of each place / kPlaceStep: its list; behind the last list where none is
  std::vector<std::uint32_t> starts_;
  std::uint32_t entries_ = 0;
  Bytes codes_;
};

/// An empty list of landmarks for recordings of so many frames.
[[nodiscard]] ListsWriter landmark_lists(std::uint32_t frames, std::uint64_t expected);

}  // namespace earmark::index
