#include "core/text.h"

#include <gtest/gtest.h>

namespace earmark {
namespace {

TEST(Printable, LeavesOrdinaryTextAlone) {
  EXPECT_EQ(printable("Track 01 – Café 漢字 🎵.mp3"), "Track 01 – Café 漢字 🎵.mp3");
  EXPECT_EQ(printable(""), "");
}

TEST(Printable, DisarmsWhatWouldSteerATerminal) {
  EXPECT_EQ(printable("a\x1b[2Jb\nc\td\x7f"), "a\\x1b[2Jb\\x0ac\\x09d\\x7f");
  EXPECT_EQ(printable("c1:\xc2\x9b"
                      "31m"),
            "c1:\\xc2\\x9b31m");                                            // CSI as one C1 character
  EXPECT_EQ(printable("bidi:\xe2\x80\xaegpj"), "bidi:\\xe2\\x80\\xaegpj");  // U+202E turns the rest round
}

TEST(Printable, ShowsBytesThatAreNotUtf8) {
  EXPECT_EQ(printable("caf\xe9"), "caf\\xe9");
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");                    // over-long
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // a surrogate
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82");                    // cut
}

TEST(DisplayWidth, CountsCharactersAndNotBytes) {
  EXPECT_EQ(display_width("Café"), 4U);
  EXPECT_EQ(display_width("漢字"), 4U);
  EXPECT_EQ(display_width(""), 0U);
}

TEST(Shortened, KeepsBothEndsWithinTheWidth) {
  EXPECT_EQ(shortened("short", 10), "short");
  EXPECT_EQ(shortened("abcdefghijklmnop", 9), "abcd…mnop");
  EXPECT_EQ(shortened("äöüßäöüßäöüß", 5), "äö…üß");
  EXPECT_LE(display_width(shortened("漢字漢字漢字漢字", 6)), 6U);
}

}  // namespace
}  // namespace earmark
