#include <system_error>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/export_tables.h"
#include "cli/open_store.h"
#include "core/file.h"
#include "core/text.h"

namespace earmark::cli {
namespace {

Result<UsageReport> report_of(const ExportOptions& options) {
  UsageReport report;
  report.owner = options.owner;
  report.to = system_clock().now();
  if (!options.from.empty()) {
    EARMARK_TRY(report.from, parse_rfc3339(options.from));
  }
  if (!options.until.empty()) {
    EARMARK_TRY(report.to, parse_rfc3339(options.until));
  }
  return report;
}

Result<std::vector<FlatFile>> files_of(registry::Registry& registry, const ExportOptions& options) {
  if (options.what == ExportOptions::What::kBwarm) return bwarm_files(registry);
  EARMARK_TRY(const auto report, report_of(options));
  EARMARK_TRY(auto file, dsr_file(registry, report));
  return std::vector{std::move(file)};
}

}  // namespace

Exit run(const Common& common, const ExportOptions& options, Console& console) {
  const auto registry = open_registry(common);
  if (!registry) return failed(console, registry.error());
  const auto files = files_of(**registry, options);
  if (!files) return failed(console, files.error());
  const std::filesystem::path folder = options.folder;
  std::error_code error;
  if (!options.dry_run) std::filesystem::create_directories(folder, error);
  if (error) return failed(console, error_from_errno(error.value(), folder.string()));
  for (const FlatFile& file : *files) {
    const auto path = folder / file.name;
    if (!options.dry_run) {
      const Status written = write_file_atomically(path, as_bytes(file.text));
      if (!written) return failed(console, written.error());
    }
    if (console.is_json()) {
      console.result({{"file", path.native()}, {"rows", file.rows}, {"bytes", file.text.size()}});
    } else {
      console.line(fmt::format("{:>8} rows  {}", file.rows, printable(path.native())));
    }
  }
  return Exit::kDone;
}

}  // namespace earmark::cli
