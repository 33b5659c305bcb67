#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "fingerprint/types.h"
#include "index/line.h"

namespace earmark::index {

/// A query's peaks with a directory by frame. Immutable; borrows the fingerprint.
class QueryPeaks {
 public:
  explicit QueryPeaks(const fingerprint::Fingerprint& query);

  /// Peaks with first <= frame < last, ordered by frame.
  [[nodiscard]] std::span<const fingerprint::Peak> in(FrameRange range) const;
  /// Position of in(range)'s first peak among all peaks.
  [[nodiscard]] std::size_t index_of(std::int64_t frame) const;

  [[nodiscard]] std::int64_t frames() const { return frames_; }
  [[nodiscard]] std::size_t size() const { return peaks_.size(); }

 private:
  static constexpr std::int64_t kStride = 16;  ///< frames a directory entry covers

  std::span<const fingerprint::Peak> peaks_;
  std::int64_t frames_ = 0;
  std::vector<std::uint32_t> directory_;  ///< first peak at or after frame i * kStride
};

}  // namespace earmark::index
