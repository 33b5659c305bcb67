#include "audio/worker/mixer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <type_traits>

#include <fmt/format.h>

namespace earmark::audio::worker {
namespace {

constexpr double kCancelled = 0.0025;  // -26 dB: the sum holds next to nothing of the channels
constexpr double kBack = 0.01;         // -20 dB
constexpr double kSilence = 1e-8;      // mean square under which a window decides nothing (-80 dBFS)
constexpr double kFadeSeconds = 0.01;

// Bits of FFmpeg's channel mask.
constexpr std::uint64_t kFrontLeft = 1, kFrontRight = 2, kFrontCenter = 4, kLowFrequency = 8,
                        kFrontLeftOfCenter = 0x40, kFrontRightOfCenter = 0x80,
                        kLowFrequency2 = 0x800000000ULL;

// Each front side at 1/2, the centre at 1/√2 and the surrounds at 1/2 · 1/√2, as after a fold to stereo.
float weight_of(std::uint64_t position) {
  switch (position) {
    case kFrontLeft:
    case kFrontRight:
    case kFrontLeftOfCenter:
    case kFrontRightOfCenter: return 0.5F;
    case kFrontCenter: return 0.70710678F;
    case kLowFrequency:
    case kLowFrequency2: return 0.0F;
    default: return 0.35355339F;
  }
}

std::vector<float> mean_weights(std::size_t channels, std::uint64_t positions) {
  std::vector<float> weights(channels, 1.0F);
  if (channels > 2 && static_cast<std::size_t>(std::popcount(positions)) == channels) {
    for (float& weight : weights) {
      const std::uint64_t lowest = positions & (~positions + 1);
      weight = weight_of(lowest);
      positions ^= lowest;
    }
  }
  const float sum = std::accumulate(weights.begin(), weights.end(), 0.0F);
  if (sum <= 0.0F) return std::vector<float>(channels, 1.0F / static_cast<float>(channels));
  for (float& weight : weights) weight /= sum;
  return weights;
}

template <class T>
float to_float(T value) {
  if constexpr (std::is_same_v<T, std::uint8_t>) {
    return (static_cast<float>(value) - 128.0F) * (1.0F / 128.0F);
  } else if constexpr (std::is_floating_point_v<T>) {
    return static_cast<float>(value);
  } else {
    return static_cast<float>(value) * (-1.0F / static_cast<float>(std::numeric_limits<T>::min()));
  }
}

template <class T>
void copy_plane(const Pcm& pcm, std::size_t channel, std::size_t first, std::span<float> out) {
  const std::size_t stride = pcm.planar ? 1 : pcm.channels;
  const auto* plane = reinterpret_cast<const T*>(pcm.planes[pcm.planar ? channel : 0]);
  const T* from = plane + first * stride + (pcm.planar ? 0 : channel);
  if (stride == 1) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = to_float(from[i]);
  } else {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = to_float(from[i * stride]);
  }
}

void copy_channel(const Pcm& pcm, std::size_t channel, std::size_t first, std::span<float> out) {
  switch (pcm.format) {
    case SampleFormat::kU8: return copy_plane<std::uint8_t>(pcm, channel, first, out);
    case SampleFormat::kS16: return copy_plane<std::int16_t>(pcm, channel, first, out);
    case SampleFormat::kS32: return copy_plane<std::int32_t>(pcm, channel, first, out);
    case SampleFormat::kS64: return copy_plane<std::int64_t>(pcm, channel, first, out);
    case SampleFormat::kFloat: return copy_plane<float>(pcm, channel, first, out);
    case SampleFormat::kDouble: return copy_plane<double>(pcm, channel, first, out);
  }
}

double mean_square(std::span<const float> samples) {
  // Eight sums side by side: the compiler may not reorder one, and this is half the cost of the mix.
  std::array<float, 8> sums{};
  double total = 0.0;
  std::size_t i = 0;
  while (i + 8 <= samples.size()) {
    const std::size_t stop = std::min(samples.size() - samples.size() % 8, i + 1024);
    sums.fill(0.0F);
    for (; i + 8 <= stop; i += 8) {
      for (std::size_t k = 0; k < 8; ++k) sums[k] += samples[i + k] * samples[i + k];
    }
    for (const float sum : sums) total += static_cast<double>(sum);
  }
  for (; i < samples.size(); ++i) total += static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
  return samples.empty() ? 0.0 : total / static_cast<double>(samples.size());
}

}  // namespace

Status Mixer::change_format(const Pcm& pcm) {
  EARMARK_TRY_STATUS(finish());
  if (pcm.channels == 0 || pcm.channels > kMaxChannels) {
    return fail(ErrorCode::kUnsupported, fmt::format("{} channels", pcm.channels));
  }
  EARMARK_TRY(resampler_, Resampler::create(pcm.rate_hz));
  rate_ = pcm.rate_hz;
  positions_ = pcm.positions;
  weights_ = mean_weights(pcm.channels, pcm.positions);
  window_ = static_cast<std::size_t>(std::clamp(rate_ / 4, 1024, 65536));
  planes_.assign(pcm.channels, std::vector<float>(window_));
  source_ = kMean;
  started_ = false;
  return {};
}

Status Mixer::add(const Pcm& pcm) {
  if (pcm.rate_hz != rate_ || pcm.channels != planes_.size() || pcm.positions != positions_) {
    EARMARK_TRY_STATUS(change_format(pcm));
  }
  for (std::size_t done = 0; done < pcm.frames;) {
    const std::size_t n = std::min(pcm.frames - done, window_ - filled_);
    for (std::size_t c = 0; c < planes_.size(); ++c) {
      copy_channel(pcm, c, done, std::span(planes_[c]).subspan(filled_, n));
    }
    filled_ += n;
    done += n;
    if (filled_ == window_) EARMARK_TRY_STATUS(emit_window());
  }
  return {};
}

void Mixer::render(int source, std::span<float> out) const {
  const std::size_t n = out.size();
  if (source >= 0) {
    std::copy_n(planes_[static_cast<std::size_t>(source)].begin(), n, out.begin());
    return;
  }
  if (planes_.size() == 2) {
    const float* left = planes_[0].data();
    const float* right = planes_[1].data();
    const float sign = source == kSide ? -0.5F : 0.5F;
    for (std::size_t i = 0; i < n; ++i) out[i] = 0.5F * left[i] + sign * right[i];
    return;
  }
  std::ranges::fill(out, 0.0F);
  for (std::size_t c = 0; c < planes_.size(); ++c) {
    const float* plane = planes_[c].data();
    for (std::size_t i = 0; i < n; ++i) out[i] += weights_[c] * plane[i];
  }
}

int Mixer::choose(std::span<const float> mean, std::size_t frames) const {
  double strongest = 0.0;
  std::size_t strongest_channel = 0;
  for (std::size_t c = 0; c < planes_.size(); ++c) {
    if (weights_[c] <= 0.0F) continue;
    const double energy = mean_square(std::span(planes_[c]).first(frames));
    if (energy > strongest) {
      strongest = energy;
      strongest_channel = c;
    }
  }
  if (!(strongest > kSilence)) return source_;
  const double energy = mean_square(mean);
  if (source_ != kMean) return energy > kBack * strongest ? kMean : source_;
  if (energy >= kCancelled * strongest) return kMean;
  return planes_.size() == 2 ? kSide : static_cast<int>(strongest_channel);
}

Status Mixer::emit_window() {
  const std::size_t n = filled_;
  filled_ = 0;
  if (n == 0) return {};
  if (planes_.size() == 1) {
    EARMARK_TRY(const auto out, resampler_->process(std::span(planes_[0]).first(n)));
    out_.add(out);
    return {};
  }
  mono_.resize(n);
  render(kMean, mono_);
  const int next = choose(mono_, n);
  if (next != kMean) {
    render(next, mono_);
    side_used_ = true;
  }
  if (next != source_ && started_) {
    const std::size_t fade = std::min(n, static_cast<std::size_t>(kFadeSeconds * rate_) + 1);
    faded_.resize(fade);
    render(source_, faded_);
    for (std::size_t i = 0; i < fade; ++i) {
      const float part = static_cast<float>(i) / static_cast<float>(fade);
      mono_[i] = part * mono_[i] + (1.0F - part) * faded_[i];
    }
  }
  started_ = true;
  source_ = next;
  EARMARK_TRY(const auto out, resampler_->process(mono_));
  out_.add(out);
  return {};
}

Status Mixer::finish() {
  if (!resampler_) return {};
  EARMARK_TRY_STATUS(emit_window());
  EARMARK_TRY(const auto rest, resampler_->finish());
  out_.add(rest);
  resampler_.reset();
  rate_ = 0;
  return {};
}

void Mixer::reset() {
  filled_ = 0;
  resampler_.reset();
  rate_ = 0;
  source_ = kMean;
  side_used_ = false;
}

}  // namespace earmark::audio::worker
