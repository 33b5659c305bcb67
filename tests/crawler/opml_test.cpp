#include "crawler/opml.h"

#include <gtest/gtest.h>

#include "core/bytes.h"
#include "tests/support/result_matchers.h"

namespace earmark::crawler {
namespace {

TEST(Opml, ReadsNestedOutlinesOnce) {
  ASSERT_OK_AND(
      const Opml list,
      parse_opml(as_bytes(R"(<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Folder"><outline type="rss" xmlUrl="https://a.example/f?x=1&amp;y=2"/><outline TEXT="b" XMLURL="https://b.example/"/></outline>
<outline type="link" url="https://c.example/"/><outline xmlUrl="https://b.example/"/></body></opml>)")));

  EXPECT_EQ(list.title, "Mine");
  EXPECT_EQ(list.feeds, (std::vector<std::string>{"https://a.example/f?x=1&y=2", "https://b.example/"}));
  EXPECT_TRUE(list.warnings.empty());
}

TEST(Opml, GivesWhatIsThereOfABrokenList) {
  ASSERT_OK_AND(const Opml list,
                parse_opml(as_bytes(
                    "<opml><body><outline xmlUrl='https://a.example/?a&b'><outline xmlUrl='https://b.ex")));

  EXPECT_EQ(list.feeds, std::vector<std::string>{"https://a.example/?a&b"});
  EXPECT_FALSE(list.warnings.empty());
}

TEST(Opml, SurvivesMarkupAndQuotesInAttributes) {
  ASSERT_OK_AND(const Opml list, parse_opml(as_bytes(R"(<opml><body>
<outline text="a < b" description="the "best" show by <a href="https://x.example" target="_blank">x</a>. It's" xmlUrl="https://a.example/"/>
<outline text='it's' xmlUrl='https://b.example/'title='x'/><outline text="never closed xmlUrl="https://lost.example/ />
<outline xmlUrl="https://c.example/"/></body></opml>)")));

  EXPECT_EQ(list.feeds,
            (std::vector<std::string>{"https://a.example/", "https://b.example/", "https://c.example/"}));
}

TEST(Opml, ReadsWhatItWrites) {
  const OpmlEntry feeds[] = {{"A & \"B\" <c>", "https://a.example/?x=1&y='2'"}, {"", "https://b.example/"}};
  const std::string text = write_opml("My\x01 list", feeds);
  ASSERT_OK_AND(const Opml list, parse_opml(as_bytes(text)));

  EXPECT_EQ(list.title, "My list");
  EXPECT_EQ(list.feeds, (std::vector<std::string>{"https://a.example/?x=1&y='2'", "https://b.example/"}));
  EXPECT_TRUE(list.warnings.empty());
  EXPECT_NE(text.find("text=\"A &amp; &quot;B&quot; &lt;c&gt;\""), std::string::npos) << text;
}

TEST(Opml, SaysWhatIsNone) {
  EXPECT_FAILS(parse_opml(as_bytes("<rss/>")), ErrorCode::kCorrupt);
  EXPECT_FAILS(parse_opml(as_bytes("hello")), ErrorCode::kCorrupt);
  EXPECT_FAILS(parse_opml({}), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace earmark::crawler
