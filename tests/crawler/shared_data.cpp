#include "tests/crawler/shared_data.h"

#include <cstdlib>

namespace earmark::test {

std::filesystem::path shared_data(const std::filesystem::path& name) {
  const char* given = std::getenv("EARMARK_SHARED_DATA");
  const std::filesystem::path root =
      given != nullptr ? std::filesystem::path(given)
                       : std::filesystem::path(EARMARK_SOURCE_DIR) / ".." / "shared" / "data";
  std::error_code ignored;
  return std::filesystem::exists(root / name, ignored) ? root / name : std::filesystem::path();
}

}  // namespace earmark::test
