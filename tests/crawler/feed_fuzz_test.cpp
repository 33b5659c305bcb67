// Mutations of a feed, from a fixed seed: nothing crashes, hangs or grows, and what comes out keeps its
// promises.
#include <random>

#include <gtest/gtest.h>

#include "core/bytes.h"
#include "crawler/feed.h"
#include "crawler/opml.h"

namespace earmark::crawler {
namespace {

constexpr int kRounds = 6000;

constexpr std::string_view kSeed = R"(<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE rss [<!ENTITY x "y">]>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>Caf&eacute; &amp; <![CDATA[more <b>]]></title><!-- note --><?pi x?>
<item><title>One &#x20AC;</title><guid isPermaLink="false">1</guid><pubDate>Mon, 01 Sep 2025 07:00:00 +0000</pubDate>
<description><p>Hello<br>you</p></description><enclosure url="/a/1.mp3?x=1&amp;y=2" length="38" type='audio/mpeg'/></item>
<item><itunes:title>Two</itunes:title><atom:link rel="enclosure" href="2.mp3"/></item>
<outline text="x"><outline xmlUrl="https://b.example/" type="rss"/></outline></channel></rss>)";

constexpr std::string_view kPieces[] = {"<",
                                        ">",
                                        "&",
                                        "\"",
                                        "'",
                                        "<!--",
                                        "-->",
                                        "<![CDATA[",
                                        "]]>",
                                        "<?",
                                        "?>",
                                        "<!DOCTYPE",
                                        "</",
                                        "/>",
                                        "<item>",
                                        "</item>",
                                        "<rss>",
                                        "</rss>",
                                        "&#",
                                        ";",
                                        "xmlns=\"\"",
                                        "\xFF\xFE",
                                        "\xC3",
                                        "\xEF\xBB\xBF",
                                        "encoding='gb18030'",
                                        "encoding='iso-2022-jp'",
                                        "\x1B$B",
                                        "<br>",
                                        "]",
                                        "[",
                                        "=",
                                        "opml",
                                        "<feed>"};

std::string mutated(std::mt19937& random) {
  std::string text(kSeed);
  const auto below = [&](std::size_t n) {
    return static_cast<std::size_t>(random()) % std::max<std::size_t>(n, 1);
  };
  for (std::size_t edits = 1 + below(8); edits > 0; --edits) {
    const std::size_t at = below(text.size());
    switch (below(6)) {
      case 0: text.resize(at); break;
      case 1: text.erase(at, below(40)); break;
      case 2: text.insert(at, kPieces[below(std::size(kPieces))]); break;
      case 3: text.insert(at, text.substr(below(text.size()), below(200))); break;
      case 4: text.insert(at, 1, static_cast<char>(below(256))); break;
      default:
        if (!text.empty()) text[at % text.size()] = static_cast<char>(below(256));
    }
  }
  return text;
}

TEST(FeedFuzz, SurvivesMutations) {
  std::mt19937 random(20250901);
  const Url base = *Url::parse("https://example.com/feed.xml");
  int feeds = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = mutated(random);
    const std::string_view charset = round % 7 == 0 ? "shift_jis" : "";
    const auto feed = parse_feed(as_bytes(text), base, charset);
    if (feed) {
      ++feeds;
      EXPECT_LE(feed->warnings.size(), 20U);
      for (const FeedItem& item : feed->items) {
        ASSERT_FALSE(item.guid.empty()) << text;
        ASSERT_FALSE(item.enclosure.url.empty()) << text;
      }
    } else {
      ASSERT_EQ(feed.error().code, ErrorCode::kCorrupt) << text;
    }
    const auto list = parse_opml(as_bytes(text));
    if (!list) {
      ASSERT_EQ(list.error().code, ErrorCode::kCorrupt) << text;
    }
  }
  EXPECT_GT(feeds, kRounds / 2);
}

TEST(FeedFuzz, SurvivesEveryTruncation) {
  const Url base = *Url::parse("https://example.com/feed.xml");
  for (std::size_t length = 0; length < kSeed.size(); ++length) {
    const auto feed = parse_feed(as_bytes(kSeed.substr(0, length)), base, {});
    const bool has_root = length >= kSeed.find("\"><channel>") + 2;
    EXPECT_EQ(feed.has_value(), has_root) << length;
    const bool has_item = length >= kSeed.find("</item>") + 7;
    if (feed) {
      EXPECT_EQ(!feed->items.empty(), has_item) << length;
    }
  }
}

}  // namespace
}  // namespace earmark::crawler
