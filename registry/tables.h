#pragma once
#include <filesystem>
#include <memory>

#include "core/result.h"
#include "core/time.h"
#include "storage/database.h"

namespace earmark::registry {

/// The tables of a store, for a module that keeps its own beside the registry's: made and migrated first
/// where that is needed. Errors: as Registry::open.
[[nodiscard]] Result<std::unique_ptr<storage::Database>> open_tables(const std::filesystem::path& store,
                                                                     const Clock& clock);

}  // namespace earmark::registry
