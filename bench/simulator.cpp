#include "bench/simulator.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "core/check.h"
#include "index/landmarks.h"

namespace earmark::bench {
namespace {

using fingerprint::Embedding;
using fingerprint::Fingerprint;
using fingerprint::Peak;

constexpr int kPieceFrames = 32;  // half a second: most pairs of peaks lie within, and no proof does
constexpr std::size_t kEmbeddedFrames = 63;  // an embedding covers about a second
constexpr double kMostStretch = 0.03;
constexpr int kMostSemitones = 3;
constexpr double kOwnShare = 0.8;  // of a piece's embedding in the drawn one; cosine to the original
constexpr double kOtherShare = 0.6;
constexpr double kUnit = 127.0;  // int8 length of an embedding
constexpr int kMostBin16 = fingerprint::kPeakBins * fingerprint::kBinFraction;

/// SplitMix64 (Steele, Lea & Flood, OOPSLA 2014): small, and the same everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }
  double uniform(double low, double high) {
    return low + (high - low) * static_cast<double>(next() >> 11) * 0x1.0p-53;
  }
  bool coin() { return next() >> 63 == 0; }

 private:
  std::uint64_t state_;
};

struct Piece {
  const Fingerprint* source = nullptr;
  std::uint32_t first = 0;  ///< frame in the source
  double stretch = 1.0;     ///< of times
  double transposition = 1.0;
};

Piece choose(std::span<const Fingerprint> real, Random& random) {
  Piece piece;
  piece.source = &real[random.below(real.size())];
  const auto frames = static_cast<std::size_t>(piece.source->samples / fingerprint::kFrameHop);
  piece.first =
      static_cast<std::uint32_t>(random.below(frames - static_cast<std::size_t>(kPieceFrames * 1.2)));
  piece.stretch = random.uniform(1.0 - kMostStretch, 1.0 + kMostStretch);
  // Whole semitones: music is tuned, and its peaks stand where the tuning puts them.
  const double semitones = 1.0 + static_cast<double>(random.below(kMostSemitones));
  piece.transposition = std::exp2((random.coin() ? semitones : -semitones) / 12.0);
  return piece;
}

/// The piece's peaks, laid from frame `at` over kPieceFrames frames.
void lay_peaks(const Piece& piece, std::uint32_t at, std::vector<Peak>& out) {
  const auto& peaks = piece.source->peaks;
  const auto begins = [](const Peak& peak, std::uint32_t frame) { return peak.frame < frame; };
  for (auto it = std::lower_bound(peaks.begin(), peaks.end(), piece.first, begins); it != peaks.end(); ++it) {
    const double frame = (it->frame - piece.first) * piece.stretch;
    const double bin16 = it->bin16 * piece.transposition;
    if (frame >= kPieceFrames) break;
    if (bin16 >= kMostBin16) continue;
    out.push_back({at + static_cast<std::uint32_t>(frame), static_cast<std::uint16_t>(bin16), it->rank});
  }
}

Embedding mixed(const Embedding& own, const Embedding& other) {
  std::array<double, fingerprint::kEmbeddingDims> sum{};
  double square = 0.0;
  for (std::size_t i = 0; i < sum.size(); ++i) {
    sum[i] = kOwnShare * own[i] + kOtherShare * other[i];
    square += sum[i] * sum[i];
  }
  Embedding out{};
  if (square <= 0.0) return out;
  for (std::size_t i = 0; i < sum.size(); ++i) {
    const double scaled = std::clamp(sum[i] * kUnit / std::sqrt(square), -kUnit, kUnit);
    out[i] = static_cast<std::int8_t>(std::lround(scaled));
  }
  return out;
}

void add_embeddings(std::span<const Fingerprint> real, std::span<const Piece> pieces, Random& random,
                    Fingerprint& out) {
  const auto hop = static_cast<std::size_t>(out.embedding_hop());
  const std::size_t frames = pieces.size() * kPieceFrames;
  for (std::size_t frame = 0; frame + kEmbeddedFrames < frames; frame += hop) {
    const Piece& piece = pieces[frame / kPieceFrames];
    const std::size_t within = piece.first + frame % kPieceFrames;
    const auto& own = piece.source->embeddings;
    const auto& other = real[random.below(real.size())].embeddings;
    out.embeddings.push_back(
        mixed(own[std::min(within / hop, own.size() - 1)], other[random.below(other.size())]));
  }
}

std::vector<double> histogram(std::span<const Fingerprint> prints) {
  std::vector<double> counts(std::size_t{1} << index::kHashBits);
  for (const Fingerprint& print : prints) {
    const auto grid = index::warp_peaks(print.peaks, index::Warp{}, index::kReferencePairing.max_rank);
    for (const auto& landmark : index::pair_peaks(grid, index::kReferencePairing.fan_out))
      ++counts[landmark.hash];
  }
  return counts;
}

double meeting(const std::vector<double>& a, const std::vector<double>& b) {
  double product = 0.0;
  double sum_a = 0.0;
  double sum_b = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    product += a[i] * b[i];
    sum_a += a[i];
    sum_b += b[i];
  }
  return product / (sum_a * sum_b);
}

}  // namespace

Simulator::Simulator(std::span<const Fingerprint> real, std::uint64_t seed) : real_(real), seed_(seed) {
  EARMARK_CHECK(!real.empty(), "there are real recordings to draw from");
  for (const Fingerprint& print : real) {
    EARMARK_CHECK(print.samples >= 5 * fingerprint::kSampleRate && !print.embeddings.empty(),
                  "real recordings last five seconds or more");
    EARMARK_CHECK(print.density == fingerprint::Density::kReference,
                  "real recordings have reference density");
  }
}

Fingerprint Simulator::draw(std::uint64_t number) const {
  Random random(seed_ ^ (number * 0xd1342543de82ef95ULL + 1));
  const Fingerprint& model = real_[random.below(real_.size())];
  Fingerprint out;
  out.model_version = model.model_version;
  out.density = fingerprint::Density::kReference;
  std::vector<Piece> pieces(model.samples / fingerprint::kFrameHop / kPieceFrames);
  out.samples = pieces.size() * kPieceFrames * fingerprint::kFrameHop;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    pieces[i] = choose(real_, random);
    lay_peaks(pieces[i], static_cast<std::uint32_t>(i * kPieceFrames), out.peaks);
  }
  std::sort(out.peaks.begin(), out.peaks.end(), [](const Peak& a, const Peak& b) {
    return a.frame != b.frame ? a.frame < b.frame : a.bin16 < b.bin16;
  });
  add_embeddings(real_, pieces, random, out);
  out.item = model.item;
  return out;
}

double coincidence(std::span<const Fingerprint> real, std::span<const Fingerprint> simulated) {
  const std::size_t half = real.size() / 2;
  const auto first = histogram(real.first(half));
  const auto second = histogram(real.subspan(half));
  return meeting(first, histogram(simulated)) / meeting(first, second);
}

}  // namespace earmark::bench
