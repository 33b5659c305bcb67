#include "core/check.h"

#include <cstdio>
#include <cstdlib>

namespace earmark {

void check_failed(const char* file, int line, const char* text) {
  std::fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, text);
  std::abort();
}

}  // namespace earmark
