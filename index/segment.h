#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "core/result.h"
#include "fingerprint/types.h"
#include "index/checked_bytes.h"
#include "index/engine.h"
#include "index/landmarks.h"
#include "index/reference_peaks.h"
#include "index/sorted_lists.h"
#include "index/vector_codes.h"

namespace earmark::index {

/// A recording in a segment.
struct RecordingRow {
  RecordingKey key = 0;
  std::uint64_t samples = 0;
  std::uint32_t first = 0;   ///< its place: a frame on the segment's timeline, a multiple of kRecordingStep
  std::uint32_t frames = 0;  ///< how long it is
};

/// A multiple of the steps to which places are kept: merging moves recordings, and they stay the same.
inline constexpr std::uint32_t kRecordingStep = 160;  ///< frames
static_assert(kRecordingStep % kLandmarkStep == 0 && kRecordingStep % kPlaceStep == 0);
inline constexpr std::uint32_t kGapFrames = 512;  ///< at least, between two recordings

/// An immutable part of the index: some recordings with everything that finds and proves them. All recordings
/// of a segment lie end to end on one axis of frames; a place on it names a recording and a moment in it.
/// Synchronised (all const).
class Segment {
 public:
  /// A segment and which of its recordings are wanted: all where `dead` is empty, else those with dead[i] ==
  /// 0.
  struct Part {
    const Segment* segment = nullptr;
    std::span<const char> dead;
  };

  [[nodiscard]] static std::shared_ptr<const Segment> build(std::span<const NewRecording> recordings);
  /// The parts' recordings in their order, as if built at once.
  [[nodiscard]] static std::shared_ptr<const Segment> merge(std::span<const Part> parts);
  /// Reads the head and the list of recordings; the rest is checked when it is used (Image). kNotFound,
  /// kCorrupt, kUnsupported (another format or embedding model).
  [[nodiscard]] static Result<std::shared_ptr<const Segment>> open(const std::filesystem::path& path);
  /// Atomically and durably.
  [[nodiscard]] Status write(const std::filesystem::path& path) const;

  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;

  [[nodiscard]] std::span<const RecordingRow> recordings() const { return rows_; }
  [[nodiscard]] const ReferencePeaks& peaks(std::size_t i) const { return peaks_[i]; }
  /// The recording at a place of this segment; nothing in a gap.
  [[nodiscard]] const RecordingRow* find(std::int64_t place) const;
  [[nodiscard]] const Lists& landmarks() const { return landmarks_; }  ///< hash -> places
  [[nodiscard]] const VectorCodes& vectors() const { return vectors_; }
  [[nodiscard]] std::uint32_t frames() const { return frames_; }                    ///< all places are below
  [[nodiscard]] std::uint64_t recorded_frames() const { return recorded_frames_; }  ///< of all recordings
  [[nodiscard]] std::uint64_t bytes() const { return image_->bytes().size(); }
  /// Damaged bytes were met: what was found with it must not be used.
  [[nodiscard]] bool is_damaged() const { return image_->is_damaged(); }
  /// Of all its bytes: segments of one name are the same.
  [[nodiscard]] std::uint64_t fingerprint() const { return digest_; }

 private:
  explicit Segment(std::unique_ptr<const Image> image) : image_(std::move(image)) {}
  [[nodiscard]] static std::shared_ptr<const Segment> of_bytes(Bytes bytes);
  [[nodiscard]] Status parse();

  std::unique_ptr<const Image> image_;
  std::vector<RecordingRow> rows_;
  std::vector<ReferencePeaks> peaks_;
  Lists landmarks_;
  VectorCodes vectors_;
  std::uint32_t frames_ = 0;
  std::uint64_t recorded_frames_ = 0;
  std::uint64_t digest_ = 0;
};

}  // namespace earmark::index
