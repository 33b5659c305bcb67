#include "registry/store_copy.h"

#include <fstream>
#include <map>

#include "tests/registry/claims_fixture.h"

namespace earmark::registry {
namespace {

/// A store with something in most of its tables, copied to a file: from PostgreSQL where the tests run on it.
class StoreCopyTest : public ClaimsTest {
 protected:
  void SetUp() override {
    ClaimsTest::SetUp();
    record(scan({sighting(60'000), sighting(600'000, 0.7)}));
    ASSERT_OK(registry_->rights().ensure_work("T-034.524.680-1", "A work", "test"));
    order_.from = folder_ / "store";
    order_.to = folder_ / "copy";
    order_.progress = [this](std::string_view step, std::string_view, std::int64_t) {
      ++steps_[std::string(step)];
    };
    order_.before_commit = [] { return Status(); };
  }
  [[nodiscard]] Result<std::unique_ptr<Registry>> open_copy(const std::filesystem::path& folder) const {
    Registry::Options options;
    options.store = folder;
    options.clock = &clock_;
    return Registry::open(options);
  }

  StoreCopy order_;
  std::map<std::string, int> steps_;
};

TEST_F(StoreCopyTest, HasEverythingAndGoesOn) {
  ASSERT_OK_AND(const auto copied, copy_store(order_));

  std::int64_t recordings = 0;
  for (const auto& table : copied) recordings += table.name == "recordings" ? table.rows : 0;
  EXPECT_EQ(recordings, 1);
  EXPECT_GT(steps_["copy"], 5);
  EXPECT_EQ(steps_["copy"], steps_["compare"]);
  ASSERT_OK_AND(const auto copy, open_copy(order_.to));
  EXPECT_EQ(copy->store_uuid(), registry_->store_uuid());
  ASSERT_OK(copy->verify());
  ASSERT_OK_AND(const auto claims, copy->claims().list({}));
  ASSERT_EQ(claims.size(), 2U);
  EXPECT_EQ(claims[0].id, this->claims()[0].id);
  EXPECT_EQ(claims[1].status, ClaimStatus::kReview);
  ASSERT_OK_AND(const auto added, copy->recordings().add(recording("another")));
  EXPECT_GT(added.recording.key, song_.key);
  clock_.advance(std::chrono::days(31));
  ASSERT_OK_AND(const auto fired, copy->claims().tick());
  EXPECT_EQ(fired.size(), 2U);
}

TEST_F(StoreCopyTest, ATargetThatWasOnlyOpenedGivesWay) {
  ASSERT_OK(open_copy(order_.to));
  ASSERT_OK(copy_store(order_));
  ASSERT_OK_AND(const auto copy, open_copy(order_.to));
  EXPECT_EQ(copy->store_uuid(), registry_->store_uuid());
}

TEST_F(StoreCopyTest, ATargetWithAnythingInItIsRefusedAndLeftAlone) {
  {
    ASSERT_OK_AND(const auto other, open_copy(order_.to));
    ASSERT_OK(other->feeds().add("https://example.org/other.xml"));
  }
  const auto copied = copy_store(order_);
  EXPECT_FAILS(copied, ErrorCode::kConflict);
  EXPECT_NE(copied.error().message.find("1 rows in feeds"), std::string::npos) << copied.error().message;
  ASSERT_OK_AND(const auto other, open_copy(order_.to));
  EXPECT_NE(other->store_uuid(), registry_->store_uuid());
  ASSERT_OK_AND(const auto stats, other->stats());
  EXPECT_EQ(stats.recordings, 0);
}

TEST_F(StoreCopyTest, WhatFailsBeforeTheEndLeavesNothing) {
  order_.before_commit = [] { return Status(fail(ErrorCode::kIo, "no key")); };
  EXPECT_FAILS(copy_store(order_), ErrorCode::kIo);
  ASSERT_OK_AND(const auto copy, open_copy(order_.to));
  ASSERT_OK_AND(const auto stats, copy->stats());
  EXPECT_EQ(stats.recordings + stats.claims + stats.parties, 0);
}

TEST_F(StoreCopyTest, NeedsAStoreAndAnotherPlace) {
  order_.to = order_.from;
  EXPECT_FAILS(copy_store(order_), ErrorCode::kInvalidArgument);
  order_.to = folder_ / "copy";
  order_.from = folder_ / "nothing";
  EXPECT_FAILS(copy_store(order_), ErrorCode::kNotFound);
}

TEST(Place, OfAFolderIsItsFileOrTheDatabaseThatItNames) {
  const test::TempDir folder;
  ASSERT_OK_AND(const auto file, address_of(folder.path()));
  EXPECT_EQ(file.file(), folder / kDatabaseFile);
  EXPECT_FALSE(is_store(folder.path()));

  ASSERT_OK_AND(const auto url, storage::Address::of_url("postgresql://ann:one@db.example/earmark"));
  ASSERT_OK(bind_folder(folder / "deep" / "er", url));
  EXPECT_TRUE(is_store(folder / "deep" / "er"));
  ASSERT_OK_AND(const auto bound, address_of(folder / "deep" / "er"));
  EXPECT_EQ(bound.url(), url.url());
  using std::filesystem::perms;
  const auto mode = std::filesystem::status(folder / "deep" / "er" / kAddressFile).permissions();
  EXPECT_EQ(mode & (perms::group_all | perms::others_all), perms::none) << "it may hold a password";
}

TEST(Place, BelongsToOneDatabase) {
  const test::TempDir folder;
  const auto url = [](const char* text) { return storage::Address::of_url(text).value(); };
  ASSERT_OK(bind_folder(folder.path(), url("postgresql://ann:one@db.example/earmark")));
  ASSERT_OK(bind_folder(folder.path(), url("postgresql://ann:two@db.example/earmark")));
  EXPECT_EQ(address_of(folder.path()).value().url(), "postgresql://ann:two@db.example/earmark");
  EXPECT_FAILS(bind_folder(folder.path(), url("postgresql://db.example/other")), ErrorCode::kConflict);

  std::ofstream(folder / kDatabaseFile) << "tables";
  EXPECT_FAILS(address_of(folder.path()), ErrorCode::kConflict);
  EXPECT_FAILS(bind_folder(folder.path(), url("postgresql://ann:two@db.example/earmark")),
               ErrorCode::kConflict);

  const test::TempDir broken;
  std::ofstream(broken / kAddressFile) << "sqlite:nonsense";
  EXPECT_FAILS(address_of(broken.path()), ErrorCode::kCorrupt);
  EXPECT_EQ(folder_name(url("postgresql://ann:one@db.example/earmark")),
            folder_name(url("postgresql://ann:two@db.example/earmark")));
}

}  // namespace
}  // namespace earmark::registry
