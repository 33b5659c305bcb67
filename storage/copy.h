#pragma once
#include <cstdint>
#include <functional>

#include "core/result.h"
#include "storage/session.h"
#include "storage/table.h"

namespace earmark::storage {

/// Told now and then: how many rows of a table are done.
using CopyProgress = std::function<void(std::int64_t rows)>;

/// Puts all rows of a table into the one of the same name; how many. Both sessions are in a transaction; in
/// memory there is a page of rows at a time. kConflict: a row of that key is there already.
[[nodiscard]] Result<std::int64_t> copy_rows(Session& from, Session& to, const Table& table,
                                             const CopyProgress& progress);

/// Reads both tables to their ends and compares every field; how many rows. kCorrupt names the first row that
/// differs.
[[nodiscard]] Result<std::int64_t> compare_rows(Session& left, Session& right, const Table& table,
                                                const CopyProgress& progress);

}  // namespace earmark::storage
