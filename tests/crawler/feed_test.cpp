#include "crawler/feed.h"

#include <gtest/gtest.h>

#include "core/bytes.h"
#include "tests/support/result_matchers.h"

namespace earmark::crawler {
namespace {

using namespace std::string_literals;

Result<Feed> read(std::string_view text, std::string_view charset = {}) {
  return parse_feed(as_bytes(text), *Url::parse("https://example.com/shows/feed.xml"), charset);
}

std::string item(std::string_view inside) {
  return "<item>" + std::string(inside) + "<enclosure url=\"e.mp3\" type=\"audio/mpeg\"/></item>";
}

std::string rss(std::string_view inside) {
  return "<rss version=\"2.0\"><channel><title>Show</title>" + std::string(inside) + "</channel></rss>";
}

TEST(Feed, ReadsRss) {
  ASSERT_OK_AND(const Feed feed, read(R"(<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>
  <title> A  show &amp; more </title>
  <image><title>not this</title><url>cover.png</url></image>
  <item>
    <itunes:title>not this either</itunes:title>
    <title><![CDATA[One & only]]></title>
    <guid isPermaLink="false">e-1</guid>
    <pubDate>Mon, 01 Sep 2025 07:00:00 +0000</pubDate>
    <enclosure url="/audio/1.mp3?a=1&amp;b=2" length="3800000" type="audio/mpeg"/>
  </item>
  <item><title>News</title><guid>e-0</guid></item>
</channel></rss>)"));

  EXPECT_EQ(feed.title, "A show & more");
  ASSERT_EQ(feed.items.size(), 1U);
  EXPECT_EQ(feed.items[0].guid, "e-1");
  EXPECT_EQ(feed.items[0].title, "One & only");
  EXPECT_EQ(to_rfc3339(feed.items[0].published.value()), "2025-09-01T07:00:00.000Z");
  EXPECT_EQ(feed.items[0].enclosure.url, "https://example.com/audio/1.mp3?a=1&b=2");
  EXPECT_EQ(feed.items[0].enclosure.type, "audio/mpeg");
  EXPECT_EQ(feed.items[0].enclosure.length, 3800000U);
  EXPECT_EQ(feed.items_without_enclosure, 1U);
  EXPECT_TRUE(feed.warnings.empty()) << feed.warnings.front();
}

TEST(Feed, ReadsAtom) {
  ASSERT_OK_AND(const Feed feed, read(R"(<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>Show</a:title>
<a:entry><a:source><a:title>no</a:title><a:id>no</a:id></a:source><a:id>tag:1</a:id><a:title type="html">One</a:title>
<a:published>2025-09-01T07:00:00Z</a:published><a:link rel="alternate" href="/1"/>
<a:link rel="enclosure" href="1.mp3" type="audio/mpeg" length="7"/></a:entry></a:feed>)"));

  EXPECT_EQ(feed.title, "Show");
  ASSERT_EQ(feed.items.size(), 1U);
  EXPECT_EQ(feed.items[0].guid, "tag:1");
  EXPECT_EQ(feed.items[0].title, "One");
  EXPECT_EQ(feed.items[0].enclosure.url, "https://example.com/shows/1.mp3");
  EXPECT_TRUE(feed.items[0].published.has_value());
}

TEST(Feed, ReadsRss1) {
  ASSERT_OK_AND(const Feed feed, read(R"(<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:enc="http://purl.oclc.org/net/rss_2.0/enc#" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Show</title></channel><item><title>One</title><dc:date>2025-09-01</dc:date>
<enc:enclosure rdf:resource="1.mp3"/></item></rdf:RDF>)"));

  EXPECT_EQ(feed.title, "Show");
  ASSERT_EQ(feed.items.size(), 1U);
  EXPECT_EQ(feed.items[0].guid, "https://example.com/shows/1.mp3");
  EXPECT_TRUE(feed.items[0].published.has_value());
}

TEST(Feed, TakesTheSoundOfSeveralEnclosures) {
  ASSERT_OK_AND(
      const Feed feed,
      read(rss(R"(<item><enclosure url="a.jpg" type="image/jpeg"/><enclosure url="a.mp4" type="video/mp4"/>
<enclosure url="a.mp3" type="audio/mpeg"/><enclosure url="b.mp3" type="audio/mpeg"/></item>)")));

  ASSERT_EQ(feed.items.size(), 1U);
  EXPECT_EQ(feed.items[0].enclosure.url, "https://example.com/shows/a.mp3");
}

TEST(Feed, KeepsEnclosuresThatCannotBeFetched) {
  ASSERT_OK_AND(const Feed feed,
                read(rss(R"(<item><guid>1</guid><enclosure url="file:///etc/passwd" length="-5"/></item>
<item><guid>2</guid><enclosure url="" length="1"/></item>)")));

  ASSERT_EQ(feed.items.size(), 1U);
  EXPECT_EQ(feed.items[0].enclosure.url, "file:///etc/passwd");
  EXPECT_FALSE(feed.items[0].enclosure.length.has_value());
}

TEST(Feed, DistrustsGuidsThatStandForSeveralFiles) {
  ASSERT_OK_AND(
      const Feed feed,
      read(rss(
          R"(<item><guid>x</guid><enclosure url="1.mp3"/></item><item><guid>x</guid><enclosure url="2.mp3"/></item>
<item><guid>y</guid><enclosure url="3.mp3"/></item><item><guid>y</guid><enclosure url="3.mp3"/></item>)")));

  ASSERT_EQ(feed.items.size(), 3U);
  EXPECT_EQ(feed.items[0].guid, "https://example.com/shows/1.mp3");
  EXPECT_EQ(feed.items[1].guid, "https://example.com/shows/2.mp3");
  EXPECT_EQ(feed.items[2].guid, "y");
  EXPECT_EQ(feed.warnings.size(), 2U);
}

TEST(Feed, SurvivesBareAmpersandsAndHtmlCharacters) {
  ASSERT_OK_AND(const Feed feed,
                read(rss(R"(<item><title>R&B &nbsp; caf&eacute; &bogus; 1 < 2 & &#x20AC;&#0;</title>
<enclosure url="e.mp3?a=1&b=2&copy=3"/></item>)")));

  ASSERT_EQ(feed.items.size(), 1U);
  EXPECT_EQ(feed.items[0].title, "R&B \xC2\xA0 caf\xC3\xA9 &bogus; 1 < 2 & \xE2\x82\xAC&#0;");
  EXPECT_EQ(feed.items[0].enclosure.url, "https://example.com/shows/e.mp3?a=1&b=2&copy=3");
}

TEST(Feed, SurvivesHtmlInXml) {
  std::string items;
  for (int i = 0; i < 100; ++i) {
    items += "<item><guid>g" + std::to_string(i) +
             "</guid><description><p>Hello<br>world<br><img src='x.png'><b>x</p></description>"
             "<enclosure url='" +
             std::to_string(i) + ".mp3'/></item>\n";
  }
  ASSERT_OK_AND(const Feed feed, read(rss(items)));

  ASSERT_EQ(feed.items.size(), 100U);
  EXPECT_EQ(feed.items[99].guid, "g99");
  EXPECT_EQ(feed.items[99].enclosure.url, "https://example.com/shows/99.mp3");
  EXPECT_FALSE(feed.warnings.empty());
}

TEST(Feed, GivesTheWholeItemsOfADocumentThatIsCutOff) {
  const std::string whole = rss(item("<guid>1</guid>") + item("<guid>2</guid>"));
  ASSERT_OK_AND(const Feed feed, read(std::string_view(whole).substr(0, whole.find("</item></channel>"))));

  ASSERT_EQ(feed.items.size(), 1U);
  EXPECT_EQ(feed.items[0].guid, "1");
  ASSERT_FALSE(feed.warnings.empty());
}

TEST(Feed, ClosesItemsThatAreNotClosed) {
  ASSERT_OK_AND(
      const Feed feed,
      read(rss("<item><guid>1</guid><enclosure url='1.mp3'/><item><guid>2</guid><enclosure url='2.mp3'/>")));

  ASSERT_EQ(feed.items.size(), 2U);
  EXPECT_EQ(feed.items[1].guid, "2");
}

TEST(Feed, SkipsWhatStandsInFrontOfIt) {
  ASSERT_OK_AND(
      const Feed feed,
      read("\n\nWarning: foo() in bar.php on line 3\n<?xml version='1.0'?><!-- <rss> -->" + rss(item(""))));

  EXPECT_EQ(feed.items.size(), 1U);
}

TEST(Feed, ReadsNoDocumentType) {
  std::string bomb =
      "<!DOCTYPE rss [<!-- ]> --><!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
      "<!ENTITY x SYSTEM \"file:///etc/passwd\"><!ATTLIST title t CDATA \"]>\">]>";
  ASSERT_OK_AND(const Feed feed, read(bomb + rss(item("<title>&b;&x;</title>"))));

  ASSERT_EQ(feed.items.size(), 1U);
  EXPECT_EQ(feed.items[0].title, "&b;&x;");
}

TEST(Feed, BearsHugeAndHostileDocuments) {
  const std::string wide = rss(item("<guid>1</guid>") + "<item " + [] {
    std::string attributes;
    for (int i = 0; i < 200'000; ++i) attributes += " a" + std::to_string(i) + "=\">\"";
    return attributes;
  }() + ">");
  std::string deep = rss(item("<guid>1</guid>"));
  for (int i = 0; i < 100'000; ++i) deep.insert(deep.size() - 17, "<a>");
  const std::string long_text =
      rss(item("<guid>1</guid><title>" + std::string(12'000'000, 'x') + "</title>"));
  std::string scopes = "<rss>" + item("<guid>1</guid>");
  for (int i = 0; i < 150; ++i) {
    scopes += "<a";
    for (int j = 0; j < 100; ++j) scopes += " xmlns:p" + std::to_string(i * 100 + j) + "=\"u\"";
    scopes += ">";
  }
  for (int i = 0; i < 1'000'000; ++i) scopes += "<p0:x/>";

  for (const std::string* document :
       std::initializer_list<const std::string*>{&wide, &deep, &long_text, &scopes}) {
    ASSERT_OK_AND(const Feed feed, read(*document));
    ASSERT_EQ(feed.items.size(), 1U);
    EXPECT_EQ(feed.items[0].guid, "1");
    EXPECT_LE(feed.items[0].title.size(), 4096U);
    EXPECT_LE(feed.warnings.size(), 20U);
  }
}

TEST(Feed, ReadsTenThousandItems) {
  std::string items;
  for (int i = 0; i < 10'000; ++i) items += item("<guid>" + std::to_string(i) + "</guid><title>t</title>");
  ASSERT_OK_AND(const Feed feed, read(rss(items)));

  EXPECT_EQ(feed.items.size(), 10'000U);
}

TEST(FeedEncoding, HonoursDeclarationsAndMarks) {
  const auto title = [](std::string_view document, std::string_view charset = {}) {
    const auto feed = read(document, charset);
    return feed ? feed->title : feed.error().message;
  };
  const auto wide = [](std::string_view ascii, bool big_endian) {
    std::string out;
    for (const char c : ascii) out += big_endian ? "\0"s + c : c + "\0"s;
    return out;
  };
  EXPECT_EQ(title("\xEF\xBB\xBF<rss><title>\xC3\xA9</title></rss>"), "\xC3\xA9");
  EXPECT_EQ(title("<?xml version='1.0' encoding='ISO-8859-1'?><rss><title>\xE9\x93</title></rss>"),
            "\xC3\xA9\xE2\x80\x9C");
  EXPECT_EQ(title("<?xml version='1.0' encoding='GBK'?><rss><title>\xD6\xD0\xCE\xC4</title></rss>"),
            "\xE4\xB8\xAD\xE6\x96\x87");
  EXPECT_EQ(title("<?xml version='1.0' encoding='big5'?><rss><title>\xA4\xA4\xA4\xE5</title></rss>"),
            "\xE4\xB8\xAD\xE6\x96\x87");
  EXPECT_EQ(title("<?xml version='1.0' encoding='Shift_JIS'?><rss><title>\x93\xFA\x96\x7B</title></rss>"),
            "\xE6\x97\xA5\xE6\x9C\xAC");
  EXPECT_EQ(title("<rss><title>\xE9</title></rss>", "iso-8859-2"), "\xC3\xA9");
  EXPECT_EQ(title("\xFF\xFE"s + wide("<rss><title>x</title></rss>", false)), "x");
  EXPECT_EQ(title("\xFE\xFF"s + wide("<rss><title>x</title></rss>", true)), "x");
  EXPECT_EQ(title(wide("<?xml version='1.0' encoding='utf-16'?><rss><title>x</title></rss>", false)), "x");
}

TEST(FeedEncoding, SurvivesLies) {
  ASSERT_OK_AND(
      const Feed mixed,
      read("<?xml version='1.0' encoding='utf-8'?><rss><title>\xE9\x94 \xC3\xA9\x01</title></rss>"));
  EXPECT_EQ(mixed.title, "\xC3\xA9\xE2\x80\x9D \xC3\xA9");
  EXPECT_EQ(mixed.warnings.size(), 2U);
  ASSERT_OK_AND(const Feed unknown,
                read("<?xml version='1.0' encoding='klingon'?><rss><title>x</title></rss>"));
  EXPECT_EQ(unknown.title, "x");
  ASSERT_OK_AND(const Feed ascii_utf16,
                read("<?xml version='1.0' encoding='utf-16'?><rss><title>x</title></rss>"));
  EXPECT_EQ(ascii_utf16.title, "x");
  ASSERT_OK_AND(const Feed really_utf8, read("<?xml version='1.0' encoding='iso-8859-1'?><rss><title>"
                                             "\xE4\xB8\xAD\xE6\x96\x87\xE4\xB8\xAD\xE6\x96\x87\xE4\xB8\xAD"
                                             "\xE6\x96\x87\xE4\xB8\xAD\xE6\x96\x87</title></rss>"));
  EXPECT_EQ(really_utf8.title.size(), 24U);
  ASSERT_OK_AND(const Feed bad_gbk, read("<?xml version='1.0' encoding='gbk'?><rss><title>a\xFF"
                                         "b</title></rss>"));
  EXPECT_EQ(bad_gbk.title,
            "a\xEF\xBF\xBD"
            "b");
}

TEST(Feed, SaysWhatIsNoFeed) {
  const auto message = [](std::string_view text) {
    const auto feed = read(text);
    EXPECT_FAILS(feed, ErrorCode::kCorrupt);
    return feed ? "" : feed.error().message;
  };
  EXPECT_EQ(message(""), "not a feed: the document is empty");
  EXPECT_EQ(message("<!DOCTYPE html><html><head><title>404</title></head></html>"),
            "not a feed: the root element is <html>");
  EXPECT_EQ(message("<opml version='1.0'/>"), "not a feed: the root element is <opml>");
  EXPECT_EQ(message("{\"version\": 1}"), "not a feed: no XML, begins with \"{\"version\": 1}\"");
  EXPECT_EQ(message("\xFF\xFB\x90\x44 mp3"), "not a feed: no XML, begins with \"...D mp3\"");
  EXPECT_EQ(message("<!DOCTYPE rss [ "), "not a feed: no XML, begins with \"<!DOCTYPE rss [ \"");
}

}  // namespace
}  // namespace earmark::crawler
