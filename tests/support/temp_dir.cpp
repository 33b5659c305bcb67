#include "tests/support/temp_dir.h"

#include <cstdlib>
#include <string>
#include <system_error>

#include "core/check.h"

namespace earmark::test {

TempDir::TempDir() {
  std::string name = (std::filesystem::temp_directory_path() / "earmark-test-XXXXXX").string();
  EARMARK_CHECK(::mkdtemp(name.data()) != nullptr, "cannot make a temporary folder");
  path_ = name;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace earmark::test
