#include "storage/copy.h"

#include <gtest/gtest.h>

#include "storage/migrations.h"
#include "tests/storage/test_address.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::storage {
namespace {

// "leaf" is made before what it points to is given a meaning: the order is that of the references.
constexpr std::string_view kTables[] = {
    "CREATE TABLE root (key {key}, name TEXT NOT NULL, weight DOUBLE PRECISION, picture {blob})",
    "CREATE TABLE pair (a TEXT NOT NULL, b BIGINT NOT NULL, note TEXT, PRIMARY KEY (b, a))",
    "CREATE TABLE leaf (root_key BIGINT NOT NULL PRIMARY KEY REFERENCES root (key))"};
constexpr Migration kSchema[] = {{1, "one", kTables}};
constexpr int kRows = 2500;  // several pages

class CopyTest : public testing::Test {
 protected:
  Session make(const Address& address) {
    auto session = Session::open(address, Session::Mode::kReadWrite);
    EXPECT_TRUE(session) << session.error().message;
    EXPECT_TRUE(migrate(*session, kSchema, Timestamp{}));
    return std::move(*session);
  }
  static void fill(Session& session) {
    ASSERT_OK(session.begin_write());
    for (int i = 0; i < kRows; ++i) {
      const Bytes picture(static_cast<std::size_t>(i % 40), static_cast<std::byte>(i));
      ASSERT_OK(
          session.execute("INSERT INTO pair (a, b, note) VALUES (:a, :b, :note)",
                          {std::to_string(i * 7919 % kRows), i % 50,
                           i % 3 == 0 ? std::optional<std::string>() : std::optional<std::string>("é")}));
      if (i % 10 != 0) continue;
      ASSERT_OK(session.execute("INSERT INTO root (name, weight, picture) VALUES (:name, :weight, :picture)",
                                {"Näme " + std::to_string(i), i / 3.0, picture}));
    }
    ASSERT_OK(session.execute("INSERT INTO leaf (root_key) SELECT key FROM root WHERE key > 5"));
    ASSERT_OK(session.execute("COMMIT"));
  }
  static Status copy(Session& from, Session& to) {
    EARMARK_TRY_STATUS(to.begin_write());
    EARMARK_TRY(const auto tables, from.tables());
    for (const Table& table : tables) {
      if (table.name == "schema_migrations") continue;
      EARMARK_TRY_STATUS(copy_rows(from, to, table, [](std::int64_t) {}));
    }
    EARMARK_TRY_STATUS(to.execute("COMMIT"));
    return {};
  }
  static Result<std::int64_t> compare(Session& left, Session& right) {
    std::int64_t rows = 0;
    EARMARK_TRY(const auto tables, left.tables());
    for (const Table& table : tables) {
      if (table.name == "schema_migrations") continue;
      EARMARK_TRY(const auto same, compare_rows(left, right, table, [](std::int64_t) {}));
      rows += same;
    }
    return rows;
  }

  test::TempDir folder_;
  Session from_ = make(test::new_address(folder_.path(), "from.db"));
  Session to_ = make(Address(folder_ / "to.db"));
};

TEST_F(CopyTest, ATableComesAfterWhatItPointsTo) {
  ASSERT_OK_AND(const auto tables, from_.tables());
  std::vector<std::string> names;
  for (const Table& table : tables) names.push_back(table.name);
  EXPECT_EQ(names, (std::vector<std::string>{"schema_migrations", "root", "pair", "leaf"}));
  EXPECT_EQ(tables[2].primary_key, (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(tables[1].columns.size(), 4U);
  EXPECT_EQ(tables[1].columns[3].type, ColumnType::kBlob);
}

TEST_F(CopyTest, ThereAndBackIsTheSame) {
  fill(from_);
  ASSERT_OK(copy(from_, to_));
  ASSERT_OK_AND(const auto rows, compare(from_, to_));
  EXPECT_EQ(rows, kRows + kRows / 10 + kRows / 10 - 5);

  auto back = make(test::new_address(folder_.path(), "back.db"));
  ASSERT_OK(copy(to_, back));
  ASSERT_OK(compare(to_, back));
  ASSERT_OK_AND(const auto next,
                back.get<std::int64_t>("INSERT INTO root (name) VALUES ('x') RETURNING key"));
  EXPECT_EQ(next, kRows / 10 + 1) << "keys go on above those that were copied";
}

TEST_F(CopyTest, EveryDifferenceIsNamed) {
  fill(from_);
  ASSERT_OK(copy(from_, to_));
  const auto differs = [&](const std::string& change, const std::string& said) {
    ASSERT_OK(to_.execute("BEGIN"));
    ASSERT_OK(to_.execute(change));
    const auto compared = compare(from_, to_);
    EXPECT_FAILS(compared, ErrorCode::kCorrupt);
    EXPECT_NE(compared.error().message.find(said), std::string::npos) << compared.error().message;
    ASSERT_OK(to_.execute("ROLLBACK"));
  };
  differs("UPDATE root SET weight = weight + 1e-13 WHERE key = 100", "table root, row 100: weight");
  differs("UPDATE root SET picture = NULL WHERE key = 2", "table root, row 2: picture");
  differs("UPDATE pair SET note = '' WHERE note IS NULL AND b = 49", "note");
  differs("DELETE FROM leaf WHERE root_key = 250", "table leaf: one side ends after 244 rows");
  ASSERT_OK(compare(from_, to_));
}

TEST_F(CopyTest, WhatIsThereAlreadyIsNamed) {
  fill(from_);
  ASSERT_OK(to_.execute("INSERT INTO root (key, name) VALUES (17, 'mine')"));
  const auto copied = copy(from_, to_);
  EXPECT_FAILS(copied, ErrorCode::kConflict);
  EXPECT_NE(copied.error().message.find("table root, row 17"), std::string::npos) << copied.error().message;
}

}  // namespace
}  // namespace earmark::storage
