// What PostgreSQL does behind the same statements. Runs on a server of its own (tests/support/postgresql.py).
#include <atomic>
#include <limits>
#include <thread>
#include <tuple>

#include <gtest/gtest.h>

#include "storage/database.h"
#include "tests/storage/child_process.h"
#include "tests/storage/test_address.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::storage {
namespace {

constexpr std::string_view kOne[] = {
    "CREATE TABLE t (key {key}, i BIGINT, r DOUBLE PRECISION, s TEXT UNIQUE, b {blob})",
    "CREATE TABLE u (t_key BIGINT NOT NULL PRIMARY KEY REFERENCES t (key))"};
constexpr std::string_view kTwo[] = {"ALTER TABLE t ADD COLUMN note TEXT NOT NULL DEFAULT ''",
                                     "UPDATE t SET note = 'old'"};
constexpr std::string_view kBroken[] = {"CREATE TABLE more (key {key})", "CREATE TABLE t (key {key})"};
constexpr Migration kOld[] = {{1, "one", kOne}};
constexpr Migration kNew[] = {{1, "one", kOne}, {2, "two", kTwo}};
constexpr Migration kBad[] = {{1, "one", kOne}, {2, "broken", kBroken}};

class PostgresqlTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(test::on_postgresql()) << "run it by tests/support/postgresql.py"; }
  [[nodiscard]] Result<std::unique_ptr<Database>> open(Database::Access access = Database::Access::kReadWrite,
                                                       std::span<const Migration> schema = kOld) const {
    Database::Options options;
    options.address = address_;
    options.access = access;
    options.migrations = schema;
    return Database::open(options);
  }
  [[nodiscard]] Result<Session> session(Session::Mode mode = Session::Mode::kReadWrite) const {
    return Session::open(address_, mode);
  }

  test::TempDir folder_;
  Address address_ = test::new_address(folder_.path(), "unused.db");
};

Result<std::int64_t> insert(Database& database, std::int64_t i) {
  return database.write([&](Session& session) {
    return session.get<std::int64_t>("INSERT INTO t (i) VALUES (:i) RETURNING key", {i});
  });
}

Result<std::int64_t> count(Database& database) {
  return database.read([](Session& session) { return session.get<std::int64_t>("SELECT count(*) FROM t"); });
}

TEST_F(PostgresqlTest, EveryTypeComesBackAsItWent) {
  ASSERT_OK(open());
  ASSERT_OK_AND(auto session, this->session());
  const std::string text = "a'\\\"\xc3\xa9 :x \xf0\x9f\x8e\xa7\n";
  Bytes blob(5'000'000);
  for (std::size_t i = 0; i < blob.size(); ++i) blob[i] = static_cast<std::byte>(i * 2654435761U >> 24U);
  using Row = std::tuple<std::int64_t, double, std::string, Bytes>;

  for (const std::int64_t integer : {std::numeric_limits<std::int64_t>::min(), std::int64_t{0},
                                     std::numeric_limits<std::int64_t>::max()}) {
    for (const double real : {0.1, 1e-300, -1.7976931348623157e308, 1.0 / 3.0}) {
      ASSERT_OK(session.execute("DELETE FROM t"));
      ASSERT_OK(
          session.execute("INSERT INTO t (i, r, s, b) VALUES (:i, :r, :s, :b)", {integer, real, text, blob}));
      ASSERT_OK_AND(const auto row, session.get<Row>("SELECT i, r, s, b FROM t"));
      EXPECT_EQ(row, Row(integer, real, text, blob));
    }
  }
}

TEST_F(PostgresqlTest, EmptyIsNotNull) {
  ASSERT_OK(open());
  ASSERT_OK_AND(auto session, this->session());
  ASSERT_OK(session.execute("INSERT INTO t (s, b, i) VALUES (:s, :b, :i)",
                            {"", Bytes(), std::optional<std::int64_t>()}));
  using Row = std::tuple<std::optional<std::string>, std::optional<std::int64_t>, std::optional<Bytes>,
                         std::optional<double>>;
  ASSERT_OK_AND(const auto row, session.get<Row>("SELECT s, i, b, r FROM t"));
  EXPECT_EQ(row, Row("", std::nullopt, Bytes(), std::nullopt));
}

TEST_F(PostgresqlTest, ErrorsHaveTheirCode) {
  ASSERT_OK(open());
  ASSERT_OK_AND(auto session, this->session());
  ASSERT_OK(session.execute("INSERT INTO t (s) VALUES ('x')"));
  EXPECT_FAILS(session.execute("INSERT INTO t (s) VALUES ('x')"), ErrorCode::kConflict);
  EXPECT_FAILS(session.execute("INSERT INTO u (t_key) VALUES (99)"), ErrorCode::kConflict);
  EXPECT_FAILS(session.execute("SELEC 1"), ErrorCode::kInternal);
  EXPECT_FAILS(session.execute("INSERT INTO t (s) VALUES (:s)", {std::string_view("a\0b", 3)}),
               ErrorCode::kInvalidArgument);
  EXPECT_FAILS(session.execute("INSERT INTO t (s) VALUES (:s)", {"\xff\xfe"}), ErrorCode::kInvalidArgument);
  ASSERT_OK_AND(auto reader, this->session(Session::Mode::kReadOnly));
  EXPECT_FAILS(reader.execute("INSERT INTO t (s) VALUES ('y')"), ErrorCode::kIo);
}

TEST_F(PostgresqlTest, WhatCannotBeReachedIsSaid) {
  const auto open_url = [](const std::string& url) {
    return Session::open(Address::of_url(url).value(), Session::Mode::kReadWrite);
  };
  const std::string base = address_.url().substr(0, address_.url().find("&options"));
  EXPECT_FAILS(open_url("postgresql:///x?host=" + folder_.path().string()), ErrorCode::kUnavailable);
  std::string missing = base;
  missing.replace(missing.find("/postgres?"), 10, "/nowhere?");
  const auto opened = open_url(missing);
  EXPECT_FAILS(opened, ErrorCode::kNotFound);
  EXPECT_NE(opened.error().message.find("createdb"), std::string::npos) << opened.error().message;
  EXPECT_FAILS(open_url(base + "&options=-csearch_path%3Dnone"), ErrorCode::kNotFound);
}

TEST_F(PostgresqlTest, TextsAreInTheOrderOfTheirBytes) {
  ASSERT_OK(open());
  ASSERT_OK_AND(auto session, this->session());
  ASSERT_OK(session.execute("INSERT INTO t (s) VALUES ('a'), ('B'), ('\xc3\xa4'), ('_')"));
  ASSERT_OK_AND(const auto sorted, session.query<std::string>("SELECT s FROM t ORDER BY s"));
  EXPECT_EQ(sorted, (std::vector<std::string>{"B", "_", "a", "\xc3\xa4"}));
}

TEST_F(PostgresqlTest, MigrationsKeepTheDataOfAnOlderSchema) {
  {
    ASSERT_OK_AND(const auto old, open());
    ASSERT_OK(insert(*old, 7));
  }
  ASSERT_OK_AND(const auto database, open(Database::Access::kReadWrite, kNew));
  ASSERT_OK_AND(const auto note, database->read([](Session& session) {
    return session.get<std::string>("SELECT note FROM t WHERE i = 7");
  }));
  EXPECT_EQ(note, "old");
  EXPECT_FAILS(open(), ErrorCode::kUnsupported);
}

TEST_F(PostgresqlTest, MigrationsThatFailLeaveTheOldSchema) {
  ASSERT_OK(open());
  const auto opened = open(Database::Access::kReadWrite, kBad);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("migration 2"), std::string::npos) << opened.error().message;
  ASSERT_OK_AND(auto session, this->session());
  ASSERT_OK_AND(const auto version, schema_version(session));
  EXPECT_EQ(version, 1);
  ASSERT_OK_AND(const bool half, session.has_table("more"));
  EXPECT_FALSE(half);
}

TEST_F(PostgresqlTest, TheDatabaseOfAnotherProgramIsRefused) {
  ASSERT_OK_AND(auto session, this->session());
  ASSERT_OK(session.execute("CREATE TABLE bookmarks (url text)"));
  EXPECT_FAILS(open(), ErrorCode::kUnsupported);
}

TEST_F(PostgresqlTest, OpenedForReadingMustExist) {
  EXPECT_FAILS(open(Database::Access::kReadOnly), ErrorCode::kNotFound);
  ASSERT_OK(open());
  ASSERT_OK_AND(const auto reader, open(Database::Access::kReadOnly));
  EXPECT_FAILS(insert(*reader, 1), ErrorCode::kIo);
}

TEST_F(PostgresqlTest, RollsBackWhatReturnsAnError) {
  ASSERT_OK_AND(const auto database, open());
  const auto failed = database->write([](Session& session) -> Status {
    EARMARK_TRY_STATUS(session.execute("INSERT INTO t (i) VALUES (1)"));
    return fail(ErrorCode::kRefused, "changed my mind");
  });
  EXPECT_FAILS(failed, ErrorCode::kRefused);
  EXPECT_EQ(count(*database), 0);
  ASSERT_OK(insert(*database, 2));
}

TEST_F(PostgresqlTest, IsSharedByProcessesWhoseHistoryHasNoHoles) {
  constexpr int kProcesses = 4;
  constexpr int kRows = 25;
  {
    std::vector<std::unique_ptr<test::ChildProcess>> children;
    for (int p = 0; p < kProcesses; ++p) {
      children.push_back(std::make_unique<test::ChildProcess>([&](const test::ChildProcess::Say&) {
        const auto database = open();
        if (!database) return 1;
        for (int i = 0; i < kRows; ++i) {
          // Whoever reads up to the newest number has all that were, or will be, below it.
          const auto gapless = (*database)->write([](Session& session) -> Result<std::int64_t> {
            EARMARK_TRY_STATUS(session.execute("INSERT INTO t (i) VALUES (1)"));
            return session.get<std::int64_t>("SELECT max(key) - count(*) FROM t");
          });
          if (!gapless || *gapless != 0) return 2;
        }
        return 0;
      }));
    }
    for (auto& child : children) EXPECT_EQ(child->wait(), 0);
  }
  ASSERT_OK_AND(const auto database, open());
  EXPECT_EQ(count(*database), kProcesses * kRows);
}

TEST_F(PostgresqlTest, AConnectionThatTheServerEndedIsOpenedAgain) {
  ASSERT_OK_AND(const auto database, open());
  ASSERT_OK(insert(*database, 1));
  ASSERT_OK_AND(auto other, session());
  ASSERT_OK(
      other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                    " AND usename = current_user"));

  // The first may be told of the end only when it tries.
  ASSERT_OK(insert(*database, 2));
  EXPECT_EQ(count(*database), 2);
}

TEST_F(PostgresqlTest, ATransactionWhoseConnectionEndsStoresNothing) {
  ASSERT_OK_AND(const auto database, open());
  ASSERT_OK_AND(auto other, session());
  const auto broken = database->write([&](Session& session) -> Status {
    EARMARK_TRY(const auto pid, session.get<std::int64_t>("SELECT pg_backend_pid()"));
    EARMARK_TRY_STATUS(session.execute("INSERT INTO t (i) VALUES (1)"));
    EARMARK_TRY_STATUS(other.execute("SELECT pg_terminate_backend(CAST(:pid AS integer), 5000)", {pid}));
    EARMARK_TRY_STATUS(session.execute("INSERT INTO t (i) VALUES (2)"));
    return {};
  });
  EXPECT_FAILS(broken, ErrorCode::kUnavailable);
  EXPECT_EQ(count(*database), 0);
}

TEST_F(PostgresqlTest, AWriterLeavesReadersInPeace) {
  ASSERT_OK_AND(const auto database, open());
  ASSERT_OK_AND(const auto other, open());
  ASSERT_OK(database->write([&](Session& session) -> Status {
    EARMARK_TRY_STATUS(session.execute("INSERT INTO t (i) VALUES (1)"));
    EARMARK_TRY(const auto seen, count(*other));
    EXPECT_EQ(seen, 0) << "not committed yet";
    return {};
  }));
  EXPECT_EQ(count(*other), 1);
}

}  // namespace
}  // namespace earmark::storage
