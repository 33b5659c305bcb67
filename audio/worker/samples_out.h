#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "audio/worker/channel.h"

namespace earmark::audio::worker {

/// Gathers 8 kHz samples into messages for the host, and can hold them back until the input is believed to be
/// audio. Thread-confined.
class SamplesOut {
 public:
  SamplesOut(Channel& channel, std::uint64_t max_samples) : channel_(channel), max_samples_(max_samples) {}

  /// Values that are not finite become 0, others are limited to ±kMaxSample.
  void add(std::span<const float> samples);
  /// From now on nothing is sent. The caller bounds what it adds meanwhile.
  void hold() { held_ = true; }
  /// Forgets what was added since hold().
  void discard_held();
  /// Ends hold(): what was held is sent.
  void release();
  /// Sends what is left.
  void flush();

  /// Samples sent or about to be.
  [[nodiscard]] std::uint64_t count() const { return sent_ + pending_.size(); }
  /// Nothing more is taken: the most that the host allows has been reached.
  [[nodiscard]] bool full() const { return full_; }

 private:
  void send_whole();

  Channel& channel_;
  std::uint64_t max_samples_;
  std::uint64_t sent_ = 0;
  std::vector<float> pending_;
  bool held_ = false;
  bool full_ = false;
};

}  // namespace earmark::audio::worker
