#pragma once
#include <memory>
#include <span>
#include <vector>

#include "core/result.h"

namespace earmark::audio::worker {

/// Mono from one rate to kAnalysisRate: a polyphase Kaiser-windowed filter of libswresample, flat to 3.6 kHz
/// (figures in docs/decoder.md). Delay-free: the first sample out is the first sample in. Thread-confined.
class Resampler {
 public:
  /// kUnsupported for rates outside [kMinRate, kMaxRate].
  [[nodiscard]] static Result<Resampler> create(int rate_hz);

  /// What `samples` complete; valid until the next call. Appends nothing that depends on samples to come.
  [[nodiscard]] Result<std::span<const float>> process(std::span<const float> samples);
  /// The rest, after which nothing may follow.
  [[nodiscard]] Result<std::span<const float>> finish();

  static constexpr int kMinRate = 500;
  static constexpr int kMaxRate = 3'100'000;

 private:
  struct Free {
    void operator()(void* context) const;
  };
  Resampler(void* context, int rate_hz) : context_(context), rate_(rate_hz) {}
  Result<std::span<const float>> run(const float* samples, std::size_t count);

  std::unique_ptr<void, Free> context_;  // null where nothing has to be done
  int rate_;
  std::vector<float> out_;
};

}  // namespace earmark::audio::worker
