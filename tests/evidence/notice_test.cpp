#include "evidence/notice.h"

#include "core/file.h"
#include "evidence/cue_sheet.h"
#include "evidence/templates.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::evidence {
namespace {

constexpr NoticeKind kKinds[] = {NoticeKind::kDmcaNotice, NoticeKind::kCounterNotice, NoticeKind::kDsaNotice,
                                 NoticeKind::kDsaStatement};
constexpr Language kLanguages[] = {Language::kEnglish, Language::kChinese};

registry::Claim claim() {
  registry::Claim claim;
  claim.id = "clm_one";
  claim.title = "A Song";
  claim.owner = "Label {{signer}}";
  claim.recording_id = "rec_one";
  claim.feed = "https://example.org/feed.xml";
  claim.guid = "guid-1";
  claim.enclosure_url = "https://example.org/1.mp3";
  claim.use.query_start_ms = 61'000;
  claim.use.query_end_ms = 75'500;
  claim.use.probability = 0.99;
  return claim;
}

bool has(const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; }

TEST(Filled, ReplacesFieldsOnceAndShowsWhatIsMissing) {
  const Fields fields = {{"a", "{{b}}"}, {"b", "2"}};
  EXPECT_EQ(filled("x {{a}} y {{b}} z {{c}}", fields), "x {{b}} y 2 z [c: ______________]");
  EXPECT_EQ(filled("{{a", fields), "{{a");
  EXPECT_EQ(filled("", fields), "");
}

TEST(Notices, AreThereInEveryKindAndLanguageAndNameTheUse) {
  for (const NoticeKind kind : kKinds) {
    for (const Language language : kLanguages) {
      const std::string text = filled(builtin_template(kind, language), fields_of(claim(), Timestamp{}));
      EXPECT_TRUE(has(text, "A Song")) << template_file(kind, language);
      EXPECT_TRUE(has(text, "1:01.000 – 1:15.500")) << template_file(kind, language);
      EXPECT_TRUE(has(text, "clm_one")) << template_file(kind, language);
      EXPECT_FALSE(has(text, "complian")) << "nothing here is certified";
    }
  }
}

TEST(Notices, OfTheDmcaHaveSixElements) {
  const std::string text = filled(kDmcaNoticeEn, fields_of(claim(), Timestamp{}));
  for (const char* element : {"The copyrighted work", "https://example.org/1.mp3", "guid-1",
                              "[address:", "[telephone:", "[email:", "good faith belief", "the law",
                              "penalty of perjury", "authorised to act", "[signature:"})
    EXPECT_TRUE(has(text, element)) << element;
}

TEST(Notices, InTheAnswerConsentToACourt) {
  const std::string text = filled(kCounterNoticeEn, fields_of(claim(), Timestamp{}));
  for (const char* element : {"penalty of perjury", "mistake or misidentification", "Federal District Court",
                              "accept service of process", "[signature:", "10 and not"})
    EXPECT_TRUE(has(text, element)) << element;
}

TEST(Templates, OfAFolderTakeThePlaceOfTheBuiltInOnes) {
  const test::TempDir folder;
  ASSERT_OK_AND(const auto written, write_templates(folder / "templates"));
  EXPECT_EQ(written.size(), 8U);
  ASSERT_OK_AND(const auto none, write_templates(folder / "templates"));
  EXPECT_TRUE(none.empty());
  const auto kind = NoticeKind::kDsaNotice;
  ASSERT_OK(write_file_atomically(folder / "templates" / template_file(kind, Language::kChinese),
                                  as_bytes("mine")));

  ASSERT_OK_AND(const auto own, load_template(folder / "templates", kind, Language::kChinese));
  EXPECT_EQ(own, "mine");
  ASSERT_OK_AND(const auto built_in, load_template(folder / "elsewhere", kind, Language::kChinese));
  EXPECT_EQ(built_in, kDsaNoticeZh);
}

TEST(Words, OfKindsAndLanguages) {
  EXPECT_EQ(parse_notice_kind("dsa-statement").value_or(NoticeKind::kDmcaNotice), NoticeKind::kDsaStatement);
  EXPECT_FAILS(parse_notice_kind("letter"), ErrorCode::kInvalidArgument);
  EXPECT_EQ(parse_language("zh").value_or(Language::kEnglish), Language::kChinese);
  EXPECT_FAILS(parse_language("de"), ErrorCode::kInvalidArgument);
}

TEST(CueSheet, IsCsvThatNoSpreadsheetRuns) {
  Cue cue;
  cue.sequence = 1;
  cue.title = "=HYPERLINK(\"x\")";
  cue.owner = "A, B";
  cue.in_ms = 1000;
  cue.out_ms = 3500;
  const std::string csv = to_csv({cue});
  EXPECT_TRUE(csv.starts_with("sequence,feed,guid,episode,in,out,duration_s,"));
  EXPECT_TRUE(has(csv, "\"'=HYPERLINK(\"\"x\"\")\""));
  EXPECT_TRUE(has(csv, "\"A, B\""));
  EXPECT_TRUE(has(csv, "0:01.000,0:03.500,2.500"));
  EXPECT_EQ(to_json({cue}).at(0).at("duration_ms"), 2500);
}

}  // namespace
}  // namespace earmark::evidence
