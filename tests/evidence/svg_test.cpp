#include "evidence/svg.h"

#include <gtest/gtest.h>

namespace earmark::evidence {
namespace {

TEST(XmlEscaped, LeavesTextAndTakesMarkup) {
  EXPECT_EQ(xml_escaped("a < b & \"c\" > d"), "a &lt; b &amp; &quot;c&quot; &gt; d");
  EXPECT_EQ(xml_escaped("片頭曲 é 🎵"), "片頭曲 é 🎵");
  EXPECT_EQ(xml_escaped("a\tb\nc"), "a b c");
}

TEST(XmlEscaped, ReplacesWhatNoXmlCanHold) {
  const std::string mark = "\xEF\xBF\xBD";
  EXPECT_EQ(xml_escaped(std::string_view("\0\x1b[31m", 6)), mark + mark + "[31m");
  EXPECT_EQ(xml_escaped("\xff\xc3(\xe2\x82"), mark + mark + "(" + mark + mark);
  EXPECT_EQ(xml_escaped("\xed\xa0\x80"), mark + mark + mark);  // a surrogate
  EXPECT_EQ(xml_escaped("\xc0\xaf"), mark + mark);             // an overlong slash
  EXPECT_EQ(xml_escaped("\xef\xbf\xbf"), mark + mark + mark);  // U+FFFF
}

TEST(Svg, WritesADocument) {
  Svg svg(200, 100, "A & B");
  svg.rect(1, 2, 3.456, 4, {{"fill", "#fff"}});
  svg.begin_group({{"stroke", "red"}});
  svg.line({0, 0}, {1, 1}, {});
  svg.circle({5, 5}, 2, {});
  svg.end_group();
  svg.text({1, 1}, "<x>", {{"font-size", "12"}});
  const std::string text = std::move(svg).finish();
  EXPECT_TRUE(text.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"200\" height=\"100\""));
  EXPECT_NE(text.find("<title>A &amp; B</title>"), std::string::npos);
  EXPECT_NE(text.find("width=\"3.46\""), std::string::npos);
  EXPECT_NE(text.find(">&lt;x&gt;</text>"), std::string::npos);
  EXPECT_TRUE(text.ends_with("</svg>\n"));
}

}  // namespace
}  // namespace earmark::evidence
