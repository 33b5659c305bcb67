#pragma once
// The part of the command line that is about crawling.
#include <optional>

#include "cli/commands.h"
#include "cli/options_rights.h"

namespace earmark::cli {

/// Where CLI11 puts what was said.
struct CrawlValues {
  int interval_s = 900;
  int delay_ms = 500;
  CrawlAddOptions add;
  CrawlRunOptions run;
  CrawlPreviewOptions preview;
  CrawlStatusOptions status;
  CrawlPauseOptions pause;
  CrawlExportOptions out;
  CrawlRobotsOptions robots;
  std::optional<Command> chosen;  ///< set by the command that was given
};

/// Adds `crawl` with its commands. `values` must outlive the parsing.
void add_crawl_commands(CLI::App& app, CrawlValues& values, const MakeCommand& make);

}  // namespace earmark::cli
