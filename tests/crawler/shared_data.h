#pragma once
#include <filesystem>

namespace earmark::test {

/// A file or folder of the data sets that are not part of the repository: below $EARMARK_SHARED_DATA, or
/// ../shared/data seen from the repository. Empty where it is absent; the test then skips and says so.
[[nodiscard]] std::filesystem::path shared_data(const std::filesystem::path& name);

}  // namespace earmark::test
