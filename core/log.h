#pragma once
#include <string_view>

#include <fmt/format.h>

namespace earmark {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

/// One event on stderr: a JSON line when stderr is no terminal, "time level message" when it is. Thread-safe.
/// Only layers 3 and 4 log; the layers below return errors and statistics.
void log_text(LogLevel level, std::string_view message);

/// Events below `level` are dropped (default kInfo).
void set_log_level(LogLevel level);

template <class... Args>
void log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
  log_text(level, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace earmark
