#pragma once
#include <filesystem>
#include <string_view>

#include "storage/address.h"

namespace earmark::test {

/// Whether the tests run on a PostgreSQL server (tests/support/postgresql.py).
[[nodiscard]] bool on_postgresql();

/// An empty schema of its own on that server; a file of that name in the folder where there is none.
[[nodiscard]] storage::Address new_address(const std::filesystem::path& folder, std::string_view file);

}  // namespace earmark::test
