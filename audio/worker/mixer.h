#pragma once
// Any channels at any rate in, 8 kHz mono out. Mixed down before it is resampled: half the cost for stereo.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "audio/worker/resampler.h"
#include "audio/worker/samples_out.h"
#include "core/result.h"

namespace earmark::audio::worker {

enum class SampleFormat { kU8, kS16, kS32, kS64, kFloat, kDouble };

/// Decoded audio as a codec left it; borrowed.
struct Pcm {
  SampleFormat format = SampleFormat::kFloat;
  bool planar = false;  ///< planes[c][frame]; else planes[0][frame * channels + c]
  std::span<const std::uint8_t* const> planes;
  std::size_t channels = 0;
  std::size_t frames = 0;
  int rate_hz = 0;
  std::uint64_t positions = 0;  ///< which speaker each channel is, as an FFmpeg channel mask; 0: unknown
};

/// Mixes and resamples a stream whose format may change at any call.
///
/// Two channels become their mean; more are weighted by position (ITU-R BS.775 folded to mono, without the
/// LFE). Where that mean cancels (the channels carry energy and their sum carries 26 dB less, for a window of
/// a quarter of a second), the window uses the difference of two channels, or the strongest of more, instead;
/// and so do the following windows until one whose sum is back within 20 dB. A change of source is
/// cross-faded over 10 ms. Windows are counted from the start of the stream (or of a change of format), so
/// the result does not depend on how the codec cuts its frames. Memory: one window, 64 channels at most.
/// Thread-confined.
class Mixer {
 public:
  explicit Mixer(SamplesOut& out) : out_(out) {}

  /// kUnsupported for impossible rates or channel counts.
  [[nodiscard]] Status add(const Pcm& pcm);
  /// Everything that is still inside.
  [[nodiscard]] Status finish();
  /// Forgets what is inside, for a start that was no audio.
  void reset();

  [[nodiscard]] bool side_channel_used() const { return side_used_; }
  [[nodiscard]] int rate_hz() const { return rate_; }
  [[nodiscard]] std::size_t channels() const { return planes_.size(); }

  static constexpr std::size_t kMaxChannels = 64;

 private:
  // kMean, kSide (two channels), or the number of the channel that is used alone.
  enum : int { kMean = -1, kSide = -2 };

  [[nodiscard]] Status change_format(const Pcm& pcm);
  [[nodiscard]] Status emit_window();
  [[nodiscard]] int choose(std::span<const float> mean, std::size_t frames) const;
  void render(int source, std::span<float> out) const;

  SamplesOut& out_;
  std::optional<Resampler> resampler_;
  int rate_ = 0;
  std::uint64_t positions_ = 0;
  std::vector<float> weights_;              // of the channels in the mean
  std::vector<std::vector<float>> planes_;  // one window per channel
  std::size_t window_ = 0;
  std::size_t filled_ = 0;
  int source_ = kMean;
  bool started_ = false;  // a window of this format has gone out: what follows joins on to it
  bool side_used_ = false;
  std::vector<float> mono_;
  std::vector<float> faded_;
};

}  // namespace earmark::audio::worker
