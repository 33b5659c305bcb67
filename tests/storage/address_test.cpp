#include "storage/address.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace earmark::storage {
namespace {

TEST(Address, TellsUrlsFromPaths) {
  EXPECT_TRUE(Address::is_url("postgresql://db.example/earmark"));
  EXPECT_TRUE(Address::is_url("postgres:///earmark"));
  EXPECT_TRUE(Address::is_url("PostgreSQL:///earmark"));
  EXPECT_FALSE(Address::is_url("/var/lib/postgresql:/x"));
  EXPECT_FALSE(Address::is_url("postgresql"));
  EXPECT_FALSE(Address::is_url(""));
  EXPECT_FAILS(Address::of_url("mysql://x/y"), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(Address::of_url(std::string_view("postgresql:///a\0b", 17)), ErrorCode::kInvalidArgument);
}

TEST(Address, NamesNoPassword) {
  const auto name = [](const char* url) { return Address::of_url(url).value().name(); };
  EXPECT_EQ(name("postgres://ann:se:cr@et@db.example:5433/earmark"),
            "postgresql://ann@db.example:5433/earmark");
  EXPECT_EQ(name("postgresql:///earmark?host=/run/postgresql&password=secret&user=ann"),
            "postgresql:///earmark?host=/run/postgresql&user=ann");
  EXPECT_EQ(name("postgresql:///earmark?password=secret"), "postgresql:///earmark");
  EXPECT_EQ(name("postgresql://ann@/earmark"), "postgresql://ann@/earmark");
  EXPECT_EQ(name("postgresql://"), "postgresql://");
  EXPECT_EQ(Address("/some/file.db").name(), "/some/file.db");
}

}  // namespace
}  // namespace earmark::storage
