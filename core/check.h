#pragma once

namespace earmark {

/// Prints "file:line: broken invariant: text" to stderr and aborts.
[[noreturn]] void check_failed(const char* file, int line, const char* text);

}  // namespace earmark

/// For what cannot happen unless the program is wrong; in every build. Never on input from outside.
#define EARMARK_CHECK(condition, text) \
  do { \
    if (!(condition)) ::earmark::check_failed(__FILE__, __LINE__, text); \
  } while (false)
