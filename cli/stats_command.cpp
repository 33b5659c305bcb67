#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/open_store.h"
#include "cli/table.h"
#include "core/text.h"

namespace earmark::cli {
namespace {

constexpr double kMsPerHour = 3'600'000.0;

/// Bytes of index an hour of references costs; 0 without references.
std::uint64_t bytes_per_hour(const catalogue::CatalogueStats& stats) {
  if (stats.index.reference_ms == 0) return 0;
  return static_cast<std::uint64_t>(static_cast<double>(stats.index.bytes) * kMsPerHour /
                                    static_cast<double>(stats.index.reference_ms));
}

}  // namespace

Exit run(const Common& common, const StatsOptions&, Console& console) {
  const auto catalogue = open_catalogue(common, 1);
  if (!catalogue) return failed(console, catalogue.error());
  const auto stats = (*catalogue)->stats();
  if (!stats) return failed(console, stats.error());
  const auto rights = (*catalogue)->registry().stats();
  if (!rights) return failed(console, rights.error());
  if (console.is_json()) {
    console.result({{"recordings", rights->recordings},
                    {"reference_ms", rights->reference_ms},
                    {"index_bytes", stats->index.bytes},
                    {"store_bytes", stats->store_bytes},
                    {"index_bytes_per_hour", bytes_per_hour(*stats)},
                    {"episodes", rights->episodes},
                    {"claims", rights->claims},
                    {"quarantined", rights->quarantined},
                    {"forgotten", rights->forgotten},
                    {"fingerprint_bytes", rights->fingerprint_bytes},
                    {"parties", rights->parties},
                    {"feeds", rights->feeds},
                    {"episodes_scanned", rights->episodes_scanned},
                    {"sightings", rights->sightings},
                    {"claims_active", rights->claims_active},
                    {"claims_review", rights->claims_review},
                    {"store", common.store.native()}});
    return Exit::kDone;
  }
  Table table({Table::Align::kLeft, Table::Align::kRight, Table::Align::kLeft});
  const auto count = [](std::int64_t n) { return fmt::format("{}", n); };
  table.add({"recordings", count(rights->recordings),
             fmt::format("{} of audio; {} quarantined, {} forgotten",
                         time_code(static_cast<std::uint64_t>(rights->reference_ms)), rights->quarantined,
                         rights->forgotten)});
  table.add({"index", byte_count(stats->index.bytes),
             byte_count(bytes_per_hour(*stats)) + " an hour of references"});
  table.add({"store", byte_count(stats->store_bytes), printable(common.store.native())});
  table.add({"feeds", count(rights->feeds), ""});
  table.add({"episodes", count(rights->episodes), fmt::format("{} scanned", rights->episodes_scanned)});
  table.add({"sightings", count(rights->sightings), ""});
  table.add({"claims", count(rights->claims),
             fmt::format("{} active, {} to review", rights->claims_active, rights->claims_review)});
  for (const auto& line : table.lines("")) console.line(line);
  return Exit::kDone;
}

}  // namespace earmark::cli
