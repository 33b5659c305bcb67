#pragma once
// The part of the command line that is about claims, policies, rights and review.
#include <functional>
#include <optional>
#include <string>

#include "cli/commands.h"

namespace CLI {
class App;
}

namespace earmark::cli {

/// Where CLI11 puts what was said.
struct RightsValues {
  ClaimStepOptions step;
  ClaimViewOptions view;
  PolicyOptions policy;
  RightsOptions rights;
  ReviewOptions review;
  ExportOptions out;
  std::optional<Command> chosen;  ///< set by the command that was given
};

/// Makes a command with the common options: parent, name, what it does, what its help teaches.
using MakeCommand = std::function<CLI::App&(CLI::App&, const char*, const char*, const char*)>;

/// Adds to `claims` the commands besides `claims list`.
void add_claim_commands(CLI::App& claims, RightsValues& values, const MakeCommand& make);
/// Adds `policy`, `rights`, `export`, and to `recordings`, which is there, `review`.
void add_rights_commands(CLI::App& app, RightsValues& values, const MakeCommand& make);

}  // namespace earmark::cli
