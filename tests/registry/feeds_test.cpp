#include "registry/feeds.h"

#include "tests/registry/fixture.h"

namespace earmark::registry {
namespace {

class FeedsTest : public RegistryTest {
 protected:
  void SetUp() override {
    RegistryTest::SetUp();
    auto added = feeds().add("https://example.org/feed.xml");
    ASSERT_TRUE(added) << added.error().message;
    feed_ = added->feed;
  }
  Feeds& feeds() { return registry_->feeds(); }
  static EpisodeInput episode(const std::string& guid, const std::string& url,
                              std::optional<std::int64_t> length = 1000) {
    return {guid, "Episode " + guid, std::nullopt, url, "audio/mpeg", length};
  }
  std::vector<std::string> pending_guids(const PendingFilter& filter = {}) {
    std::vector<std::string> guids;
    const auto pending = feeds().pending(filter);
    EXPECT_TRUE(pending) << pending.error().message;
    for (const auto& item : pending.value_or(std::vector<Episode>())) guids.push_back(item.guid);
    return guids;
  }

  Feed feed_;
};

TEST_F(FeedsTest, AreAddedOnce) {
  ASSERT_OK_AND(const auto again, feeds().add("https://example.org/feed.xml"));
  EXPECT_FALSE(again.is_new);
  EXPECT_EQ(again.feed.key, feed_.key);
  ASSERT_OK_AND(const auto other, feeds().add("https://example.org/other.xml"));
  EXPECT_TRUE(other.is_new);
  ASSERT_OK_AND(const auto all, feeds().list());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].url, "https://example.org/feed.xml");
  EXPECT_FAILS(feeds().add(""), ErrorCode::kInvalidArgument);
}

TEST_F(FeedsTest, RememberValidatorsAndFailures) {
  ASSERT_OK(feeds().record_failure(feed_.key, "timed out"));
  ASSERT_OK(feeds().record_failure(feed_.key, "404"));
  ASSERT_OK_AND(auto found, feeds().find(feed_.url));
  EXPECT_EQ(found->failures, 2);
  EXPECT_EQ(found->error, "404");
  EXPECT_FALSE(found->fetched_at);

  ASSERT_OK(feeds().record_fetch(feed_.key, {"The Show", "\"abc\"", "Mon, 01 Jan 2024 00:00:00 GMT"}));
  ASSERT_OK(feeds().record_fetch(feed_.key, {"", "\"def\"", ""}));

  ASSERT_OK_AND(found, feeds().find(feed_.url));
  EXPECT_EQ(found->title, "The Show");
  EXPECT_EQ(found->etag, "\"def\"");
  EXPECT_EQ(found->failures, 0);
  EXPECT_EQ(found->error, "");
  EXPECT_EQ(found->fetched_at, clock_.now());
  EXPECT_FAILS(feeds().record_fetch(99, {}), ErrorCode::kNotFound);
  EXPECT_FAILS(feeds().record_failure(99, "x"), ErrorCode::kNotFound);
}

TEST_F(FeedsTest, KeepEpisodesByGuidAndVersionsByEnclosure) {
  const EpisodeInput first[] = {episode("1", "https://a/1.mp3"), episode("2", "https://a/2.mp3")};
  ASSERT_OK_AND(const auto added, feeds().upsert_episodes(feed_.key, first));
  EXPECT_EQ(added.new_episodes, 2);

  EpisodeInput second[] = {episode("2", "https://a/2.mp3", 2000), episode("3", "https://a/3.mp3"),
                           episode("1", "https://a/1.mp3", std::nullopt)};
  second[2].title = "Renamed";
  ASSERT_OK_AND(const auto outcome, feeds().upsert_episodes(feed_.key, second));

  EXPECT_EQ(outcome.new_episodes, 1);
  EXPECT_EQ(outcome.new_versions, 1);
  EXPECT_EQ(outcome.unchanged, 1);
  ASSERT_OK_AND(const auto all, feeds().episodes(feed_.key));
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].title, "Renamed");
  EXPECT_EQ(all[0].version, 1);
  EXPECT_EQ(all[0].enclosure_length, 1000);
  EXPECT_EQ(all[1].version, 2);
  EXPECT_EQ(all[1].enclosure_length, 2000);
  EXPECT_EQ(all[1].feed_url, feed_.url);
  EXPECT_EQ(all[2].guid, "3");
  EXPECT_EQ(pending_guids(), (std::vector<std::string>{"1", "2", "3"}));
}

TEST_F(FeedsTest, TakeTheLastOfTwoItemsWithOneGuid) {
  const EpisodeInput twice[] = {episode("1", "https://a/old.mp3"), episode("2", "https://a/2.mp3"),
                                episode("1", "https://a/new.mp3")};
  ASSERT_OK(feeds().upsert_episodes(feed_.key, twice));
  ASSERT_OK_AND(const auto again, feeds().upsert_episodes(feed_.key, twice));
  EXPECT_EQ(again.new_versions, 0);
  ASSERT_OK_AND(const auto all, feeds().episodes(feed_.key));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].enclosure_url, "https://a/new.mp3");
}

TEST_F(FeedsTest, RefuseItemsWithoutIdentityAsAWhole) {
  const EpisodeInput bad[] = {episode("1", "https://a/1.mp3"), episode("", "https://a/2.mp3")};
  EXPECT_FAILS(feeds().upsert_episodes(feed_.key, bad), ErrorCode::kInvalidArgument);
  const EpisodeInput none[] = {episode("1", "")};
  EXPECT_FAILS(feeds().upsert_episodes(feed_.key, none), ErrorCode::kInvalidArgument);
  const EpisodeInput good[] = {episode("1", "https://a/1.mp3")};
  EXPECT_FAILS(feeds().upsert_episodes(99, good), ErrorCode::kConflict);
  EXPECT_TRUE(pending_guids().empty());
}

TEST_F(FeedsTest, TryErrorsAFewTimesAndRefusalsEachTime) {
  const EpisodeInput two[] = {episode("1", "https://a/1.mp3"), episode("2", "http://127.0.0.1/2.mp3")};
  ASSERT_OK(feeds().upsert_episodes(feed_.key, two));
  ASSERT_OK_AND(const auto all, feeds().episodes(feed_.key));

  for (int attempt = 0; attempt < 3; ++attempt) {
    EXPECT_EQ(pending_guids(), (std::vector<std::string>{"1", "2"}));
    ASSERT_OK(registry_->claims().record_scan_failure(all[0].version_key, ScanState::kError, "timed out"));
    ASSERT_OK(
        registry_->claims().record_scan_failure(all[1].version_key, ScanState::kRefused, "private address"));
  }

  EXPECT_EQ(pending_guids(), std::vector<std::string>{"2"});
  PendingFilter patient;
  patient.max_attempts = 10;
  patient.feed_key = feed_.key;
  EXPECT_EQ(pending_guids(patient).size(), 2U);
  patient.feed_key = feed_.key + 1;
  EXPECT_TRUE(pending_guids(patient).empty());
  ASSERT_OK_AND(const auto after, feeds().episodes(feed_.key));
  EXPECT_EQ(after[0].state, ScanState::kError);
  EXPECT_EQ(after[0].reason, "timed out");
  EXPECT_EQ(after[0].attempts, 3);
  EXPECT_EQ(after[0].attempted_at, clock_.now());
  EXPECT_EQ(after[1].state, ScanState::kRefused);
  EXPECT_FAILS(registry_->claims().record_scan_failure(99, ScanState::kError, "x"), ErrorCode::kNotFound);
  EXPECT_FAILS(registry_->claims().record_scan_failure(1, ScanState::kScanned, "x"),
               ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace earmark::registry
