#include "storage/migrations.h"

#include <string>

#include <fmt/format.h>

#include "core/check.h"

namespace earmark::storage {
namespace {

Status apply(Session& session, std::span<const Migration> migrations, Timestamp now) {
  EARMARK_TRY(const auto from, schema_version(session));
  if (from == 0) {
    EARMARK_TRY_STATUS(
        session.execute("CREATE TABLE IF NOT EXISTS schema_migrations (number BIGINT NOT NULL PRIMARY KEY,"
                        " name TEXT NOT NULL, applied_at BIGINT NOT NULL)"));
  }
  for (const Migration& migration : migrations) {
    if (migration.number <= from) continue;
    for (const std::string_view statement : migration.statements) {
      auto done = session.execute(session.in_dialect(statement));
      if (!done) return fail(done.error().with_context(fmt::format("migration {}", migration.number)));
    }
    EARMARK_TRY_STATUS(session.execute(
        "INSERT INTO schema_migrations (number, name, applied_at) VALUES (:number, :name, :applied_at)",
        {migration.number, migration.name, now}));
  }
  return {};
}

}  // namespace

Result<std::int64_t> schema_version(Session& session) {
  EARMARK_TRY(const bool ours, session.has_table("schema_migrations"));
  if (ours) return session.get<std::int64_t>("SELECT coalesce(max(number), 0) FROM schema_migrations");
  EARMARK_TRY(const bool others, session.has_tables());
  if (others) {
    return fail(ErrorCode::kUnsupported,
                "a database of another program (it has tables, but no schema_migrations)");
  }
  return 0;
}

Status migrate(Session& session, std::span<const Migration> migrations, Timestamp now) {
  EARMARK_CHECK(!migrations.empty(), "a schema has at least one migration");
  const std::int64_t newest = migrations.back().number;
  EARMARK_TRY(const auto version, schema_version(session));
  if (version > newest) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("schema {} is newer than this program knows ({}): use the newer program", version,
                            newest));
  }
  if (version == newest) return {};
  EARMARK_TRY_STATUS(session.begin_write());
  auto applied = apply(session, migrations, now);
  if (applied) {
    auto committed = session.execute("COMMIT");
    if (committed) return {};
    applied = fail(committed.error());
  }
  // A failed statement may have ended the transaction already: then this fails, and changes nothing.
  (void)session.execute("ROLLBACK");
  return applied;
}

}  // namespace earmark::storage
