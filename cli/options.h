#pragma once
#include <string>
#include <variant>

#include "cli/commands.h"

namespace earmark::cli {

/// What to do.
struct Invocation {
  Common common;
  Command command;
};

/// What the command line is answered with at once: help and version (to standard output), or what is wrong
/// with it (to standard error).
struct Answer {
  Exit exit = Exit::kDone;
  std::string text;
};

using ParsedLine = std::variant<Invocation, Answer>;

/// Understands the command line and the environment (EARMARK_STORE, EARMARK_THREADS, XDG_DATA_HOME, HOME).
[[nodiscard]] ParsedLine parse_command_line(int argc, const char* const* argv);

/// Prints the answer where it belongs; returns the exit code.
[[nodiscard]] int give(const Answer& answer);

}  // namespace earmark::cli
