#pragma once
// The part of the command line that is about live streams.
#include <optional>

#include "cli/commands.h"
#include "cli/options_rights.h"

namespace earmark::cli {

/// Where CLI11 puts what was said.
struct LiveValues {
  LiveAddOptions add;
  LiveStateOptions state;
  LiveRunOptions run;
  LiveLogOptions log;
  std::optional<Command> chosen;  ///< set by the command that was given
};

/// Adds `live` with its commands. `values` must outlive the parsing.
void add_live_commands(CLI::App& app, LiveValues& values, const MakeCommand& make);

}  // namespace earmark::cli
