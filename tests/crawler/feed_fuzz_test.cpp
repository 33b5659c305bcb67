// Mutations of a feed, from a fixed seed: nothing crashes, hangs or grows, and what comes out keeps its
// promises.
#include <random>

#include <gtest/gtest.h>

#include "core/bytes.h"
#include "crawler/feed.h"
#include "crawler/feed_json.h"
#include "crawler/opml.h"
#include "crawler/robots.h"

namespace earmark::crawler {
namespace {

constexpr int kRounds = 6000;

constexpr std::string_view kSeed = R"(<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE rss [<!ENTITY x "y">]>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel>
<title>Caf&eacute; &amp; <![CDATA[more <b>]]></title><!-- note --><?pi x?>
<item><title>One &#x20AC;</title><guid isPermaLink="false">1</guid><pubDate>Mon, 01 Sep 2025 07:00:00 +0000</pubDate>
<description><p>Hello<br>you</p></description><enclosure url="/a/1.mp3?x=1&amp;y=2" length="38" type='audio/mpeg'/></item>
<item><itunes:title>Two</itunes:title><atom:link rel="enclosure" href="2.mp3"/><podcast:alternateEnclosure type="audio/opus">
<podcast:source uri="2.opus"/><podcast:integrity type="sri" value="x"/></podcast:alternateEnclosure><podcast:value type="t"><podcast:valueRecipient split="1"/>
<podcast:valueTimeSplit startTime="1" duration="2.5"><podcast:remoteItem feedGuid="f"/><podcast:valueRecipient split="9" fee="true"/>
</podcast:valueTimeSplit></podcast:value><podcast:person role="guest">A</podcast:person><itunes:duration>1:02</itunes:duration></item>
<podcast:block id="x">yes</podcast:block><podcast:liveItem status="live" start="2021-09-26T07:30:00.000-0600"><guid>l</guid>
<enclosure url="s"/><podcast:transcript url="t"/></podcast:liveItem><podcast:updateFrequency rrule="FREQ=WEEKLY"/><ttl>60</ttl>
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
                                        "<feed>",
                                        "<podcast:value>",
                                        "<podcast:valueTimeSplit>",
                                        "<podcast:liveItem>",
                                        "<podcast:alternateEnclosure>"};

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
        ASSERT_LE(to_line(to_json(item)).size(), 20 * text.size() + 1000) << text;
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

TEST(RobotsFuzz, AnyTextGivesAVerdictAndWhatIsOnlyForOthersChangesNone) {
  constexpr std::string_view kWords[] = {
      "user-agent:", "disallow:", "allow:", "crawl-delay:", "*",  "$",    "/", "earmark",
      "other",       "%2a",       "%",      "\n",           "\r", "\xEF", "a", " "};
  std::mt19937 random(20251124);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
  for (int round = 0; round < 3000; ++round) {
    std::string text, path = "/";
    for (std::size_t n = below(60); n > 0; --n) text += kWords[below(std::size(kWords))];
    for (std::size_t n = below(8); n > 0; --n) path += kWords[4 + below(7)];
    const auto verdict = Robots::parse(text, "Earmark").judge(path);
    ASSERT_EQ(verdict.is_allowed, Robots::parse(text + "\n", "Earmark").judge(path).is_allowed) << text;
    ASSERT_TRUE(verdict.is_allowed || verdict.rule.starts_with("disallow: ")) << text;
    // A rule that matches nothing here ends the names before it; what follows is for another crawler.
    const std::string more = text + "\nallow: /zzz\nuser-agent: other\ndisallow: /\n";
    ASSERT_EQ(Robots::parse(more, "Earmark").judge(path).is_allowed, verdict.is_allowed) << text;
  }
}

}  // namespace
}  // namespace earmark::crawler
