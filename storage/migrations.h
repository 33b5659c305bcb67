#pragma once
// Numbered, forward-only changes of the schema. What was released is never edited: a change is a new number.
//
// In the statements {key} stands for the type of a generated integer key and {blob} for bytes, which is where
// the SQL of SQLite and PostgreSQL differ. A type is written in capitals: BIGINT, DOUBLE PRECISION, TEXT.
#include <cstdint>
#include <span>
#include <string_view>

#include "core/result.h"
#include "core/time.h"
#include "storage/session.h"

namespace earmark::storage {

struct Migration {
  std::int64_t number = 0;  ///< 1, 2, 3 … in order
  std::string_view name;
  std::span<const std::string_view> statements;
};

/// The number of the last migration that was applied; 0 for an empty database. kUnsupported when the database
/// has tables but was not made by this program.
[[nodiscard]] Result<std::int64_t> schema_version(Session& session);

/// Applies what is missing, all of it in one transaction. kUnsupported when the schema is newer than the last
/// of `migrations`.
[[nodiscard]] Status migrate(Session& session, std::span<const Migration> migrations, Timestamp now);

}  // namespace earmark::storage
