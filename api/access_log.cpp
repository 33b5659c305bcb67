#include "api/access_log.h"

#include <cstdio>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

#include "core/json.h"
#include "core/text.h"
#include "core/time.h"

namespace earmark::api {

void log_access(const AccessEntry& entry) {
  const double milliseconds = static_cast<double>(entry.took.count()) / 1000.0;
  std::string line;
  if (::isatty(STDERR_FILENO) != 0) {
    line = fmt::format("{} {} {} {} {:.1f} ms\n", to_rfc3339(system_clock().now()), entry.method,
                       printable(entry.path), entry.status, milliseconds);
  } else {
    line = to_line(Json{{"time", to_rfc3339(system_clock().now())},
                        {"level", "info"},
                        {"message", "request"},
                        {"method", entry.method},
                        {"path", entry.path},
                        {"route", entry.route},
                        {"status", entry.status},
                        {"bytes", entry.bytes},
                        {"duration_ms", milliseconds},
                        {"key_id", entry.key_id},
                        {"trace_id", entry.trace_id}}) +
           "\n";
  }
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace earmark::api
