#pragma once
// The bytes of a segment (docs/index-format.md): made, merged, and taken apart.
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/result.h"
#include "index/segment.h"

namespace earmark::index {

enum class SectionName : std::uint8_t {
  kRecordings,
  kPeaks,
  kLandmarkDirectory,
  kLandmarks,
  kPlaceDirectory,
  kPlaces,
  kCodeStarts,
  kCodes,
  kCells
};
inline constexpr std::size_t kSections = 9;

struct Section {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

/// A segment's head.
struct Layout {
  std::uint32_t model = 0;
  std::uint32_t recordings = 0;
  std::uint32_t frames = 0;  ///< all places are below
  std::uint32_t code_bytes = 0;
  ListShape landmarks;  ///< hash -> places
  ListShape vectors;    ///< list -> places / kPlaceStep
  std::array<Section, kSections> sections{};
  std::uint64_t digest = 0;  ///< of the checksums of all blocks
};

struct RecordingEntry {
  RecordingRow row;
  std::uint64_t peak_bytes = 0;
};

/// Where a file's checksums lie.
struct Checksums {
  std::span<const std::byte> bytes;
  std::size_t covered = 0;  ///< the first bytes of the file, which they are of
};

inline constexpr std::size_t kHeadBytes = 256;  ///< of the head; the sections follow

/// kHeadBytes bytes.
[[nodiscard]] Bytes encode_head(const Layout& layout);
void put_recording(ByteWriter& out, const RecordingEntry& entry);
/// Ends a file: the checksums of its blocks, and what vouches for these.
void append_checksums(Bytes& file);

[[nodiscard]] Bytes encode_segment(std::span<const NewRecording> recordings);
[[nodiscard]] Bytes merge_segments(std::span<const Segment::Part> parts);

/// Checks the end of a file, which vouches for the checksums of its blocks. kCorrupt.
[[nodiscard]] Result<Checksums> find_checksums(std::span<const std::byte> file);
/// kCorrupt, kUnsupported (another format).
[[nodiscard]] Result<Layout> read_layout(const Image& image);
[[nodiscard]] Result<std::vector<RecordingEntry>> read_recordings(CheckedBytes section, std::uint32_t count);

}  // namespace earmark::index
