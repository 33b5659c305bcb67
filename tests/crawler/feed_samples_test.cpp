// Feeds and lists that others wrote, and their own expectations of them.
#include <cstdlib>
#include <regex>

#include <gtest/gtest.h>

#include "core/bytes.h"
#include "core/file.h"
#include "crawler/feed.h"
#include "crawler/opml.h"
#include "tests/crawler/shared_data.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::crawler {
namespace {

constexpr std::uint64_t kLargestSample = 16 << 20;
constexpr const char* kSkip = "the shared data sets are not on this machine";

std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// The value that `pattern`'s only group has in the text; empty where there is none.
std::string find(const std::string& text, const std::regex& pattern) {
  std::smatch match;
  return std::regex_search(text, match, pattern) ? match[1].str() : std::string();
}

class FeedparserSuite : public testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path archive = test::shared_data("feedparser-tests.tar.gz");
    if (archive.empty()) GTEST_SKIP() << kSkip;
    const std::string command = "tar -xzf '" + archive.string() + "' -C '" + folder_.path().string() + "'";
    ASSERT_EQ(std::system(command.c_str()), 0);
    files_ = files_below(folder_.path());
    ASSERT_GT(files_.size(), 2000U);
  }
  test::TempDir folder_;
  std::vector<std::filesystem::path> files_;
  Url base_ = *Url::parse("http://127.0.0.1:8097/feed.xml");
};

TEST_F(FeedparserSuite, EveryFileIsAFeedOrSaysWhyNot) {
  std::size_t feeds = 0;
  for (const std::filesystem::path& file : files_) {
    ASSERT_OK_AND(const Bytes bytes, read_file(file, kLargestSample));
    const auto feed = parse_feed(bytes, base_, {});
    if (feed) {
      ++feeds;
    } else {
      EXPECT_EQ(feed.error().code, ErrorCode::kCorrupt) << file;
      EXPECT_TRUE(feed.error().message.starts_with("not a feed: ")) << feed.error().message;
    }
  }
  EXPECT_GE(feeds, 2000U);
}

TEST_F(FeedparserSuite, TitlesOfFeedsAreWhatItExpects) {
  const std::regex expected_title(R"(Expect:\s+not bozo and feed\['title'\] == '([^'\\<&]+)'\s)");
  std::size_t compared = 0;
  for (const std::filesystem::path& file : files_) {
    ASSERT_OK_AND(const Bytes bytes, read_file(file, kLargestSample));
    const std::string expected = find(std::string(as_text(bytes)), expected_title);
    const bool is_sanitised =
        file.parent_path().filename() == "sanitize";  // we keep text as it is; who shows it escapes it
    if (expected.empty() || is_sanitised) continue;
    const auto feed = parse_feed(bytes, base_, {});
    ++compared;
    EXPECT_EQ(feed ? feed->title : feed.error().message, expected) << file;
  }
  EXPECT_GE(compared, 10U);
}

TEST_F(FeedparserSuite, EnclosuresAreWhatItExpects) {
  const std::regex expected_url(R"(Expect:.*enclosures'\]\[0\]\['(?:href|url)'\] == '([^']+)')");
  const std::regex expected_type(R"(Expect:.*enclosures'\]\[0\]\['type'\] == '([^']+)')");
  const std::regex expected_length(R"(Expect:.*enclosures'\]\[0\]\['length'\] == '([^']+)')");
  std::size_t compared = 0;
  for (const std::filesystem::path& file : files_) {
    ASSERT_OK_AND(const Bytes bytes, read_file(file, kLargestSample));
    const std::string text(as_text(bytes));
    const std::string url = find(text, expected_url);
    const std::string type = find(text, expected_type);
    const std::string length = find(text, expected_length);
    if (url.empty() && type.empty() && length.empty()) continue;
    ASSERT_OK_AND(const Feed feed, parse_feed(bytes, base_, {}));
    ASSERT_FALSE(feed.items.empty()) << file;
    const Enclosure& enclosure = feed.items[0].enclosure;
    ++compared;
    if (!url.empty()) {
      EXPECT_EQ(enclosure.url, url) << file;
    }
    if (!type.empty()) {
      EXPECT_EQ(enclosure.type, type) << file;
    }
    if (!length.empty()) {
      EXPECT_EQ(std::to_string(enclosure.length.value_or(0)), length) << file;
    }
  }
  EXPECT_EQ(compared, 6U);
}

TEST(PodcastSamples, EveryItemOfEveryFeedIsRead) {
  const std::filesystem::path folder = test::shared_data("podcast-feeds-synthetic");
  if (folder.empty()) GTEST_SKIP() << kSkip;
  const Url base = *Url::parse("http://localhost/feeds/x.xml");
  const std::regex opening("<enclosure ");
  std::size_t feeds = 0;
  for (const std::filesystem::path& file : files_below(folder)) {
    if (file.extension() != ".xml") continue;
    ASSERT_OK_AND(const Bytes bytes, read_file(file, kLargestSample));
    ASSERT_OK_AND(const Feed feed, parse_feed(bytes, base, {}));
    const std::string text(as_text(bytes));
    const auto count =
        std::distance(std::sregex_iterator(text.begin(), text.end(), opening), std::sregex_iterator());
    EXPECT_EQ(feed.items.size(), static_cast<std::size_t>(count)) << file;
    EXPECT_TRUE(feed.warnings.empty()) << file << feed.warnings.front();
    for (const FeedItem& item : feed.items) {
      EXPECT_TRUE(item.published.has_value()) << file;
      EXPECT_TRUE(item.enclosure.url.starts_with("http")) << item.enclosure.url;
    }
    ++feeds;
  }
  EXPECT_GE(feeds, 10U);
}

TEST(PodcastSamples, TheNamespaceExampleIsRead) {
  const std::filesystem::path file = test::shared_data("podcast-namespace/example.xml");
  if (file.empty()) GTEST_SKIP() << kSkip;
  ASSERT_OK_AND(const Bytes bytes, read_file(file, kLargestSample));
  ASSERT_OK_AND(const Feed feed, parse_feed(bytes, *Url::parse("https://example.com/feed"), {}));

  EXPECT_EQ(feed.title, "Podcasting 2.0 Namespace Example");
  EXPECT_GE(feed.items.size(), 3U);
}

TEST(OpmlSamples, EveryFeedOfEveryListIsRead) {
  const std::filesystem::path folder = test::shared_data("opml");
  if (folder.empty()) GTEST_SKIP() << kSkip;
  const std::regex attribute("xmlUrl=\"([^\"]*)\"");
  std::size_t lists = 0;
  for (const std::filesystem::path& file : files_below(folder)) {
    if (file.extension() != ".opml") continue;
    ASSERT_OK_AND(const Bytes bytes, read_file(file, kLargestSample));
    ASSERT_OK_AND(const Opml list, parse_opml(bytes));
    const std::string text(as_text(bytes));
    std::set<std::string> urls;
    for (auto it = std::sregex_iterator(text.begin(), text.end(), attribute); it != std::sregex_iterator();
         ++it) {
      urls.insert((*it)[1].str());
    }
    EXPECT_EQ(list.feeds.size(), urls.size()) << file;
    ++lists;
  }
  EXPECT_GE(lists, 30U);
}

}  // namespace
}  // namespace earmark::crawler
