#include "fingerprint/extractor.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "fingerprint/fft.h"
#include "fingerprint/framer.h"
#include "fingerprint/model.h"
#include "fingerprint/patches.h"
#include "fingerprint/peaks.h"

namespace earmark::fingerprint {
namespace {

constexpr int kRowsPerFrameHop = kBandHop / kFrameHop;                     // 2 time-base frames a band row
constexpr int kRowsPerEmbedding = kEmbeddingHopFrames / kRowsPerFrameHop;  // a patch every 8 rows
constexpr float kTinyPower = 1e-9F;

/// Spectral peaks of the stream: 64 ms windows every 16 ms.
class PeakBranch {
 public:
  void push(std::span<const float> samples) {
    framer_.push(samples, [&](std::span<const float> frame) {
      fft_.power(frame, window_, power_);
      for (std::size_t b = 0; b < kPeakBins; ++b) log_power_[b] = std::log(power_[b] + kTinyPower);
      picker_.push(log_power_);
    });
  }
  [[nodiscard]] std::vector<Peak> finish() { return picker_.finish(); }
  [[nodiscard]] PeakPicker& picker() { return picker_; }

 private:
  Framer framer_{kPeakWindow, kFrameHop};
  RealFft fft_{kPeakWindow};
  std::vector<float> window_ = hann_window(kPeakWindow);
  std::array<float, kPeakWindow / 2 + 1> power_{};
  std::array<float, kPeakBins> log_power_{};
  PeakPicker picker_;
};

/// Embeddings of the stream: a patch of 1.024 s every 0.256 s.
class EmbeddingBranch {
 public:
  void push(std::span<const float> samples) {
    framer_.push(samples, [&](std::span<const float> frame) {
      fft_.power(frame, window_, power_);
      rows_.push_back(bands_.apply(power_));
      if (rows_.size() == kPatchRows) {
        embed_patch();
        rows_.erase(rows_.begin(), rows_.begin() + kRowsPerEmbedding);
      }
    });
  }
  /// What is a little shorter than a patch is one: its last row stands for the rest.
  [[nodiscard]] std::vector<Embedding> finish() {
    if (!has_a_whole_patch_ && rows_.size() >= kFewestRows) {
      rows_.resize(kPatchRows, rows_.back());
      embed_patch();
    }
    return take();
  }
  [[nodiscard]] std::vector<Embedding> take() { return std::exchange(embeddings_, {}); }

 private:
  static constexpr std::size_t kFewestRows = 24;  // of kPatchRows

  void embed_patch() {
    has_a_whole_patch_ = true;
    std::array<float, kPatchFeatures> features;
    const bool audible = normalise_patch(rows_, features);
    embeddings_.push_back(audible ? embed(builtin_model(), features) : Embedding{});
  }

  Framer framer_{kBandWindow, kBandHop};
  RealFft fft_{kBandWindow};
  std::vector<float> window_ = hann_window(kBandWindow);
  std::array<float, kBandWindow / 2 + 1> power_{};
  BandFilter bands_;
  std::vector<BandRow> rows_;
  bool has_a_whole_patch_ = false;
  std::vector<Embedding> embeddings_;
};

/// Direction of the sum of all unit embeddings: what the recording sounds like as a whole.
Embedding item_embedding(std::span<const Embedding> embeddings) {
  std::array<double, kEmbeddingDims> sum{};
  std::array<float, kEmbeddingDims> unit;
  for (const Embedding& embedding : embeddings) {
    to_unit(embedding, unit);
    for (std::size_t i = 0; i < kEmbeddingDims; ++i) sum[i] += static_cast<double>(unit[i]);
  }
  double squares = 0.0;
  for (const double value : sum) squares += value * value;
  Embedding item{};
  if (squares <= 0.0) return item;
  const double scale = 127.0 / std::sqrt(squares);
  for (std::size_t i = 0; i < kEmbeddingDims; ++i)
    item[i] = static_cast<std::int8_t>(std::lround(sum[i] * scale));
  return item;
}

}  // namespace

struct Extractor::State {
  PeakBranch peaks;
  EmbeddingBranch embeddings;
  std::uint64_t samples = 0;
  std::vector<float> clean;
};

Extractor::Extractor() : state_(std::make_unique<State>()) {}
Extractor::~Extractor() = default;
Extractor::Extractor(Extractor&&) noexcept = default;
Extractor& Extractor::operator=(Extractor&&) noexcept = default;

void Extractor::push(std::span<const float> samples) {
  constexpr std::size_t kPiece = 1 << 15;
  constexpr float kLoudest = 64.0F;  // far over full scale: what is beyond is garbage, not audio
  State& s = *state_;
  for (std::size_t at = 0; at < samples.size(); at += kPiece) {
    const auto piece = samples.subspan(at, std::min(kPiece, samples.size() - at));
    s.clean.assign(piece.begin(), piece.end());
    for (float& sample : s.clean)
      sample = std::isfinite(sample) ? std::clamp(sample, -kLoudest, kLoudest) : 0.0F;
    s.peaks.push(s.clean);
    s.embeddings.push(s.clean);
    s.samples += piece.size();
  }
}

std::uint32_t Extractor::model_version() { return builtin_model().version; }

Extractor::Settled Extractor::take_settled() {
  PeakPicker& picker = state_->peaks.picker();
  return {picker.take(), state_->embeddings.take(), picker.complete_frames()};
}

Fingerprint Extractor::finish() {
  State& s = *state_;
  Fingerprint fingerprint;
  fingerprint.model_version = builtin_model().version;
  fingerprint.density = Density::kQuery;
  fingerprint.samples = s.samples;
  fingerprint.peaks = s.peaks.finish();
  fingerprint.embeddings = s.embeddings.finish();
  fingerprint.item = item_embedding(fingerprint.embeddings);
  return fingerprint;
}

Fingerprint thin(const Fingerprint& fingerprint) {
  if (fingerprint.density == Density::kReference) return fingerprint;
  Fingerprint out;
  out.model_version = fingerprint.model_version;
  out.density = Density::kReference;
  out.samples = fingerprint.samples;
  out.item = fingerprint.item;
  std::copy_if(fingerprint.peaks.begin(), fingerprint.peaks.end(), std::back_inserter(out.peaks),
               [](const Peak& peak) { return peak.rank < kReferencePeaksPerBlock; });
  for (std::size_t i = 0; i < fingerprint.embeddings.size(); i += 2)
    out.embeddings.push_back(fingerprint.embeddings[i]);
  return out;
}

}  // namespace earmark::fingerprint
