#pragma once
// What the live commands take; a part of cli/commands.h.
#include <cstddef>
#include <string>
#include <vector>

#include "registry/live.h"

namespace earmark::cli {

struct LiveAddOptions {
  std::vector<std::string> streams;  ///< URLs
  std::string title;                 ///< empty: none
};
struct LiveStateOptions {
  std::vector<std::string> streams;
  registry::StreamState state = registry::StreamState::kRemoved;
};
struct LiveListOptions {};
struct LiveRunOptions {
  bool allow_private = false;
  std::string contact;      ///< that servers are told; empty: none
  std::size_t most = 1000;  ///< streams
};
struct LiveLogOptions {
  std::string stream;
  std::string day;     ///< "2026-11-25"; empty: today (UTC)
  std::string output;  ///< file; empty: standard output
  bool titles = false;
  bool sessions = false;
};

}  // namespace earmark::cli
