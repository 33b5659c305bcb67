#pragma once
// The options of `serve` and `keys`; the rest, and what is common, is in options.cpp.
#include <optional>
#include <string>

#include "cli/commands.h"
#include "cli/evidence_options.h"

namespace CLI {
class App;
}

namespace earmark::cli {

/// The values that CLI11 fills in.
struct ServiceValues {
  std::string listen;
  ServeOptions serve;
  KeysCreateOptions keys_create;
  KeysRevokeOptions keys_revoke;
  KeysRotateOptions keys_rotate;
};

/// `values` must outlive the parsing.
void add_service_commands(CLI::App& app, ServiceValues& values, const AddCommand& add);

/// Nothing: another command was given.
[[nodiscard]] std::optional<Command> chosen_service_command(const CLI::App& app, const ServiceValues& values);

}  // namespace earmark::cli
