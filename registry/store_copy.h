#pragma once
// Moves a store from SQLite to PostgreSQL, or back.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace earmark::registry {

struct CopiedTable {
  std::string name;
  std::int64_t rows = 0;
};

struct StoreCopy {
  std::filesystem::path from;  ///< folders (registry/place.h)
  std::filesystem::path to;
  /// Told now and then: "copy" or "compare", the table, and how many of its rows are done.
  std::function<void(std::string_view step, std::string_view table, std::int64_t rows)> progress;
  /// Called before the copy becomes visible: what else belongs to the store. An error undoes the copy.
  std::function<Status()> before_commit;
};

/// Copies every table as it is at one moment, reads both sides again and compares them field by field, and
/// only then commits: after an error, or a crash at whatever instant, the target is as empty as before.
/// kNotFound: no store there; kConflict: the target holds a store already; kUnsupported: the source is of
/// another schema; kInvalidArgument: PostgreSQL cannot hold a text (which row).
[[nodiscard]] Result<std::vector<CopiedTable>> copy_store(const StoreCopy& order);

}  // namespace earmark::registry
