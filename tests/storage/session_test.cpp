#include "storage/session.h"

#include <limits>
#include <tuple>

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::storage {
namespace {

class SessionTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Session::open(folder_ / "a.db", Session::Mode::kReadWrite);
    ASSERT_TRUE(opened) << opened.error().message;
    session_.emplace(std::move(*opened));
    ASSERT_OK(session_->execute(
        "CREATE TABLE t (key INTEGER PRIMARY KEY, i BIGINT, r DOUBLE PRECISION, s TEXT, b BLOB)"));
  }

  test::TempDir folder_;
  std::optional<Session> session_;
};

TEST_F(SessionTest, EveryTypeComesBackAsItWent) {
  const std::string text("a\0b\xc3\xa9\xff", 6);
  Bytes blob(5'000'000);
  for (std::size_t i = 0; i < blob.size(); ++i) blob[i] = static_cast<std::byte>(i * 2654435761U >> 24U);
  const Timestamp time{std::chrono::milliseconds(1'700'000'000'123)};

  for (const std::int64_t integer : {std::numeric_limits<std::int64_t>::min(), std::int64_t{0},
                                     std::numeric_limits<std::int64_t>::max()}) {
    ASSERT_OK(session_->execute("DELETE FROM t"));
    ASSERT_OK(
        session_->execute("INSERT INTO t (i, r, s, b) VALUES (:i, :r, :s, :b)", {integer, 0.1, text, blob}));
    using Row = std::tuple<std::int64_t, double, std::string, Bytes>;
    ASSERT_OK_AND(const auto row, session_->get<Row>("SELECT i, r, s, b FROM t"));
    EXPECT_EQ(row, Row(integer, 0.1, text, blob));
  }

  ASSERT_OK(session_->execute("UPDATE t SET i = :time", {time}));
  ASSERT_OK_AND(const auto read, session_->get<std::tuple<Timestamp>>("SELECT i FROM t"));
  EXPECT_EQ(std::get<0>(read), time);
}

TEST_F(SessionTest, EmptyIsNotNull) {
  ASSERT_OK(session_->execute("INSERT INTO t (s, b) VALUES (:s, :b)", {"", Bytes()}));

  using Row = std::tuple<std::optional<std::string>, std::optional<std::int64_t>, std::optional<double>>;
  ASSERT_OK_AND(const auto row, session_->get<Row>("SELECT s, i, r FROM t"));
  EXPECT_EQ(row, Row("", std::nullopt, std::nullopt));
}

TEST_F(SessionTest, OptionalParametersBecomeNull) {
  ASSERT_OK(session_->execute("INSERT INTO t (i, s) VALUES (:i, :s)",
                              {std::optional<std::int64_t>(), std::optional<std::string>("x")}));

  ASSERT_OK_AND(const auto nulls,
                session_->get<std::int64_t>("SELECT count(*) FROM t WHERE i IS NULL AND s = 'x'"));
  EXPECT_EQ(nulls, 1);
}

TEST_F(SessionTest, FindSaysWhenThereIsNothing) {
  ASSERT_OK_AND(const auto row, session_->find<std::int64_t>("SELECT key FROM t WHERE i = :i", {7}));
  EXPECT_FALSE(row);
}

TEST_F(SessionTest, ExecuteCountsTheRowsItChanged) {
  ASSERT_OK(session_->execute("INSERT INTO t (i) VALUES (1), (2), (3)"));
  ASSERT_OK_AND(const auto changed, session_->execute("UPDATE t SET i = 0 WHERE i > :i", {1}));
  EXPECT_EQ(changed, 2);
  ASSERT_OK_AND(const auto none, session_->execute("UPDATE t SET i = 0 WHERE i > :i", {100}));
  EXPECT_EQ(none, 0);
}

TEST_F(SessionTest, ErrorsHaveTheirCode) {
  ASSERT_OK(session_->execute("INSERT INTO t (key) VALUES (1)"));
  EXPECT_FAILS(session_->execute("INSERT INTO t (key) VALUES (1)"), ErrorCode::kConflict);
  EXPECT_FAILS(session_->execute("SELEC 1"), ErrorCode::kInternal);
  EXPECT_FAILS(session_->get<std::int64_t>("SELECT key FROM t WHERE key = 2"), ErrorCode::kInternal);
}

TEST_F(SessionTest, ForeignKeysAreEnforced) {
  ASSERT_OK(session_->execute("CREATE TABLE u (t BIGINT NOT NULL REFERENCES t (key))"));
  EXPECT_FAILS(session_->execute("INSERT INTO u (t) VALUES (99)"), ErrorCode::kConflict);
}

TEST(Session, OpensPathsWithAnyCharacters) {
  const test::TempDir folder;
  for (const char* name :
       {"with space.db", "quote\".db", "per%20cent=1?mode=memory.db", "\xc3\xbcml#aut.db", "'a'.db"}) {
    {
      ASSERT_OK_AND(auto session, Session::open(folder / name, Session::Mode::kReadWrite));
      ASSERT_OK(session.execute("CREATE TABLE t (i BIGINT)"));
    }
    EXPECT_TRUE(std::filesystem::exists(folder / name)) << name;
    ASSERT_OK_AND(auto session, Session::open(folder / name, Session::Mode::kReadOnly));
    EXPECT_FAILS(session.execute("INSERT INTO t (i) VALUES (1)"), ErrorCode::kIo);
  }
}

TEST(Session, SaysThatThereIsNoFile) {
  const test::TempDir folder;
  EXPECT_FAILS(Session::open(folder / "none.db", Session::Mode::kReadOnly), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace earmark::storage
