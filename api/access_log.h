#pragma once
#include <chrono>
#include <cstdint>
#include <string_view>

namespace earmark::api {

/// One answered request. No address and no query: they may name a person, or hold a key.
struct AccessEntry {
  std::string_view method;
  std::string_view path;
  std::string_view route;
  std::string_view key_id;
  std::string_view trace_id;
  int status = 0;
  std::uint64_t bytes = 0;
  std::chrono::microseconds took{0};
};

/// One JSON line on standard error; a line for people where that is a terminal. Thread-safe.
void log_access(const AccessEntry& entry);

}  // namespace earmark::api
