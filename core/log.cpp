#include "core/log.h"

#include <atomic>
#include <cstdio>

#include <unistd.h>

#include "core/json.h"
#include "core/text.h"
#include "core/time.h"

namespace earmark {
namespace {

std::atomic<LogLevel> threshold{LogLevel::kInfo};

std::string_view name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarning: return "warning";
    case LogLevel::kError: return "error";
  }
  return "error";
}

}  // namespace

void set_log_level(LogLevel level) { threshold = level; }

void log_text(LogLevel level, std::string_view message) {
  if (level < threshold.load()) return;
  const std::string time = to_rfc3339(system_clock().now());
  std::string line;
  if (::isatty(STDERR_FILENO) != 0) {
    line = fmt::format("{} {}: {}\n", time, name(level), printable(message));
  } else {
    line = to_line(Json{{"time", time}, {"level", name(level)}, {"message", message}}) + "\n";
  }
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace earmark
