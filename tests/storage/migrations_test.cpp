#include "storage/migrations.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::storage {
namespace {

constexpr std::string_view kOne[] = {"CREATE TABLE people (key {key}, name TEXT NOT NULL)"};
constexpr std::string_view kTwo[] = {"ALTER TABLE people ADD COLUMN born BIGINT",
                                     "CREATE TABLE photos (key {key}, picture {blob})",
                                     "UPDATE people SET born = 1900"};
constexpr std::string_view kBroken[] = {"CREATE TABLE more (key {key})", "CREATE TABLE people (key {key})"};
constexpr Migration kOld[] = {{1, "one", kOne}};
constexpr Migration kNew[] = {{1, "one", kOne}, {2, "two", kTwo}};
constexpr Migration kBad[] = {{1, "one", kOne}, {2, "broken", kBroken}};
constexpr Timestamp kNow{std::chrono::milliseconds(1'000)};

class MigrationsTest : public testing::Test {
 protected:
  Result<Session> open() { return Session::open(folder_ / "a.db", Session::Mode::kReadWrite); }
  test::TempDir folder_;
};

TEST_F(MigrationsTest, KeepTheDataOfAnOlderSchema) {
  {
    ASSERT_OK_AND(auto session, open());
    ASSERT_OK(migrate(session, kOld, kNow));
    ASSERT_OK(session.execute("INSERT INTO people (name) VALUES ('Ada')"));
  }
  ASSERT_OK_AND(auto session, open());

  ASSERT_OK(migrate(session, kNew, kNow));

  ASSERT_OK_AND(const auto born, session.get<std::int64_t>("SELECT born FROM people WHERE name = 'Ada'"));
  EXPECT_EQ(born, 1900);
  ASSERT_OK_AND(const auto version, schema_version(session));
  EXPECT_EQ(version, 2);
}

TEST_F(MigrationsTest, AreAppliedOnce) {
  ASSERT_OK_AND(auto session, open());
  ASSERT_OK(migrate(session, kNew, kNow));
  ASSERT_OK(session.execute("INSERT INTO people (name, born) VALUES ('Ada', 1815)"));

  ASSERT_OK(migrate(session, kNew, kNow));

  ASSERT_OK_AND(const auto born, session.get<std::int64_t>("SELECT born FROM people"));
  EXPECT_EQ(born, 1815);
}

TEST_F(MigrationsTest, RefuseASchemaFromTheFuture) {
  ASSERT_OK_AND(auto session, open());
  ASSERT_OK(migrate(session, kNew, kNow));
  EXPECT_FAILS(migrate(session, kOld, kNow), ErrorCode::kUnsupported);
}

TEST_F(MigrationsTest, RefuseTheDatabaseOfAnotherProgram) {
  ASSERT_OK_AND(auto session, open());
  ASSERT_OK(session.execute("CREATE TABLE bookmarks (url TEXT)"));
  EXPECT_FAILS(migrate(session, kNew, kNow), ErrorCode::kUnsupported);
}

TEST_F(MigrationsTest, ThatFailLeaveTheOldSchema) {
  ASSERT_OK_AND(auto session, open());
  ASSERT_OK(migrate(session, kOld, kNow));

  const auto migrated = migrate(session, kBad, kNow);

  ASSERT_FALSE(migrated);
  EXPECT_NE(migrated.error().message.find("migration 2"), std::string::npos) << migrated.error().message;
  ASSERT_OK_AND(const auto version, schema_version(session));
  EXPECT_EQ(version, 1);
  ASSERT_OK_AND(const bool half, session.has_table("more"));
  EXPECT_FALSE(half);
}

}  // namespace
}  // namespace earmark::storage
