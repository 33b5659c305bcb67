#pragma once
// The JSON of the command line's results; what it shares with the API is in api/encode.h. Names are a
// contract (docs/cli.md): they may be added to, never renamed or dropped.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalogue/catalogue.h"
#include "core/json.h"
#include "crawler/crawl.h"

namespace earmark::cli {

/// What became of one input of `register`.
struct RegisterLine {
  std::string source;
  std::optional<catalogue::RegisterOutcome> outcome;  ///< nothing: `error` says why
  std::string error;
  std::vector<std::string> warnings;
};

/// What became of one input of `match`.
struct MatchLine {
  std::string query;
  std::optional<std::uint64_t> duration_ms;
  std::vector<catalogue::MatchedUse> matches;
  double min_probability = 0.0;  ///< matches below are marked `"review": true`
  std::string error;             ///< empty: none
  std::vector<std::string> warnings;
};

[[nodiscard]] Json encode(const registry::SharedStretch& stretch);
[[nodiscard]] Json encode(const registry::RegistrationFinding& finding);
[[nodiscard]] Json encode(const RegisterLine& line);  ///< "findings" only where there are some
[[nodiscard]] Json encode(const MatchLine& line);
[[nodiscard]] Json encode(const crawler::EpisodeLine& episode);

}  // namespace earmark::cli
