#include "crawler/sighting.h"

#include <fmt/format.h>

namespace earmark::crawler {

registry::NewSighting sighting_of(const catalogue::MatchedUse& use) {
  const index::Match& match = use.match;
  return {match.recording,
          match.query_start_ms,
          match.query_end_ms,
          match.reference_start_ms,
          match.reference_end_ms,
          match.speed,
          match.pitch_cents,
          match.score,
          match.probability,
          use.ambiguous_with,
          {}};
}

std::string engine_name(const fingerprint::Fingerprint& fingerprint) {
  return fmt::format("earmark 0.1.0, model {}", fingerprint.model_version);
}

}  // namespace earmark::crawler
