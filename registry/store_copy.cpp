#include "registry/store_copy.h"

#include <fmt/format.h>

#include "registry/place.h"
#include "registry/schema.h"
#include "storage/copy.h"
#include "storage/database.h"

namespace earmark::registry {
namespace {

using storage::Database;
using storage::Session;
using storage::Table;

/// Written by the migrations, on either side.
constexpr std::string_view kMigrations = "schema_migrations";
/// The name of a store, which opening it makes.
constexpr std::string_view kIdentity = "store";

Result<std::unique_ptr<Database>> open(const std::filesystem::path& folder, Database::Access access) {
  Database::Options options;
  EARMARK_TRY(options.address, address_of(folder));
  options.access = access;
  options.migrations = schema();
  return Database::open(options);
}

Result<std::vector<Table>> tables_to_copy(Session& session) {
  EARMARK_TRY(auto tables, session.tables());
  std::erase_if(tables, [](const Table& table) { return table.name == kMigrations; });
  return tables;
}

/// A store that was only opened has a name and nothing else; that one gives way.
Status make_room(Session& to, const std::vector<Table>& tables, const std::string& name) {
  for (const Table& table : tables) {
    if (table.name == kIdentity) continue;
    EARMARK_TRY(const auto rows, to.get<std::int64_t>(fmt::format("SELECT count(*) FROM {}", table.name)));
    if (rows == 0) continue;
    return fail(ErrorCode::kConflict,
                fmt::format("{}: holds a store already ({} rows in {}); copy to an empty one", name, rows,
                            table.name));
  }
  EARMARK_TRY_STATUS(to.execute(fmt::format("DELETE FROM {}", kIdentity)));
  return {};
}

Result<std::vector<CopiedTable>> copy_all(Session& from, Session& to, const StoreCopy& order,
                                          const std::string& target) {
  EARMARK_TRY(const auto tables, tables_to_copy(from));
  EARMARK_TRY_STATUS(make_room(to, tables, target));
  std::vector<CopiedTable> copied;
  for (const Table& table : tables) {
    EARMARK_TRY(const auto rows, storage::copy_rows(from, to, table, [&](std::int64_t done) {
                  order.progress("copy", table.name, done);
                }));
    copied.push_back({table.name, rows});
  }
  for (const Table& table : tables) {
    EARMARK_TRY_STATUS(storage::compare_rows(
        from, to, table, [&](std::int64_t done) { order.progress("compare", table.name, done); }));
  }
  EARMARK_TRY_STATUS(order.before_commit());
  return copied;
}

}  // namespace

Result<std::vector<CopiedTable>> copy_store(const StoreCopy& order) {
  EARMARK_TRY(const auto source, open(order.from, Database::Access::kReadOnly));
  EARMARK_TRY(const auto place, address_of(order.to));
  if (place.name() == source->address().name())
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}: source and target are the same", place.name()));
  EARMARK_TRY(const auto target, open(order.to, Database::Access::kReadWrite));
  return target->write([&](Session& to) {
    return source->read([&](Session& from) { return copy_all(from, to, order, place.name()); });
  });
}

}  // namespace earmark::registry
