#include "fingerprint/patches.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "fingerprint/types.h"

namespace earmark::fingerprint {
namespace {

constexpr float kTiny = 1e-7F;  // keeps the logarithm of digital silence finite
constexpr float kSilence =
    -6.0F;  // log band power of the loudest cell under which a patch is silence (about -75 dBFS)
constexpr float kRange = 9.0F;    // nepers of power kept below the loudest cell
constexpr float kFlat = 0.15F;    // standard deviation (nepers) under which a patch is flat
constexpr int kEnvelopeHalf = 7;  // 15-band moving average

std::array<float, kBands> spectral_envelope(std::span<const float> features) {
  std::array<float, kBands> mean{};
  constexpr int kTimes = kPatchRows / 2;
  for (int t = 0; t < kTimes; ++t) {
    for (int b = 0; b < kBands; ++b)
      mean[static_cast<std::size_t>(b)] += features[static_cast<std::size_t>(t * kBands + b)];
  }
  std::array<float, kBands> envelope{};
  for (int b = 0; b < kBands; ++b) {
    const int from = std::max(0, b - kEnvelopeHalf);
    const int to = std::min(kBands - 1, b + kEnvelopeHalf);
    float sum = 0.0F;
    for (int i = from; i <= to; ++i) sum += mean[static_cast<std::size_t>(i)];
    envelope[static_cast<std::size_t>(b)] = sum / static_cast<float>((to - from + 1) * kTimes);
  }
  return envelope;
}

}  // namespace

BandFilter::BandFilter() {
  const double hz_per_bin = static_cast<double>(kSampleRate) / kBandWindow;
  const double step = std::exp2(1.0 / kBandsPerOctave);
  for (int band = 0; band < kBands; ++band) {
    const double centre = kFirstBandHz * std::pow(step, band);
    // Low bands are narrower than a bin: a triangle never gets narrower than one bin on either side.
    const double low = std::min(centre / step, centre - hz_per_bin);
    const double high = std::max(centre * step, centre + hz_per_bin);
    auto& taps = taps_[static_cast<std::size_t>(band)];
    for (int bin = 1; bin <= kBandWindow / 2; ++bin) {
      const double hz = bin * hz_per_bin;
      if (hz <= low || hz >= high) continue;
      const double weight = hz <= centre ? (hz - low) / (centre - low) : (high - hz) / (high - centre);
      taps.push_back({bin, static_cast<float>(weight)});
    }
    EARMARK_CHECK(!taps.empty(), "a band without bins");
  }
}

BandRow BandFilter::apply(std::span<const float> power) const {
  BandRow row;
  for (std::size_t band = 0; band < kBands; ++band) {
    float sum = 0.0F;
    for (const Tap& tap : taps_[band]) sum += tap.weight * power[static_cast<std::size_t>(tap.bin)];
    row[band] = std::log(sum + kTiny);
  }
  return row;
}

bool normalise_patch(std::span<const BandRow> rows, std::span<float> features) {
  EARMARK_CHECK(rows.size() == kPatchRows && features.size() == kPatchFeatures,
                "normalise_patch: wrong shape");
  float loudest = rows[0][0];
  for (const BandRow& row : rows) loudest = std::max(loudest, *std::max_element(row.begin(), row.end()));
  if (loudest < kSilence) return false;
  const float floor = loudest - kRange;

  std::array<float, kPatchFeatures> patch;
  float mean = 0.0F;
  for (std::size_t t = 0; t < kPatchRows / 2; ++t) {
    for (std::size_t b = 0; b < kBands; ++b) {
      const float value = 0.5F * (std::max(rows[2 * t][b], floor) + std::max(rows[2 * t + 1][b], floor));
      patch[t * kBands + b] = value;
      mean += value;
    }
  }
  mean /= kPatchFeatures;
  for (float& value : patch) value -= mean;
  const auto envelope = spectral_envelope(patch);
  float squares = 0.0F;
  for (std::size_t t = 0; t < kPatchRows / 2; ++t) {
    for (std::size_t b = 0; b < kBands; ++b) {
      float& value = patch[t * kBands + b];
      value -= envelope[b];
      squares += value * value;
    }
  }
  const float deviation = std::sqrt(squares / kPatchFeatures);
  if (deviation < kFlat) return false;
  for (std::size_t i = 0; i < kPatchFeatures; ++i) features[i] = patch[i] / deviation;
  return true;
}

}  // namespace earmark::fingerprint
