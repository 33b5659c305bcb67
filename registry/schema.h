#pragma once
#include <span>

#include "storage/migrations.h"

namespace earmark::registry {

/// Every change of the registry's schema so far (docs/store.md describes the tables).
[[nodiscard]] std::span<const storage::Migration> schema();

}  // namespace earmark::registry
