// Trains the embedding model: an oriented principal component analysis of log-frequency patches, then the
// quantisers.
//
//   train_embedding PAIRS.tsv OUT.emdl [--version N]
//
// PAIRS.tsv: clean.wav <TAB> distorted.wav <TAB> kind, sample-aligned, 8 kHz mono 16-bit
// (tools/training_pairs.py makes them). The projection maximises the variance of clean patches against the
// variance that distortion adds (Burges, Platt & Jana, "Distortion discriminant analysis", IEEE Trans. SAP
// 2003): the generalised eigenvectors of (signal, noise) covariances. Distortions are those of the pairs, and
// for every pair a small shift in time and a small change of speed.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <random>
#include <sstream>

#include <Eigen/Dense>
#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFPQ.h>

#include "core/file.h"
#include "core/hash.h"
#include "fingerprint/fft.h"
#include "fingerprint/framer.h"
#include "fingerprint/model.h"
#include "fingerprint/patches.h"

namespace earmark {
namespace {

using fingerprint::BandRow;
using fingerprint::kBands;
using fingerprint::kEmbeddingDims;
using fingerprint::kPatchFeatures;
using fingerprint::kPatchRows;
using Features = Eigen::VectorXf;

constexpr std::size_t kPatchHop = 8;  // rows: as the extractor's
constexpr int kMostShift = 4;         // rows: half of a reference hop
constexpr double kMostSpeed = 0.03;
constexpr double kRidge = 0.03;  // of the mean noise variance
constexpr int kLists = 512;
constexpr int kCodeBytes = 32;
constexpr std::uint64_t kLargestWav = 1ULL << 30;

Result<std::vector<float>> read_wav(const std::string& path) {
  EARMARK_TRY(const Bytes bytes, read_file(path, kLargestWav));
  constexpr std::size_t kHeader = 44;
  if (bytes.size() < kHeader) return fail(ErrorCode::kCorrupt, path + ": not a WAV file");
  std::vector<float> samples((bytes.size() - kHeader) / 2);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    std::int16_t value = 0;
    std::memcpy(&value, &bytes[kHeader + 2 * i], sizeof value);
    samples[i] = static_cast<float>(value) / 32768.0F;
  }
  return samples;
}

std::vector<BandRow> band_rows(std::span<const float> samples) {
  fingerprint::Framer framer(fingerprint::kBandWindow, fingerprint::kBandHop);
  fingerprint::RealFft fft(fingerprint::kBandWindow);
  const auto window = fingerprint::hann_window(fingerprint::kBandWindow);
  const fingerprint::BandFilter bands;
  std::vector<float> power(fft.bins());
  std::vector<BandRow> rows;
  framer.push(samples, [&](std::span<const float> frame) {
    fft.power(frame, window, power);
    rows.push_back(bands.apply(power));
  });
  return rows;
}

/// The row at a fractional position, moved by `bands` bands: what a speed change does to a log-frequency
/// spectrogram.
BandRow row_at(const std::vector<BandRow>& rows, double position, double bands) {
  const double clamped = std::clamp(position, 0.0, static_cast<double>(rows.size() - 1));
  const auto low = static_cast<std::size_t>(clamped);
  const std::size_t high = std::min(low + 1, rows.size() - 1);
  const double part = clamped - static_cast<double>(low);
  BandRow out;
  for (int b = 0; b < kBands; ++b) {
    const double band = std::clamp(b - bands, 0.0, kBands - 1.0);
    const auto b0 = static_cast<std::size_t>(band);
    const std::size_t b1 = std::min<std::size_t>(b0 + 1, kBands - 1);
    const double fraction = band - static_cast<double>(b0);
    const auto mix = [&](const BandRow& row) {
      return (1 - fraction) * static_cast<double>(row[b0]) + fraction * static_cast<double>(row[b1]);
    };
    out[static_cast<std::size_t>(b)] =
        static_cast<float>((1 - part) * mix(rows[low]) + part * mix(rows[high]));
  }
  return out;
}

bool patch(const std::vector<BandRow>& rows, double first, double speed, Features& out) {
  std::vector<BandRow> cut(kPatchRows);
  const double bands = fingerprint::kBandsPerOctave * std::log2(speed);
  const double centre = first + 0.5 * kPatchRows;
  for (int i = 0; i < kPatchRows; ++i) {
    cut[static_cast<std::size_t>(i)] = row_at(rows, centre + (i - 0.5 * kPatchRows) * speed, bands);
  }
  out.resize(kPatchFeatures);
  return fingerprint::normalise_patch(cut, std::span(out.data(), kPatchFeatures));
}

struct Statistics {
  Eigen::MatrixXf signal = Eigen::MatrixXf::Zero(kPatchFeatures, kPatchFeatures);
  Eigen::MatrixXf noise = Eigen::MatrixXf::Zero(kPatchFeatures, kPatchFeatures);
  double signals = 0;
  double noises = 0;
  std::vector<Features> samples;  ///< clean and distorted, for the quantisers
};

/// Adds rows' outer products in batches: a matrix product is much faster than single updates.
void add_outer(Eigen::MatrixXf& sum, const std::vector<Features>& rows) {
  if (rows.empty()) return;
  Eigen::MatrixXf batch(kPatchFeatures, static_cast<Eigen::Index>(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) batch.col(static_cast<Eigen::Index>(i)) = rows[i];
  sum.selfadjointView<Eigen::Lower>().rankUpdate(batch);
}

void add_pair(Statistics& statistics, const std::vector<BandRow>& clean,
              const std::vector<BandRow>& distorted, std::mt19937& random) {
  std::uniform_real_distribution<double> shift(-kMostShift, kMostShift);
  std::uniform_real_distribution<double> speed(1.0 - kMostSpeed, 1.0 + kMostSpeed);
  std::vector<Features> signals;
  std::vector<Features> noises;
  const std::size_t rows = std::min(clean.size(), distorted.size());
  for (std::size_t first = 8; first + kPatchRows + 8 < rows; first += kPatchHop) {
    Features a;
    Features b;
    if (!patch(clean, static_cast<double>(first), 1.0, a)) continue;
    if (!patch(distorted, static_cast<double>(first) + shift(random), speed(random), b)) continue;
    signals.push_back(a);
    noises.emplace_back(b - a);
    if (first % (5 * kPatchHop) == 0) {
      statistics.samples.push_back(a);
      statistics.samples.push_back(b);
    }
  }
  add_outer(statistics.signal, signals);
  add_outer(statistics.noise, noises);
  statistics.signals += static_cast<double>(signals.size());
  statistics.noises += static_cast<double>(noises.size());
}

std::vector<float> solve(Statistics& s) {
  Eigen::MatrixXf signal = s.signal.selfadjointView<Eigen::Lower>();
  Eigen::MatrixXf noise = s.noise.selfadjointView<Eigen::Lower>();
  signal /= static_cast<float>(s.signals);
  noise /= static_cast<float>(s.noises);
  noise.diagonal().array() += static_cast<float>(kRidge) * noise.diagonal().mean();
  const Eigen::GeneralizedSelfAdjointEigenSolver<Eigen::MatrixXf> solver(signal, noise);
  std::vector<float> projection;
  for (int k = 0; k < kEmbeddingDims; ++k) {
    const Eigen::Index column = kPatchFeatures - 1 - k;
    Eigen::VectorXf w = solver.eigenvectors().col(column);
    const float deviation = std::sqrt(w.dot(signal * w));
    w *= std::sqrt(solver.eigenvalues()[column]) / deviation;
    projection.insert(projection.end(), w.data(), w.data() + w.size());
  }
  std::fprintf(stderr, "signal-to-distortion of the first, middle and last direction: %.2f %.2f %.2f\n",
               static_cast<double>(solver.eigenvalues()[kPatchFeatures - 1]),
               static_cast<double>(solver.eigenvalues()[kPatchFeatures - kEmbeddingDims / 2]),
               static_cast<double>(solver.eigenvalues()[kPatchFeatures - kEmbeddingDims]));
  return projection;
}

void train_quantisers(fingerprint::EmbeddingModel& model, const std::vector<Features>& samples) {
  std::vector<float> rows(samples.size() * kEmbeddingDims);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto embedding = fingerprint::embed(model, std::span(samples[i].data(), kPatchFeatures));
    fingerprint::to_unit(embedding, std::span(rows).subspan(i * kEmbeddingDims, kEmbeddingDims));
  }
  faiss::IndexFlatIP coarse(kEmbeddingDims);
  faiss::IndexIVFPQ ivf(&coarse, kEmbeddingDims, kLists, kCodeBytes, 8, faiss::METRIC_INNER_PRODUCT);
  ivf.train(static_cast<faiss::Index::idx_t>(samples.size()), rows.data());
  model.coarse_lists = kLists;
  model.coarse_centroids.assign(coarse.get_xb(), coarse.get_xb() + std::size_t{kLists} * kEmbeddingDims);
  model.code_bytes = kCodeBytes;
  model.code_centroids = ivf.pq.centroids;
}

Result<Statistics> collect(const std::string& list, std::uint32_t seed) {
  std::ifstream in(list);
  if (!in) return fail(ErrorCode::kNotFound, list);
  Statistics statistics;
  std::mt19937 random(seed);
  std::string line;
  std::string clean_path;
  std::vector<BandRow> clean;
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::string a;
    std::string b;
    if (!std::getline(fields, a, '\t') || !std::getline(fields, b, '\t')) continue;
    if (a != clean_path) {
      EARMARK_TRY(const auto samples, read_wav(a));
      clean = band_rows(samples);
      clean_path = a;
    }
    EARMARK_TRY(const auto samples, read_wav(b));
    add_pair(statistics, clean, band_rows(samples), random);
  }
  if (statistics.signals < 2000) return fail(ErrorCode::kInvalidArgument, "too little audio to train on");
  return statistics;
}

Status train(const std::string& list, const std::string& out, std::uint32_t version) {
  constexpr std::uint32_t kSeed = 1;
  EARMARK_TRY(auto statistics, collect(list, kSeed));
  std::fprintf(stderr, "%.0f patch pairs\n", statistics.noises);
  fingerprint::EmbeddingModel model;
  model.version = version;
  std::ostringstream recipe;
  recipe << "OPCA 64 bands x 16 half rows -> 128; " << statistics.noises << " patch pairs; shift +-"
         << kMostShift << " rows, speed +-" << kMostSpeed << ", ridge " << kRidge << "; IVF" << kLists
         << ",PQ" << kCodeBytes;
  model.recipe = recipe.str();
  model.projection = solve(statistics);
  train_quantisers(model, statistics.samples);
  const Bytes bytes = fingerprint::encode_model(model);
  EARMARK_TRY_STATUS(write_file_atomically(out, bytes));
  std::printf("%s  %s\n", to_hex(sha256(bytes)).c_str(), out.c_str());
  return {};
}

}  // namespace
}  // namespace earmark

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: train_embedding PAIRS.tsv OUT.emdl [VERSION]\n");
    return 2;
  }
  const auto version = static_cast<std::uint32_t>(argc > 3 ? std::stoul(argv[3]) : 1);
  const auto status = earmark::train(argv[1], argv[2], version);
  if (!status) std::fprintf(stderr, "train_embedding: %s\n", status.error().message.c_str());
  return status ? 0 : 1;
}
