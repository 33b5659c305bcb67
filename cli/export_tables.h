#pragma once
// The registry as flat files that the trade exchanges: shaped like DDEX's BWARM and DSR, not certified as
// such (docs/registry.md names the columns).
#include <optional>
#include <string>
#include <vector>

#include "registry/registry.h"

namespace earmark::cli {

/// One file of tab-separated values.
struct FlatFile {
  std::string name;
  std::string text;
  std::size_t rows = 0;
};

/// Works, parties, shares, recordings, releases, links; shares of works that nobody claims, and recordings
/// without a work; and a manifest of them all.
[[nodiscard]] Result<std::vector<FlatFile>> bwarm_files(registry::Registry& registry);

struct UsageReport {
  std::string owner;  ///< empty: of all
  Timestamp from{};
  Timestamp to{};  ///< without it
};
/// The uses that claims of that time report, one file; HEAD and FOOT alone where there are none.
[[nodiscard]] Result<FlatFile> dsr_file(registry::Registry& registry, const UsageReport& report);

/// Cells with tabs between them and a line end; tabs and line ends within become spaces.
[[nodiscard]] std::string tsv_line(const std::vector<std::string>& cells);

}  // namespace earmark::cli
