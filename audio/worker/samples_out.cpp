#include "audio/worker/samples_out.h"

#include <algorithm>
#include <cmath>

namespace earmark::audio::worker {

void SamplesOut::add(std::span<const float> samples) {
  const std::uint64_t room = max_samples_ - count();
  if (samples.size() > room) {
    full_ = true;
    samples = samples.first(static_cast<std::size_t>(room));
  }
  const std::size_t old = pending_.size();
  pending_.resize(old + samples.size());
  std::ranges::transform(samples, pending_.begin() + static_cast<std::ptrdiff_t>(old), [](float value) {
    return std::isfinite(value) ? std::clamp(value, -kMaxSample, kMaxSample) : 0.0F;
  });
  if (!held_) send_whole();
}

void SamplesOut::discard_held() {
  if (held_) pending_.clear();
}

void SamplesOut::release() {
  held_ = false;
  send_whole();
}

void SamplesOut::send_whole() {
  std::span<const float> rest(pending_);
  while (rest.size() >= kMaxMessageSamples) {
    channel_.send(encode_samples(rest.first(kMaxMessageSamples)));
    rest = rest.subspan(kMaxMessageSamples);
    sent_ += kMaxMessageSamples;
  }
  if (rest.size() < pending_.size())
    pending_.erase(pending_.begin(), pending_.end() - static_cast<std::ptrdiff_t>(rest.size()));
}

void SamplesOut::flush() {
  if (held_ || pending_.empty()) return;
  send_whole();
  if (pending_.empty()) return;
  channel_.send(encode_samples(pending_));
  sent_ += pending_.size();
  pending_.clear();
}

}  // namespace earmark::audio::worker
