#pragma once
#include <cstddef>
#include <memory>
#include <span>

namespace earmark::fingerprint {

/// Real-input FFT of one fixed size (FFTW, single precision, FFTW_ESTIMATE: the same plan, so the same bits,
/// in every run). Thread-confined; planning is serialised over the process.
class RealFft {
 public:
  explicit RealFft(std::size_t size);
  ~RealFft();
  RealFft(RealFft&&) noexcept;
  RealFft& operator=(RealFft&&) noexcept;

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::size_t bins() const { return size() / 2 + 1; }

  /// Power spectrum of a windowed frame.
  ///
  /// Shapes: samples[size], window[size] -> power[bins]: |FFT(samples * window)|², unnormalised.
  void power(std::span<const float> samples, std::span<const float> window, std::span<float> power);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace earmark::fingerprint
