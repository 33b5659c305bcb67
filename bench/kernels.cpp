// Micro-benchmarks of what the fingerprint spends its time on: build/release/bench/kernels
#include "fingerprint/kernels.h"

#include <cmath>
#include <vector>

#include <benchmark/benchmark.h>

#include "fingerprint/extractor.h"
#include "fingerprint/patches.h"
#include "fingerprint/types.h"

namespace earmark {
namespace {

using fingerprint::kEmbeddingDims;
using fingerprint::kPatchFeatures;

std::vector<float> ramp(std::size_t n) {
  std::vector<float> values(n);
  for (std::size_t i = 0; i < n; ++i) values[i] = std::sin(static_cast<float>(i) * 0.37F);
  return values;
}

/// One embedding: 128 dot products of 1,024.
void project(benchmark::State& state, fingerprint::ProjectKernel kernel) {
  const auto x = ramp(kPatchFeatures);
  const auto matrix = ramp(std::size_t{kPatchFeatures} * kEmbeddingDims);
  std::vector<float> out(kEmbeddingDims);
  for (auto _ : state) {
    kernel(x.data(), matrix.data(), kPatchFeatures, kEmbeddingDims, out.data());
    benchmark::DoNotOptimize(out.data());
  }
  state.counters["MAC/s"] = benchmark::Counter(static_cast<double>(kPatchFeatures) * kEmbeddingDims,
                                               benchmark::Counter::kIsIterationInvariantRate);
}

/// The whole front end, as a multiple of real time on one core.
void extract(benchmark::State& state) {
  constexpr double kSeconds = 30.0;
  const auto samples = ramp(static_cast<std::size_t>(kSeconds) * fingerprint::kSampleRate);
  for (auto _ : state) {
    fingerprint::Extractor extractor;
    extractor.push(samples);
    benchmark::DoNotOptimize(extractor.finish());
  }
  state.counters["x real time"] = benchmark::Counter(kSeconds, benchmark::Counter::kIsIterationInvariantRate);
}

BENCHMARK_CAPTURE(project, scalar, fingerprint::project_scalar);
BENCHMARK(extract)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace earmark

int main(int argc, char** argv) {
  using earmark::project;
  if (__builtin_cpu_supports("avx2") != 0) {
    benchmark::RegisterBenchmark("project/avx2", project, earmark::fingerprint::project_avx2);
  }
  if (__builtin_cpu_supports("avx512f") != 0) {
    benchmark::RegisterBenchmark("project/avx512", project, earmark::fingerprint::project_avx512);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
