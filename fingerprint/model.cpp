#include "fingerprint/model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "core/check.h"
#include "core/hash.h"
#include "fingerprint/kernels.h"
#include "fingerprint/model_data.h"
#include "fingerprint/patches.h"

namespace earmark::fingerprint {
namespace {

constexpr std::string_view kMagic = "EMDL";
constexpr std::uint32_t kLayout = 1;

void put_floats(ByteWriter& out, std::span<const float> values) {
  out.put<std::uint32_t>(static_cast<std::uint32_t>(values.size()));
  out.put_array(values);
}

Result<std::vector<float>> get_floats(ByteReader& in, std::size_t expected, std::string_view what) {
  EARMARK_TRY(const auto count, in.get<std::uint32_t>());
  if (count != expected) {
    return fail(ErrorCode::kCorrupt,
                fmt::format("model: {} has {} values, expected {}", what, count, expected));
  }
  return in.get_array<float>(count);
}

}  // namespace

Bytes encode_model(const EmbeddingModel& model) {
  ByteWriter out;
  out.put_bytes(as_bytes(kMagic));
  out.put(kLayout);
  out.put(model.version);
  out.put(static_cast<std::uint32_t>(model.recipe.size()));
  out.put_bytes(as_bytes(model.recipe));
  put_floats(out, model.projection);
  out.put(model.coarse_lists);
  put_floats(out, model.coarse_centroids);
  out.put(model.code_bytes);
  put_floats(out, model.code_centroids);
  const Sha256 digest = sha256(out.view());
  out.put_bytes(digest);
  return std::move(out).take();
}

Result<EmbeddingModel> decode_model(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(Sha256) || as_text(bytes.first(4)) != kMagic) {
    return fail(ErrorCode::kCorrupt, "model: not a model file");
  }
  const auto body = bytes.first(bytes.size() - sizeof(Sha256));
  const auto stored = bytes.last(sizeof(Sha256));
  const Sha256 digest = sha256(body);
  if (!std::equal(stored.begin(), stored.end(), digest.begin()))
    return fail(ErrorCode::kCorrupt, "model: checksum differs");
  ByteReader in(body.subspan(kMagic.size()));
  EARMARK_TRY(const auto layout, in.get<std::uint32_t>());
  if (layout != kLayout)
    return fail(ErrorCode::kUnsupported, fmt::format("model: layout {}, expected {}", layout, kLayout));
  EmbeddingModel model;
  EARMARK_TRY(model.version, in.get<std::uint32_t>());
  EARMARK_TRY(const auto recipe_size, in.get<std::uint32_t>());
  EARMARK_TRY(const auto recipe, in.get_bytes(recipe_size));
  model.recipe = as_text(recipe);
  EARMARK_TRY(model.projection, get_floats(in, std::size_t{kEmbeddingDims} * kPatchFeatures, "projection"));
  EARMARK_TRY(model.coarse_lists, in.get<std::uint32_t>());
  EARMARK_TRY(model.coarse_centroids,
              get_floats(in, std::size_t{model.coarse_lists} * kEmbeddingDims, "coarse centroids"));
  EARMARK_TRY(model.code_bytes, in.get<std::uint32_t>());
  EARMARK_TRY(model.code_centroids, get_floats(in, std::size_t{256} * kEmbeddingDims, "code centroids"));
  return model;
}

const EmbeddingModel& builtin_model() {
  static const EmbeddingModel model = [] {
    auto decoded = decode_model(builtin_model_bytes());
    EARMARK_CHECK(decoded.has_value(), "the model that is compiled in cannot be read");
    return std::move(*decoded);
  }();
  return model;
}

Embedding embed(const EmbeddingModel& model, std::span<const float> features) {
  EARMARK_CHECK(features.size() == kPatchFeatures, "embed: wrong shape");
  std::array<float, kEmbeddingDims> projected;
  project_kernel()(features.data(), model.projection.data(), kPatchFeatures, kEmbeddingDims,
                   projected.data());
  float squares = 0.0F;
  for (const float value : projected) squares += value * value;
  Embedding embedding{};
  if (squares <= 0.0F) return embedding;
  const float scale = 127.0F / std::sqrt(squares);
  for (std::size_t i = 0; i < kEmbeddingDims; ++i) {
    embedding[i] = static_cast<std::int8_t>(std::lround(std::clamp(projected[i] * scale, -127.0F, 127.0F)));
  }
  return embedding;
}

void to_unit(const Embedding& embedding, std::span<float> unit) {
  int squares = 0;
  for (const std::int8_t value : embedding) squares += value * value;
  const float scale = squares > 0 ? 1.0F / std::sqrt(static_cast<float>(squares)) : 0.0F;
  for (std::size_t i = 0; i < kEmbeddingDims; ++i) unit[i] = static_cast<float>(embedding[i]) * scale;
}

}  // namespace earmark::fingerprint
