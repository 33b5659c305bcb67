#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "index/explain.h"
#include "registry/types.h"

namespace earmark::catalogue {

/// A recording by what people know it by.
struct NamedRecording {
  std::string id;  ///< "rec_…"
  std::string title;
  std::string owner;
  std::string source;
  std::int64_t duration_ms = 0;
};
[[nodiscard]] NamedRecording named(const registry::Recording& recording);

/// Why a recording was found in a query, or why not, with the names that the registry knows.
struct Explained {
  std::string query;  ///< path or URL
  std::uint64_t query_ms = 0;
  NamedRecording recording;
  index::Explanation why;
  std::optional<NamedRecording> rival;         ///< why.rival
  std::optional<NamedRecording> explained_by;  ///< why.explained_by
};

struct ExplainOptions {
  std::optional<std::uint32_t> at_ms;  ///< of the query: only what plays about there
  double threshold = 0.9;              ///< probability from which a match is reported
  std::size_t threads = 1;
};

}  // namespace earmark::catalogue
