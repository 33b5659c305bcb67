#include "catalogue/eligibility.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "core/bytes.h"

namespace earmark::catalogue {
namespace {

using fingerprint::Fingerprint;
using fingerprint::Peak;

constexpr double kMsPerFrame = 1000.0 / fingerprint::kFramesPerSecond;
constexpr double kFrameTolerance = 1.0;
constexpr int kBinTolerance16 = fingerprint::kBinFraction;

/// Share of the time from the first to the last peak that [start, end] covers.
double coverage(const Fingerprint& fingerprint, double start_ms, double end_ms) {
  const double first = fingerprint.peaks.front().frame * kMsPerFrame;
  const double last = fingerprint.peaks.back().frame * kMsPerFrame;
  if (last <= first) return 0.0;
  return (std::min(end_ms, last) - std::max(start_ms, first)) / (last - first);
}

/// Share of `from` that has a peak of `to` within the tolerances; `shift` frames lie between them.
double share_found(std::span<const Peak> from, std::span<const Peak> to, double shift) {
  std::size_t found = 0;
  auto window = to.begin();
  for (const Peak& peak : from) {
    const double frame = peak.frame + shift;
    window =
        std::find_if(window, to.end(), [&](const Peak& p) { return p.frame >= frame - kFrameTolerance; });
    for (auto near = window; near != to.end() && near->frame <= frame + kFrameTolerance; ++near) {
      if (std::abs(static_cast<int>(near->bin16) - static_cast<int>(peak.bin16)) <= kBinTolerance16) {
        ++found;
        break;
      }
    }
  }
  return static_cast<double>(found) / static_cast<double>(from.size());
}

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

bool covers_both(const index::Match& match, const Fingerprint& query, const Fingerprint& reference) {
  if (query.peaks.empty() || reference.peaks.empty()) return false;
  if (std::abs(match.speed - 1.0) > kNearIdentitySpeed || std::abs(match.pitch_cents) > kNearIdentityCents)
    return false;
  return coverage(query, match.query_start_ms, match.query_end_ms) >= kNearIdentityCoverage &&
         coverage(reference, match.reference_start_ms, match.reference_end_ms) >= kNearIdentityCoverage;
}

double peak_agreement(const index::Match& match, const Fingerprint& query, const Fingerprint& reference) {
  if (query.peaks.empty() || reference.peaks.empty()) return 0.0;
  const double shift_ms =
      static_cast<double>(match.reference_start_ms) - static_cast<double>(match.query_start_ms);
  const double shift = std::round(shift_ms / kMsPerFrame);
  return std::min(share_found(query.peaks, reference.peaks, shift),
                  share_found(reference.peaks, query.peaks, -shift));
}

std::string title_from(const std::string& source) {
  std::string path = source;
  if (const auto scheme = path.find("://"); scheme != std::string::npos) {
    path = without_escapes(path.substr(0, path.find_first_of("?#", scheme)));
  }
  return std::filesystem::path(path).stem().string();
}

}  // namespace earmark::catalogue
