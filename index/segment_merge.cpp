#include <algorithm>
#include <utility>

#include "index/landmarks.h"
#include "index/quantiser.h"
#include "index/segment_writer.h"

namespace earmark::index {
namespace {

/// From places of one part to places of the merged segment; recordings that are left out have none.
class Moves {
 public:
  void keep(const RecordingRow& old, std::uint32_t moved_to) {
    ends_.push_back(old.first + old.frames);
    shifts_.push_back({old.first, std::int64_t{moved_to} - old.first});
  }
  /// Nothing where the recording is not kept. Fast for ascending places.
  template <class Use>
  void move(std::uint32_t place, Use&& use) {
    if (at_ >= ends_.size() || place < shifts_[at_].first || place >= ends_[at_]) {
      at_ = static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), place) - ends_.begin());
    }
    if (at_ < ends_.size() && place >= shifts_[at_].first)
      use(static_cast<std::uint32_t>(place + shifts_[at_].shift));
  }

 private:
  struct Shift {
    std::uint32_t first;
    std::int64_t shift;
  };
  std::vector<std::uint32_t> ends_;
  std::vector<Shift> shifts_;
  std::size_t at_ = 0;
};

/// A part's list entries in order of key.
class Cursor {
 public:
  explicit Cursor(const Lists& lists) : lists_(&lists) { advance(); }
  [[nodiscard]] bool done() const { return at_ >= entries_.size(); }
  [[nodiscard]] std::uint32_t key() const { return entries_[at_].first; }
  /// Calls use(value) for all values of `key`, and goes on.
  template <class Use>
  void take(std::uint32_t key, Use&& use) {
    while (!done() && entries_[at_].first == key) {
      use(entries_[at_].second);
      if (++at_ == entries_.size()) advance();
    }
  }

 private:
  void advance() {
    entries_.clear();
    at_ = 0;
    while (entries_.empty() && group_ < lists_->shape().groups())
      lists_->visit_group(group_++,
                          [&](std::uint32_t key, std::uint32_t value) { entries_.emplace_back(key, value); });
  }

  const Lists* lists_;
  std::uint32_t group_ = 0;
  std::size_t at_ = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> entries_;
};

void merge_landmarks(SegmentWriter& out, std::span<const Segment::Part> parts, std::span<Moves> moves,
                     std::uint32_t frames) {
  std::vector<Cursor> cursors;
  std::uint64_t expected = 0;
  for (const auto& part : parts) {
    cursors.emplace_back(part.segment->landmarks());
    expected += part.segment->landmarks().shape().entries;
  }
  auto landmarks = landmark_lists(frames, expected);
  while (true) {
    std::uint32_t key = 1U << kHashBits;
    for (const Cursor& cursor : cursors) {
      if (!cursor.done()) key = std::min(key, cursor.key());
    }
    if (key == 1U << kHashBits) break;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      cursors[i].take(key, [&](std::uint32_t value) {
        moves[i].move(value * kLandmarkStep,
                      [&](std::uint32_t place) { landmarks.add(key, place / kLandmarkStep); });
      });
    }
  }
  out.add_landmarks(landmarks);
}

void merge_vectors(SegmentWriter& out, std::span<const Segment::Part> parts, std::span<Moves> moves,
                   std::uint32_t frames) {
  const std::uint32_t code_bytes = Quantiser::code_bytes();
  std::uint64_t expected = 0;
  for (const auto& part : parts) expected += part.segment->vectors().size();
  VectorsWriter writer(frames, expected);
  for (std::uint32_t list = 0; list < Quantiser::lists(); ++list) {
    std::vector<std::uint32_t> places;
    std::vector<std::uint8_t> codes;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const VectorCodes& vectors = parts[i].segment->vectors();
      const CodeList stored = vectors.list(list);
      std::uint32_t entry = 0;
      Lists::visit(vectors.places().find(list), [&](std::uint32_t value) {
        const std::uint32_t at = entry++;
        if (at >= stored.count) return;
        moves[i].move(value * kPlaceStep, [&](std::uint32_t place) {
          places.push_back(place);
          for (std::uint32_t m = 0; m < code_bytes; ++m)
            codes.push_back(
                std::to_integer<std::uint8_t>(stored.codes[code_at(stored.count, at, m, code_bytes)]));
        });
      });
    }
    if (!places.empty()) writer.add(list, places, codes);
  }
  writer.write(out);
}

}  // namespace

Bytes merge_segments(std::span<const Segment::Part> parts) {
  SegmentWriter out;
  RecordingsWriter writer;
  std::vector<Moves> moves(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto& part = parts[i];
    const auto rows = part.segment->recordings();
    for (std::size_t r = 0; r < rows.size(); ++r) {
      if (!part.dead.empty() && part.dead[r] != 0) continue;
      const ReferencePeaks& peaks = part.segment->peaks(r);
      const std::byte* const raw = peaks.raw();
      const std::span<const std::byte> bytes(raw, raw == nullptr ? 0 : peaks.bytes());
      moves[i].keep(rows[r], writer.add(rows[r], bytes).first);
    }
  }
  writer.write(out);
  merge_landmarks(out, parts, moves, writer.end());
  merge_vectors(out, parts, moves, writer.end());
  return std::move(out).finish();
}

}  // namespace earmark::index
