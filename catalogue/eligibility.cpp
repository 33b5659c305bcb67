#include "catalogue/eligibility.h"

#include <cctype>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "core/bytes.h"

namespace earmark::catalogue {
namespace {

using fingerprint::Fingerprint;
using fingerprint::Peak;

char unescaped(const std::string& text, std::size_t at) {
  return static_cast<char>(std::strtol(text.substr(at + 1, 2).c_str(), nullptr, 16));
}

std::string without_escapes(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() &&
                        std::isxdigit(static_cast<unsigned char>(text[i + 1])) != 0 &&
                        std::isxdigit(static_cast<unsigned char>(text[i + 2])) != 0;
    plain.push_back(escape ? unescaped(text, i) : text[i]);
    if (escape) i += 2;
  }
  return plain;
}

}  // namespace

std::string quarantine_reason(const Fingerprint& fingerprint) {
  if (fingerprint.duration_ms() < kShortestRecordingMs) {
    return fmt::format("only {} ms of audio: at least {} ms are needed", fingerprint.duration_ms(),
                       kShortestRecordingMs);
  }
  if (fingerprint.peaks.empty()) return "silence: there is nothing to recognise it by";
  return {};
}

Sha256 identity_of(const Fingerprint& reference, const Sha256& content_hash) {
  ByteWriter canonical;
  canonical.put_bytes(as_bytes("earmark recording 1\n"));
  canonical.put(reference.samples);
  for (const Peak& peak : reference.peaks) {
    canonical.put(peak.frame);
    canonical.put(peak.bin16);
  }
  if (reference.peaks.empty()) canonical.put_bytes(content_hash);
  return sha256(canonical.view());
}

std::string title_from(const std::string& source) {
  std::string path = source;
  if (const auto scheme = path.find("://"); scheme != std::string::npos) {
    path = without_escapes(path.substr(0, path.find_first_of("?#", scheme)));
  }
  return std::filesystem::path(path).stem().string();
}

}  // namespace earmark::catalogue
