#include "crawler/sighting.h"

#include <utility>

#include <fmt/format.h>

#include "core/json.h"

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

std::string transfer_of(const FetchRecord& fetch) {
  Json chain = Json::array();
  for (const Hop& hop : fetch.chain) chain.push_back({{"url", hop.url}, {"status", hop.status}});
  Json headers = Json::array();
  for (const auto& [name, value] : fetch.headers) {
    if (name != "set-cookie") headers.push_back(Json::array({name, value}));
  }
  return to_line(Json{{"chain", std::move(chain)},
                      {"peer", fetch.peer},
                      {"received", fetch.received},
                      {"resumed", fetch.resumed},
                      {"last_modified", fetch.last_modified},
                      {"headers", std::move(headers)}});
}

std::string engine_name(const fingerprint::Fingerprint& fingerprint) {
  return fmt::format("earmark 0.1.0, model {}", fingerprint.model_version);
}

}  // namespace earmark::crawler
