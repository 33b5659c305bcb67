#include "api/keys.h"

#include <gtest/gtest.h>

#include "core/file.h"
#include "tests/api/fixture.h"

namespace earmark::api {
namespace {

Keys::Wanted wanted(Role role, const char* party) {
  Keys::Wanted wanted;
  wanted.role = role;
  wanted.party = party;
  return wanted;
}

TEST(Keys, AreFoundByTheirSecretOnly) {
  StoreFixture fixture;
  Keys keys(*fixture.store);
  ASSERT_OK_AND(const auto made, keys.create(wanted(Role::kHolder, "Label")));

  ASSERT_OK_AND(const auto found, keys.find(made.secret));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, made.key.id);
  EXPECT_EQ(found->role, Role::kHolder);
  EXPECT_EQ(found->party, "Label");
  std::string other = made.secret;
  other.back() = other.back() == 'x' ? 'y' : 'x';
  for (const std::string& wrong :
       {other, made.secret + "x", made.key.id, std::string(), std::string("emk_")}) {
    ASSERT_OK_AND(const auto nobody, keys.find(wrong));
    EXPECT_FALSE(nobody) << wrong;
  }
}

TEST(Keys, AreKeptAsHashes) {
  StoreFixture fixture;
  Keys keys(*fixture.store);
  ASSERT_OK_AND(const auto made, keys.create(wanted(Role::kAdmin, "default")));
  fixture.store.reset();
  ASSERT_OK_AND(const auto bytes, read_file(fixture.folder / "store" / "earmark.db", 1 << 24));
  EXPECT_EQ(as_text(bytes).find(made.secret.substr(25)), std::string_view::npos);
  EXPECT_NE(as_text(bytes).find(made.key.id), std::string_view::npos);
}

TEST(Keys, EndWhenTheyAreRevokedOrExpire) {
  StoreFixture fixture;
  Keys keys(*fixture.store);
  Keys::Wanted short_lived = wanted(Role::kPlatform, "default");
  short_lived.life = std::chrono::hours(1);
  ASSERT_OK_AND(const auto one, keys.create(short_lived));
  ASSERT_OK_AND(const auto two, keys.create(wanted(Role::kPlatform, "default")));

  fixture.clock.advance(std::chrono::hours(1));
  ASSERT_OK(keys.revoke(two.key.id));

  ASSERT_OK_AND(const auto expired, keys.find(one.secret));
  ASSERT_OK_AND(const auto revoked, keys.find(two.secret));
  EXPECT_FALSE(expired);
  EXPECT_FALSE(revoked);
  EXPECT_FAILS(keys.revoke("key_nothing"), ErrorCode::kNotFound);
}

TEST(Keys, WorkSideBySideWhileTheyAreRotated) {
  StoreFixture fixture;
  Keys keys(*fixture.store);
  ASSERT_OK_AND(const auto first, keys.create(wanted(Role::kCreator, "Show")));

  ASSERT_OK_AND(const auto second, keys.rotate(first.key.id, std::chrono::hours(2)));

  EXPECT_EQ(second.key.role, Role::kCreator);
  EXPECT_EQ(second.key.party, "Show");
  EXPECT_FAILS(keys.rotate(first.key.id, std::chrono::hours(2)), ErrorCode::kConflict);
  for (const auto& secret : {first.secret, second.secret}) {
    ASSERT_OK_AND(const auto found, keys.find(secret));
    EXPECT_TRUE(found);
  }
  fixture.clock.advance(std::chrono::hours(2));
  ASSERT_OK_AND(const auto old, keys.find(first.secret));
  EXPECT_FALSE(old);
}

TEST(Roles, HaveWhatTheyNeedAndNoMore) {
  EXPECT_TRUE(has_scope(Role::kHolder, Scope::kDecideClaims));
  EXPECT_FALSE(has_scope(Role::kHolder, Scope::kAnswerClaims));
  EXPECT_FALSE(has_scope(Role::kCreator, Scope::kDecideClaims));
  EXPECT_FALSE(has_scope(Role::kPlatform, Scope::kReadRecordings));
  EXPECT_FALSE(has_scope(Role::kCrawler, Scope::kReadClaims));
  for (const Role role : {Role::kHolder, Role::kCrawler, Role::kPlatform, Role::kCreator, Role::kAdmin}) {
    EXPECT_EQ(parse_role(to_string(role)).value(), role);
    EXPECT_TRUE(has_scope(role, Scope::kMatch));
    EXPECT_EQ(has_scope(role, Scope::kWriteRecordings), role == Role::kHolder || role == Role::kAdmin);
  }
}

}  // namespace
}  // namespace earmark::api
