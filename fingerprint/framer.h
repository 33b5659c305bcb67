#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace earmark::fingerprint {

/// Hann window (periodic), n values in [0, 1].
[[nodiscard]] std::vector<float> hann_window(std::size_t n);

/// Cuts a stream of samples into overlapping frames: frame k is samples [k * hop, k * hop + size).
/// Thread-confined.
class Framer {
 public:
  Framer(std::size_t size, std::size_t hop) : size_(size), hop_(hop) {}

  /// Calls on_frame(std::span<const float> frame[size]) for each frame that is complete now, in order.
  template <class OnFrame>
  void push(std::span<const float> samples, OnFrame&& on_frame) {
    buffer_.insert(buffer_.end(), samples.begin(), samples.end());
    std::size_t begin = 0;
    for (; begin + size_ <= buffer_.size(); begin += hop_)
      on_frame(std::span<const float>(&buffer_[begin], size_));
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin));
  }

 private:
  std::size_t size_;
  std::size_t hop_;
  std::vector<float> buffer_;
};

}  // namespace earmark::fingerprint
