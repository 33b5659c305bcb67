#pragma once
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "core/bytes.h"
#include "fingerprint/extractor.h"
#include "fingerprint/types.h"

namespace earmark::crawler {

/// The last seconds of a stream as a fingerprint that slides: each sample is analysed once, however many
/// windows it is in. Thread-confined. Memory: about 0.6 MB.
class LiveWindow {
 public:
  /// Blocks of 1.024 s, as the fingerprint's peaks compete in.
  static constexpr std::int64_t kBlockSamples = 64L * fingerprint::kFrameHop;
  static constexpr std::int64_t kWindowBlocks = 16;  ///< 16.4 s: what is matched at a time
  static constexpr std::int64_t kStepBlocks = 4;     ///< 4.1 s: between two matches

  /// samples[n]: mono, fingerprint::kSampleRate.
  void push(std::span<const float> samples);

  /// The next window is whole: take it with next().
  [[nodiscard]] bool is_due() const { return settled_blocks() >= due_; }

  struct Window {
    std::int64_t start_ms = 0;  ///< of the stream, from its first sample
    fingerprint::Fingerprint fingerprint;
    bool is_silent = false;  ///< the newest step has nothing to hear
  };
  /// The window that is due; after a long wait several are, oldest first.
  [[nodiscard]] Window next();

  /// The sound of [start_ms, start_ms + the window's length) as a WAV file, as far as it is kept.
  [[nodiscard]] Bytes sound(std::int64_t start_ms) const;

  [[nodiscard]] std::int64_t samples() const { return samples_; }

 private:
  [[nodiscard]] std::int64_t settled_blocks() const {
    return settled_frames_ * fingerprint::kFrameHop / kBlockSamples;
  }

  fingerprint::Extractor extractor_;
  std::int64_t samples_ = 0;
  std::int64_t settled_frames_ = 0;
  std::int64_t due_ = kStepBlocks;  ///< in blocks: the end of the next window
  std::deque<fingerprint::Peak> peaks_;
  std::deque<fingerprint::Embedding> embeddings_;
  std::int64_t first_embedding_ = 0;  ///< number of embeddings_.front()
  std::deque<std::int16_t> sound_;
  std::int64_t first_sample_ = 0;  ///< number of sound_.front()
};

/// A WAV file, 16 bit, mono.
[[nodiscard]] Bytes wav_of(std::span<const std::int16_t> samples, int rate_hz);

}  // namespace earmark::crawler
