#include "evidence/verify.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/file.h"
#include "core/hash.h"
#include "core/json.h"
#include "evidence/bundle.h"

namespace earmark::evidence {
namespace {

constexpr std::uint64_t kMostBytes = 256 << 20;
constexpr int kVersion = 1;

const Part* find(const std::vector<Part>& parts, std::string_view name) {
  const auto at =
      std::find_if(parts.begin(), parts.end(), [&](const Part& part) { return part.name == name; });
  return at == parts.end() ? nullptr : &*at;
}

Result<const Part*> needed(const std::vector<Part>& parts, std::string_view name) {
  const Part* part = find(parts, name);
  if (part == nullptr) return fail(ErrorCode::kCorrupt, fmt::format("there is no {} in it", name));
  return part;
}

/// The key of a PEM file: the 32 bytes at the end of its base64.
Result<PublicKey> key_from_pem(const Part& part) {
  PublicKey key{};
  std::string base64;
  const std::string text(as_text(part.bytes));
  const auto begin = text.find('\n');
  const auto end = text.rfind("\n-----END");
  if (begin != std::string::npos && end != std::string::npos && end > begin)
    base64 = text.substr(begin + 1, end - begin - 1);
  const Bytes der = from_base64(base64).value_or(Bytes());
  if (der.size() == 12 + key.size()) {
    std::copy(der.end() - static_cast<std::ptrdiff_t>(key.size()), der.end(), key.begin());
    if (to_pem(key) == text) return key;
  }
  return fail(ErrorCode::kCorrupt, fmt::format("{}: not an Ed25519 public key", part.name));
}

Status check_parts(const std::vector<Part>& parts, const Json& manifest) {
  std::set<std::string> known = {kManifestName, kSignatureName};
  for (const Json& entry : manifest.at("parts")) {
    const auto name = entry.at("name").get<std::string>();
    EARMARK_TRY(const Part* part, needed(parts, name));
    if (part->bytes.size() != entry.at("bytes").get<std::size_t>() ||
        to_hex(sha256(part->bytes)) != entry.at("sha256").get<std::string>()) {
      return fail(ErrorCode::kCorrupt, fmt::format("{} is not what was signed", name));
    }
    known.insert(name);
  }
  for (const Part& part : parts) {
    if (!known.contains(part.name))
      return fail(ErrorCode::kCorrupt, part.name + " is in it, and was not signed");
  }
  return {};
}

/// Throws nlohmann's exceptions, which verify() stops.
Result<Verified> read_manifest(const std::vector<Part>& parts, const Json& manifest) {
  if (manifest.at("format") != "earmark-evidence" || manifest.at("version").get<int>() != kVersion)
    return fail(ErrorCode::kUnsupported, "manifest.json is of another format or version");
  EARMARK_TRY_STATUS(check_parts(parts, manifest));
  Verified out;
  out.claim_id = manifest.at("claim_id").get<std::string>();
  out.store = manifest.at("store").get<std::string>();
  out.sequence = manifest.at("sequence").get<std::int64_t>();
  out.created_at = manifest.at("created_at").get<std::string>();
  const Json& previous = manifest.at("previous_sha256");
  if (!previous.is_null()) out.previous_sha256 = previous.get<std::string>();
  out.parts = manifest.at("parts").size();
  return out;
}

}  // namespace

Result<Verified> verify(const std::vector<Part>& parts, const std::optional<PublicKey>& key) {
  EARMARK_TRY(const Part* manifest, needed(parts, kManifestName));
  EARMARK_TRY(const Part* signature, needed(parts, kSignatureName));
  EARMARK_TRY(const Part* pem, needed(parts, kPublicKeyName));
  EARMARK_TRY(const PublicKey own, key_from_pem(*pem));
  if (key && *key != own)
    return fail(ErrorCode::kCorrupt, fmt::format("it is signed with another key: {}", to_hex(own)));
  if (!is_signed_by(own, manifest->bytes, signature->bytes))
    return fail(ErrorCode::kCorrupt, "the signature is not of this manifest");
  EARMARK_TRY(const auto json, parse_json(as_text(manifest->bytes)));
  try {
    EARMARK_TRY(auto verified, read_manifest(parts, json));
    verified.manifest_sha256 = to_hex(sha256(manifest->bytes));
    verified.public_key = to_hex(own);
    return verified;
  } catch (const Json::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("manifest.json: ") + error.what());
  }
}

Result<std::vector<Part>> read_bundle(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) {
    EARMARK_TRY(const auto bytes, read_file(path, kMostBytes));
    auto parts = read_archive(bytes);
    if (!parts) return fail(parts.error().with_context(path.string()));
    return parts;
  }
  std::vector<Part> parts;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    EARMARK_TRY(auto bytes, read_file(entry.path(), kMostBytes));
    parts.push_back({entry.path().filename().string(), {}, std::move(bytes)});
  }
  if (error) return fail(ErrorCode::kIo, fmt::format("{}: {}", path.string(), error.message()));
  std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.name < b.name; });
  return parts;
}

}  // namespace earmark::evidence
