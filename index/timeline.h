#pragma once
#include <cstdint>
#include <optional>
#include <vector>

namespace earmark::index {

/// Lays all recordings end to end on one axis of frames, with gaps between, so that one 32-bit number (a
/// place) names a recording and a moment in it. 2^31 frames are 9,500 hours. Places of removed recordings are
/// not used again.
class Timeline {
 public:
  static constexpr std::uint32_t kGapFrames = 512;

  struct Span {
    std::uint32_t first = 0;
    std::uint32_t frames = 0;
    std::uint32_t slot = 0;  ///< the caller's number of the recording
  };

  /// Nothing when the axis is full.
  [[nodiscard]] std::optional<Span> append(std::uint32_t frames, std::uint32_t slot);
  void remove(std::uint32_t first);

  /// The live recording at a place, where there is one.
  [[nodiscard]] const Span* find(std::int64_t place) const;
  [[nodiscard]] const std::vector<Span>& spans() const { return spans_; }
  [[nodiscard]] std::uint32_t end() const { return end_; }
  /// Length of all live recordings together, in frames.
  [[nodiscard]] std::uint64_t frames() const { return frames_; }
  /// Continues where another timeline ended (after loading).
  void restore(std::vector<Span> spans, std::uint32_t end);

 private:
  std::vector<Span> spans_;  ///< live ones, ascending
  std::uint32_t end_ = kGapFrames;
  std::uint64_t frames_ = 0;
};

}  // namespace earmark::index
