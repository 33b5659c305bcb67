#include "cli/manifest.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::cli {
namespace {

TEST(Manifest, ReadsCsvWithColumnsInAnyOrder) {
  ASSERT_OK_AND(const Manifest manifest,
                parse_manifest("\xef\xbb\xbfpolicy,Title,path,artist,isrc,owner\r\n"
                               "block,Song,a.mp3,Band,us-s1z-99-00001,\"Label, Inc.\"\r\n"
                               ",,/abs/b.mp3,,,\r\n",
                               "music"));

  ASSERT_EQ(manifest.rows.size(), 2U);
  const ManifestRow& first = manifest.rows[0];
  EXPECT_EQ(first.error, "");
  EXPECT_EQ(first.line, 2U);
  EXPECT_EQ(first.path, "music/a.mp3");
  EXPECT_EQ(first.title, "Band – Song");
  EXPECT_EQ(first.isrc, "USS1Z9900001");
  EXPECT_EQ(first.owner, "Label, Inc.");
  EXPECT_EQ(first.policy, registry::PolicyAction::kBlock);
  const ManifestRow& second = manifest.rows[1];
  EXPECT_EQ(second.path, "/abs/b.mp3");
  EXPECT_EQ(second.title, "");
  EXPECT_FALSE(second.policy);
  EXPECT_TRUE(manifest.unknown_columns.empty());
}

TEST(Manifest, QuotedFieldsMayHoldQuotesCommasAndLineEnds) {
  ASSERT_OK_AND(const Manifest manifest,
                parse_manifest("path,title\n\"a,b.mp3\",\"say \"\"hi\"\"\nthere\"\nc.mp3,C", ""));

  ASSERT_EQ(manifest.rows.size(), 2U);
  EXPECT_EQ(manifest.rows[0].path, "a,b.mp3");
  EXPECT_EQ(manifest.rows[0].title, "say \"hi\"\nthere");
  EXPECT_EQ(manifest.rows[1].line, 4U);
  EXPECT_EQ(manifest.rows[1].title, "C");
}

TEST(Manifest, NamesWhatIsWrongWithARowAndGoesOn) {
  ASSERT_OK_AND(const Manifest manifest, parse_manifest("path,isrc,policy\n"
                                                        ",,\n"
                                                        "a.mp3,123,\n"
                                                        "\n"
                                                        "b.mp3,,sell\n"
                                                        "c.mp3,\n"
                                                        "d.mp3,,track\n",
                                                        ""));

  ASSERT_EQ(manifest.rows.size(), 5U);
  EXPECT_EQ(manifest.rows[0].error, "path is empty");
  EXPECT_EQ(manifest.rows[0].line, 2U);
  EXPECT_NE(manifest.rows[1].error.find("123"), std::string::npos);
  EXPECT_NE(manifest.rows[2].error.find("sell"), std::string::npos);
  EXPECT_EQ(manifest.rows[2].line, 5U);
  EXPECT_EQ(manifest.rows[3].error, "2 fields, and the header names 3");
  EXPECT_EQ(manifest.rows[4].error, "");
}

TEST(Manifest, NamesColumnsThatItDoesNotKnow) {
  ASSERT_OK_AND(const Manifest manifest, parse_manifest("path,label\na.mp3,x\n", ""));

  EXPECT_EQ(manifest.unknown_columns, std::vector<std::string>{"label"});
  EXPECT_EQ(manifest.rows.size(), 1U);
}

TEST(Manifest, NeedsAPathColumn) {
  EXPECT_FAILS(parse_manifest("title,isrc\nSong,\n", ""), ErrorCode::kCorrupt);
  EXPECT_FAILS(parse_manifest("", ""), ErrorCode::kCorrupt);
  EXPECT_FAILS(parse_manifest("a.mp3\nb.mp3\n", ""), ErrorCode::kCorrupt);
}

TEST(Manifest, ReadsJsonLines) {
  ASSERT_OK_AND(const Manifest manifest,
                parse_manifest("{\"path\":\"a.mp3\",\"title\":\"A\",\"isrc\":null,\"extra\":1}\n"
                               "\n"
                               "{\"path\":3}\n"
                               "{\"path\":\"b.mp3\"\n"
                               "[1]\n"
                               "{\"path\":\"c.mp3\",\"policy\":\"monetize\"}",
                               "in"));

  ASSERT_EQ(manifest.rows.size(), 5U);
  EXPECT_EQ(manifest.rows[0].path, "in/a.mp3");
  EXPECT_EQ(manifest.rows[0].title, "A");
  EXPECT_EQ(manifest.rows[1].error, "'path' is not text");
  EXPECT_EQ(manifest.rows[1].line, 3U);
  EXPECT_NE(manifest.rows[2].error, "");
  EXPECT_EQ(manifest.rows[3].error, "not a JSON object");
  EXPECT_EQ(manifest.rows[4].policy, registry::PolicyAction::kMonetize);
  EXPECT_EQ(manifest.unknown_columns, std::vector<std::string>{"extra"});
}

TEST(Manifest, SaysWhichFileCannotBeRead) {
  const test::TempDir folder;

  const auto manifest = read_manifest(folder / "absent.csv");

  ASSERT_FALSE(manifest);
  EXPECT_NE(manifest.error().message.find("absent.csv"), std::string::npos);
}

TEST(NormalIsrc, TakesHyphensSpacesAndSmallLetters) {
  EXPECT_EQ(normal_isrc("US-S1Z-99-00001"), "USS1Z9900001");
  EXPECT_EQ(normal_isrc("uss1z9900001"), "USS1Z9900001");
  EXPECT_EQ(normal_isrc("US S1Z 99 00001"), "USS1Z9900001");
  for (const char* bad :
       {"", "US-S1Z-99-0000", "1S-S1Z-99-00001", "US-S1Z-9A-00001", "US-S*Z-99-00001", "USS1Z99000011"}) {
    EXPECT_FALSE(normal_isrc(bad)) << bad;
  }
}

}  // namespace
}  // namespace earmark::cli
