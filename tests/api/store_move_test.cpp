// Every table of a store, filled, moved to another database and back: from PostgreSQL where the tests run on
// it.
#include <set>

#include <fmt/format.h>

#include "audience/listener_keys.h"
#include "core/hash.h"
#include "registry/store_copy.h"
#include "tests/api/fixture.h"
#include "tests/api/write_paths.h"

namespace earmark::api {
namespace {

using storage::Session;
using storage::Table;

std::string shown(const storage::Value& value) {
  return std::visit(
      [](const auto& field) -> std::string {
        using Field = std::decay_t<decltype(field)>;
        if constexpr (std::is_same_v<Field, std::monostate>) {
          return "NULL";
        } else if constexpr (std::is_same_v<Field, Bytes>) {
          return to_hex(field);
        } else if constexpr (std::is_same_v<Field, double>) {
          return fmt::format("{}", field);
        } else if constexpr (std::is_same_v<Field, std::string>) {
          return field;
        } else {
          return std::to_string(field);
        }
      },
      value);
}

/// Every row of every table but the log of migrations, as text.
Result<std::set<std::string>> rows_of(storage::Database& database) {
  return database.read([](Session& session) -> Result<std::set<std::string>> {
    std::set<std::string> rows;
    EARMARK_TRY(const auto tables, session.tables());
    for (const Table& table : tables) {
      if (table.name == "schema_migrations") continue;
      std::vector<storage::ColumnType> types;
      std::string columns;
      for (const auto& column : table.columns) {
        types.push_back(column.type);
        columns += (columns.empty() ? "" : ", ") + column.name;
      }
      EARMARK_TRY_STATUS(session.scan(fmt::format("SELECT {} FROM {}", columns, table.name), {}, types,
                                      [&](std::span<storage::Value> row) {
                                        std::string text = table.name;
                                        for (const auto& value : row) text += "|" + shown(value);
                                        rows.insert(std::move(text));
                                      }));
    }
    return rows;
  });
}

std::set<std::string> empty_tables(storage::Database& database) {
  std::set<std::string> empty;
  const Status done = database.read([&](Session& session) -> Status {
    EARMARK_TRY(const auto tables, session.tables());
    for (const Table& table : tables) {
      EARMARK_TRY(const auto rows,
                  session.get<std::int64_t>(fmt::format("SELECT count(*) FROM {}", table.name)));
      if (rows == 0) empty.insert(table.name);
    }
    return {};
  });
  EXPECT_TRUE(done) << done.error().message;
  return empty;
}

class StoreMoveTest : public testing::Test {
 protected:
  void SetUp() override {
    fixture_.store.reset();
    ASSERT_OK_AND(auto stores, Stores::open(fixture_.folder / "store", fixture_.clock));
    for (const char* unique : {"one", "two"}) {
      for (const WritePath& path : write_paths()) {
        const auto written = path.write(stores, std::string(unique) + "-" + path.name);
        ASSERT_TRUE(written) << path.name << ": " << written.error().message;
        written_.emplace_back(&path, *written);
      }
      fixture_.clock.advance(std::chrono::days(40));
    }
    ASSERT_OK_AND(const auto period, registry::parse_period("14d"));
    ASSERT_OK(stores.registry->claims().set_period("disputed", period));
    ASSERT_OK(stores.audience->add_user_agents(audience::UserAgents::builtin()));
    ASSERT_OK(stores.books->close(Timestamp(std::chrono::days(1)), "test"));
    stores_.emplace(std::move(stores));
  }
  /// Copies as the program does: with the keys of listeners, which are in a file.
  Status copy(const std::filesystem::path& from, const std::filesystem::path& to) {
    registry::StoreCopy order;
    order.from = from;
    order.to = to;
    order.progress = [](std::string_view, std::string_view, std::int64_t) {};
    order.before_commit = [&]() -> Status {
      std::filesystem::copy_file(from / audience::kKeyFile, to / audience::kKeyFile);
      return {};
    };
    EARMARK_TRY_STATUS(registry::copy_store(order));
    return {};
  }
  void expect_whole(Stores& stores) {
    for (const auto& [path, written] : written_) EXPECT_TRUE(path->holds(stores, written)) << path->name;
    EXPECT_TRUE(stores.books->verify());
    const Status sound = check_invariants(stores);
    EXPECT_TRUE(sound) << sound.error().message;
  }

  StoreFixture fixture_;
  std::optional<Stores> stores_;
  std::vector<std::pair<const WritePath*, std::string>> written_;
};

TEST_F(StoreMoveTest, TakesEveryRowThereAndBack) {
  EXPECT_EQ(empty_tables(stores_->service->database()), std::set<std::string>{})
      << "tables that nothing fills here";
  expect_whole(*stores_);
  const auto store = fixture_.folder / "store";
  const auto there = fixture_.folder / "there";
  const auto back = fixture_.folder / "back";
  ASSERT_OK(copy(store, there));
  if (test::on_postgresql()) {
    ASSERT_OK(registry::bind_folder(back, test::new_address(fixture_.folder.path(), "unused.db")));
  }
  ASSERT_OK(copy(there, back));

  ASSERT_OK_AND(const auto rows, rows_of(stores_->service->database()));
  EXPECT_GT(rows.size(), 300U);
  for (const auto& folder : {there, back}) {
    ASSERT_OK_AND(auto stores, Stores::open(folder, fixture_.clock));
    ASSERT_OK_AND(const auto copied, rows_of(stores.service->database()));
    EXPECT_EQ(copied, rows);
    expect_whole(stores);
    // It goes on there: generated keys are above those that were copied.
    for (const WritePath& path : write_paths()) {
      const auto written = path.write(stores, std::string("three-") + path.name);
      ASSERT_TRUE(written) << path.name << ": " << written.error().message;
      EXPECT_TRUE(path.holds(stores, *written)) << path.name;
    }
    expect_whole(stores);
  }
}

}  // namespace
}  // namespace earmark::api
