#include "recsys/similar_sound.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "fingerprint/codec.h"

namespace earmark::recsys {
namespace {

constexpr std::size_t kDims = fingerprint::kEmbeddingDims;
constexpr double kUnit = 127.0;  // length of an embedding that is not silent

/// Mean and standard deviation of each dimension over the embeddings that are not silent.
std::vector<float> statistics(const fingerprint::Fingerprint& print) {
  std::vector<double> sum(kDims, 0.0);
  std::vector<double> squares(kDims, 0.0);
  double count = 0.0;
  for (const auto& embedding : print.embeddings) {
    const bool silent = std::all_of(embedding.begin(), embedding.end(), [](std::int8_t v) { return v == 0; });
    if (silent) continue;
    count += 1.0;
    for (std::size_t i = 0; i < kDims; ++i) {
      const double value = embedding[i] / kUnit;
      sum[i] += value;
      squares[i] += value * value;
    }
  }
  if (count == 0.0) return {};
  std::vector<float> out;
  for (std::size_t i = 0; i < kDims; ++i) out.push_back(static_cast<float>(sum[i] / count));
  for (std::size_t i = 0; i < kDims; ++i) {
    const double mean = sum[i] / count;
    out.push_back(static_cast<float>(std::sqrt(std::max(0.0, squares[i] / count - mean * mean))));
  }
  return out;
}

/// Centres the points on their mean, scales each dimension by its spread, and each point to length 1.
void normalise(std::vector<Sound>& sounds) {
  if (sounds.size() < 2) return;
  const auto n = static_cast<double>(sounds.size());
  for (std::size_t i = 0; i < 2 * kDims; ++i) {
    double mean = 0.0;
    double square = 0.0;
    for (const Sound& sound : sounds) mean += static_cast<double>(sound.point[i]) / n;
    for (const Sound& sound : sounds) square += std::pow(static_cast<double>(sound.point[i]) - mean, 2) / n;
    const double spread = std::sqrt(square) + 1e-6;
    for (Sound& sound : sounds)
      sound.point[i] = static_cast<float>((static_cast<double>(sound.point[i]) - mean) / spread);
  }
  for (Sound& sound : sounds) {
    const double length =
        std::sqrt(std::inner_product(sound.point.begin(), sound.point.end(), sound.point.begin(), 0.0));
    for (float& value : sound.point)
      value = static_cast<float>(static_cast<double>(value) / std::max(length, 1e-9));
  }
}

double cosine(const Sound& a, const Sound& b) {
  return std::inner_product(a.point.begin(), a.point.end(), b.point.begin(), 0.0);
}

}  // namespace

Result<std::vector<Sound>> load_sounds(registry::Registry& registry) {
  EARMARK_TRY(const auto recordings, registry.recordings().list(registry::RecordingStatus::kRegistered));
  std::vector<Sound> sounds;
  for (const auto& recording : recordings) {
    EARMARK_TRY(const auto bytes, registry.recordings().fingerprint(recording.key));
    if (!bytes) continue;
    EARMARK_TRY(const auto print, fingerprint::decode(*bytes));
    Sound sound{recording.key, recording.id, recording.title, recording.owner, statistics(print), {}};
    if (sound.point.empty()) continue;
    EARMARK_TRY(auto shared, registry.shared().of(recording.key));
    registry::classify(shared, recording.duration_ms);
    for (const auto& stretch : shared) {
      if (stretch.kind == registry::SharedKind::kDuplicate) sound.same.push_back(stretch.other_key);
    }
    sounds.push_back(std::move(sound));
  }
  normalise(sounds);
  return sounds;
}

std::vector<SimilarSound> similar_sound(const std::vector<Sound>& sounds, std::size_t asked,
                                        const SimilarOptions& options) {
  std::unordered_map<std::int64_t, std::size_t> place;
  for (std::size_t i = 0; i < sounds.size(); ++i) place.emplace(sounds[i].key, i);
  // Each recording stands under the first one of its sound.
  std::vector<std::size_t> original(sounds.size());
  std::iota(original.begin(), original.end(), std::size_t{0});
  for (std::size_t i = 0; i < sounds.size(); ++i) {
    for (const std::int64_t key : sounds[i].same) {
      if (const auto at = place.find(key); at != place.end())
        original[i] = std::min(original[i], original[at->second]);
    }
  }
  std::vector<SimilarSound> left;
  for (std::size_t i = 0; i < sounds.size(); ++i) {
    if (original[i] != i || i == original[asked]) continue;
    SimilarSound found{i, cosine(sounds[asked], sounds[i]), {}};
    for (std::size_t j = i + 1; j < sounds.size(); ++j) {
      if (original[j] == i) found.same.push_back(j);
    }
    left.push_back(std::move(found));
  }
  std::stable_sort(left.begin(), left.end(),
                   [](const SimilarSound& a, const SimilarSound& b) { return a.similarity > b.similarity; });
  std::vector<SimilarSound> out;
  std::vector<double> nearest(left.size(), 0.0);  // similarity to what was chosen, at most
  while (out.size() < options.count && !left.empty()) {
    std::size_t chosen = 0;
    double most = -1e9;
    for (std::size_t i = 0; i < left.size(); ++i) {
      const double value = (1.0 - options.diversity) * left[i].similarity - options.diversity * nearest[i];
      if (value > most) {
        most = value;
        chosen = i;
      }
    }
    const auto at = static_cast<std::ptrdiff_t>(chosen);
    out.push_back(std::move(left[chosen]));
    left.erase(left.begin() + at);
    nearest.erase(nearest.begin() + at);
    for (std::size_t i = 0; i < left.size(); ++i)
      nearest[i] = std::max(nearest[i], cosine(sounds[left[i].index], sounds[out.back().index]));
  }
  return out;
}

}  // namespace earmark::recsys
