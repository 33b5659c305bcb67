#include "fingerprint/fft.h"

#include <mutex>

#include <fftw3.h>

#include "core/check.h"

namespace earmark::fingerprint {
namespace {

// FFTW's planner is not thread-safe; its plans are.
std::mutex& planner_mutex() {
  static std::mutex mutex;
  return mutex;
}

struct FftwFree {
  void operator()(void* p) const { fftwf_free(p); }
};
template <class T>
using FftwArray = std::unique_ptr<T[], FftwFree>;

}  // namespace

struct RealFft::State {
  std::size_t size;
  FftwArray<float> in;
  FftwArray<fftwf_complex> out;
  fftwf_plan plan = nullptr;

  explicit State(std::size_t n)
      : size(n),
        in(static_cast<float*>(fftwf_malloc(n * sizeof(float)))),
        out(static_cast<fftwf_complex*>(fftwf_malloc((n / 2 + 1) * sizeof(fftwf_complex)))) {
    const std::lock_guard lock(planner_mutex());
    plan = fftwf_plan_dft_r2c_1d(static_cast<int>(n), in.get(), out.get(), FFTW_ESTIMATE);
    EARMARK_CHECK(plan != nullptr, "FFTW has no plan for this size");
  }
  ~State() {
    const std::lock_guard lock(planner_mutex());
    fftwf_destroy_plan(plan);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

RealFft::RealFft(std::size_t size) : state_(std::make_unique<State>(size)) {}
RealFft::~RealFft() = default;
RealFft::RealFft(RealFft&&) noexcept = default;
RealFft& RealFft::operator=(RealFft&&) noexcept = default;

std::size_t RealFft::size() const { return state_->size; }

void RealFft::power(std::span<const float> samples, std::span<const float> window, std::span<float> power) {
  State& s = *state_;
  EARMARK_CHECK(samples.size() == s.size && window.size() == s.size && power.size() == s.size / 2 + 1,
                "RealFft::power: wrong shape");
  for (std::size_t i = 0; i < s.size; ++i) s.in[i] = samples[i] * window[i];
  fftwf_execute(s.plan);
  for (std::size_t b = 0; b < power.size(); ++b)
    power[b] = s.out[b][0] * s.out[b][0] + s.out[b][1] * s.out[b][1];
}

}  // namespace earmark::fingerprint
