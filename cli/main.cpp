#include <cstdlib>
#include <string>
#include <variant>

#include "cli/commands.h"
#include "cli/open_store.h"
#include "cli/options.h"
#include "cli/stop.h"
#include "cli/store_place.h"

namespace earmark::cli {
namespace {

/// What the program ends with when the command has returned: a stop and a lost output say more than the
/// command can. A service that was stopped has done all that it was asked to.
int exit_code(Exit command, const Invocation& invocation, const Console& console) {
  constexpr int kSignalBase = 128;
  if (!console.output_error().empty()) return static_cast<int>(Exit::kFailed);
  const bool is_service = std::holds_alternative<ServeOptions>(invocation.command);
  if (const int signal = stop_signal(); signal != 0 && !is_service) return kSignalBase + signal;
  return static_cast<int>(command);
}

int run_program(int argc, char** argv) {
  ParsedLine parsed = parse_command_line(argc, argv);
  if (const auto* answer = std::get_if<Answer>(&parsed)) return give(*answer);
  auto& invocation = std::get<Invocation>(parsed);
  watch_signals();
  // --threads is meant for the layers below as well; nothing runs yet that could read the environment
  // meanwhile.
  ::setenv("EARMARK_THREADS", std::to_string(invocation.common.threads).c_str(), 1);
  Console console(invocation.common.console);
  auto store = settle_store(invocation.common.store);
  if (!store) return static_cast<int>(failed(console, store.error()));
  invocation.common.store = std::move(*store);
  const Exit exit = std::visit([&](const auto& options) { return run(invocation.common, options, console); },
                               invocation.command);
  console.end_progress();
  if (const std::string error = console.output_error(); !error.empty()) console.note(LogLevel::kError, error);
  return exit_code(exit, invocation, console);
}

}  // namespace
}  // namespace earmark::cli

int main(int argc, char** argv) { return earmark::cli::run_program(argc, argv); }
