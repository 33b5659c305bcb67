#include "catalogue/gates.h"

#include <gtest/gtest.h>

#include "tests/catalogue/fixture.h"

namespace earmark::catalogue {
namespace {

using registry::RegistrationFinding;
using Severity = RegistrationFinding::Severity;
using Domain = SharedStretch::Domain;

SharedStretch stretch(std::int64_t from, std::int64_t to, const std::string& owner,
                      Domain domain = Domain::kOwned) {
  return {from, to, 7, "rec_7", owner, from + 1000, to + 1000, domain};
}

TEST(Gates, HoldBackWhatIsAnothers) {
  const auto findings = judge(60'000, "Me", {stretch(30'000, 40'000, "Other"), stretch(0, 10'000, "Other")});
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].start_ms, 0);
  EXPECT_EQ(findings[1].code, "owned_by_another");
  EXPECT_EQ(findings[1].severity, Severity::kReview);
  EXPECT_EQ(findings[1].other_start_ms, 31'000);
  EXPECT_NE(summary_of(findings, Severity::kReview).find("30000 ms to 40000 ms also in rec_7 of Other"),
            std::string::npos);
}

TEST(Gates, LetASampleAndOnesOwnPass) {
  EXPECT_EQ(judge(60'000, "Me", {stretch(0, 4'999, "Other")})[0].severity, Severity::kNote);
  EXPECT_EQ(judge(600'000, "Me", {stretch(0, 59'999, "Other")})[0].severity, Severity::kNote);
  const auto own = judge(60'000, "Me", {stretch(0, 60'000, "Me")});
  EXPECT_EQ(own[0].code, "owned_by_same");
  EXPECT_EQ(own[0].severity, Severity::kNote);
  EXPECT_EQ(summary_of(own, Severity::kReview), "");
  EXPECT_TRUE(judge(60'000, "Me", {}).empty());
}

TEST(Gates, CountAPlaceOnceHoweverManyShareIt) {
  // 3 s of 60 s, three times over, are not 9 s.
  const auto findings =
      judge(60'000, "Me", {stretch(0, 3'000, "A"), stretch(0, 3'000, "B"), stretch(0, 3'000, "A")});
  EXPECT_EQ(findings[0].severity, Severity::kNote);
}

TEST(Gates, HoldBackWhatManyUnrelatedOwnersHave) {
  const auto findings =
      judge(600'000, "Me", {stretch(0, 2'000, "A"), stretch(0, 2'000, "B"), stretch(0, 2'000, "C")});
  const auto generic = std::find_if(findings.begin(), findings.end(), [](const RegistrationFinding& finding) {
    return finding.code == "generic_material";
  });
  ASSERT_NE(generic, findings.end());
  EXPECT_EQ(generic->severity, Severity::kReview);
  const auto two =
      judge(600'000, "Me", {stretch(0, 2'000, "A"), stretch(0, 2'000, "B"), stretch(0, 2'000, "Me")});
  for (const auto& finding : two) EXPECT_EQ(finding.severity, Severity::kNote);
}

TEST(Gates, RefuseThePublicDomainAndAskAboutPartsOfIt) {
  EXPECT_EQ(judge(60'000, "Me", {stretch(0, 55'000, "Archive", Domain::kPublic)})[0].severity,
            Severity::kRefuse);
  EXPECT_EQ(judge(60'000, "Me", {stretch(0, 20'000, "Archive", Domain::kPublic)})[0].severity,
            Severity::kReview);
  EXPECT_EQ(judge(60'000, "Me", {stretch(0, 60'000, "Me", Domain::kPublicSomewhere)})[0].severity,
            Severity::kReview);
  EXPECT_EQ(judge(60'000, "Me", {stretch(0, 60'000, "Me", Domain::kPublic)})[0].code, "public_domain");
}

TEST(Gates, AskAboutWhatItsTitleCallsKaraoke) {
  for (const char* title :
       {"My Way (Karaoke Version)", "HALLELUJAH - IN THE STYLE OF LEONARD COHEN",
        "Hey Jude, as made famous by The Beatles", "津軽海峡・冬景色(カラオケ)", "月亮代表我的心 卡拉OK"}) {
    const auto finding = judge_title(title, 60'000);
    ASSERT_TRUE(finding) << title;
    EXPECT_EQ(finding->code, "karaoke");
    EXPECT_EQ(finding->severity, Severity::kReview);
    EXPECT_EQ(finding->end_ms, 60'000);
  }
  for (const char* title : {"", "My Way", "Karao", "Style", "\xff\xfe"})
    EXPECT_FALSE(judge_title(title, 60'000)) << title;
}

RegisterRequest by(const std::string& owner) {
  RegisterRequest request;
  request.owner = owner;
  return request;
}

/// Ten seconds of somebody's song within twenty seconds of one's own.
Analysed mix() {
  auto samples = music(2, 8.0);
  const auto used = music(1);
  samples.insert(samples.end(), used.begin() + 2 * fingerprint::kSampleRate,
                 used.begin() + 12 * fingerprint::kSampleRate);
  return analysed("mix.wav", samples);
}

TEST(RegistrationGates, HoldAMixForReviewAndTakeItInWhenAPersonSaysSo) {
  const test::TempDir folder;
  ASSERT_OK_AND(const auto catalogue, open(folder.path()));
  ASSERT_OK_AND(const auto song_1, catalogue->add(song(1), by("Label")));
  EXPECT_TRUE(song_1.findings.empty());

  auto dry = by("Mixer");
  dry.mode = RegisterRequest::Mode::kDryRun;
  ASSERT_OK_AND(const auto planned, catalogue->add(mix(), dry));
  EXPECT_EQ(planned.status, RegisterStatus::kQuarantined);
  ASSERT_OK_AND(const auto held, catalogue->add(mix(), by("Mixer")));

  EXPECT_EQ(held.status, RegisterStatus::kQuarantined);
  ASSERT_FALSE(held.findings.empty());
  EXPECT_EQ(held.findings[0].code, "owned_by_another");
  EXPECT_NEAR(static_cast<double>(held.findings[0].start_ms), 8000.0, 600.0);
  EXPECT_NEAR(static_cast<double>(held.findings[0].other_start_ms), 2000.0, 600.0);
  EXPECT_NE(held.reason.find(song_1.recording_id), std::string::npos);
  EXPECT_EQ(ids_in(*catalogue, mix()), std::vector<std::string>{song_1.recording_id}) << "it is not matched";

  auto& reviews = catalogue->registry().reviews();
  ASSERT_OK_AND(const auto waiting, reviews.list());
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].recording.id, held.recording_id);
  EXPECT_EQ(waiting[0].findings[0].other_owner, "Label");
  ASSERT_OK(reviews.accept(held.recording_id, "Ann", "licensed"));

  const auto found = ids_in(*catalogue, mix());
  EXPECT_NE(std::find(found.begin(), found.end(), held.recording_id), found.end()) << "it is matched now";
  ASSERT_OK_AND(const auto none, reviews.list());
  EXPECT_TRUE(none.empty());
  EXPECT_FAILS(reviews.accept(held.recording_id, "Ann", ""), ErrorCode::kConflict);
  EXPECT_FAILS(reviews.refuse(held.recording_id, "Ann", ""), ErrorCode::kConflict);
  ASSERT_OK(catalogue->registry().verify());
}

TEST(RegistrationGates, HoldKaraokeForReviewAndTakeItInWhenAPersonSaysSo) {
  const test::TempDir folder;
  ASSERT_OK_AND(const auto catalogue, open(folder.path()));
  auto request = by("Label");
  request.title = "Song (karaoke)";
  ASSERT_OK_AND(const auto held, catalogue->add(song(1), request));
  EXPECT_EQ(held.status, RegisterStatus::kQuarantined);
  ASSERT_EQ(held.findings.size(), 1U);
  EXPECT_EQ(held.findings[0].code, "karaoke");
  EXPECT_TRUE(ids_in(*catalogue, song(1)).empty());
  ASSERT_OK(catalogue->registry().reviews().accept(held.recording_id, "Ann", "our own song"));
  EXPECT_EQ(ids_in(*catalogue, song(1)), std::vector<std::string>{held.recording_id});
}

TEST(RegistrationGates, KeepOutWhatAPersonRefuses) {
  const test::TempDir folder;
  ASSERT_OK_AND(const auto catalogue, open(folder.path()));
  ASSERT_OK(catalogue->add(song(1), by("Label")));
  ASSERT_OK_AND(const auto held, catalogue->add(mix(), by("Mixer")));
  auto& reviews = catalogue->registry().reviews();

  ASSERT_OK(reviews.refuse(held.recording_id, "Ann", "no licence"));

  ASSERT_OK_AND(const auto again, catalogue->add(mix(), by("Mixer")));
  EXPECT_NE(again.status, RegisterStatus::kRegistered);
  EXPECT_FAILS(reviews.accept(held.recording_id, "Ann", ""), ErrorCode::kConflict);
  ASSERT_OK_AND(const auto findings, reviews.findings(held.recording_id));
  EXPECT_EQ(findings.at(0).decision, "refused");
  EXPECT_FAILS(reviews.refuse("rec_none", "Ann", ""), ErrorCode::kNotFound);
}

TEST(RegistrationGates, RefuseThePublicDomain) {
  const test::TempDir folder;
  ASSERT_OK_AND(const auto catalogue, open(folder.path()));
  ASSERT_OK_AND(const auto old, catalogue->add(song(1), by("Archive")));
  registry::RightsDocument document;
  document.kind = registry::DocumentKind::kPublicDomain;
  document.subject = old.recording_id;
  document.reason = "recorded in 1910";
  ASSERT_OK(catalogue->registry().terms().attach(document, "Archive"));

  // The same with half a second cut off at each end: no duplicate, and nobody's to claim.
  const auto samples = music(1);
  const std::vector<float> cut(samples.begin() + fingerprint::kSampleRate / 2,
                               samples.end() - fingerprint::kSampleRate / 2);
  const auto outcome = catalogue->add(analysed("cut.wav", cut), by("Claimer"));

  EXPECT_FAILS(outcome, ErrorCode::kRefused);
  EXPECT_NE(outcome.error().message.find("public domain"), std::string::npos) << outcome.error().message;
}

TEST(RegistrationGates, ShowWhoElseHandsTheSameIn) {
  const test::TempDir folder;
  ASSERT_OK_AND(const auto catalogue, open(folder.path()));
  ASSERT_OK_AND(const auto first, catalogue->add(song(1), by("Label")));
  ASSERT_OK_AND(const auto second, catalogue->add(song(1), by("Other")));
  EXPECT_EQ(second.status, RegisterStatus::kDuplicate);
  ASSERT_OK_AND(const auto waiting, catalogue->registry().reviews().list());
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].recording.id, first.recording_id);
  EXPECT_EQ(waiting[0].findings[0].finding.code, "owned_by_another");
  ASSERT_OK(catalogue->registry().reviews().accept(first.recording_id, "Ann", "Label is right"));
  EXPECT_EQ(ids_in(*catalogue, song(1)).size(), 1U);
}

TEST(RegistrationGates, LeaveOutOfMatchingWhatIsExcludedFromIt) {
  const test::TempDir folder;
  ASSERT_OK_AND(const auto catalogue, open(folder.path()));
  const auto id = add(*catalogue, song(1));
  registry::Exclusion exclusion;
  exclusion.end_ms = 16'000;
  ASSERT_OK_AND(auto excluded, catalogue->registry().terms().exclude(id, exclusion, "x"));
  EXPECT_EQ(ids_in(*catalogue, medley({1})).size(), 1U) << "excluded from claiming only";
  exclusion.scope = registry::Exclusion::Scope::kMatching;
  ASSERT_OK_AND(excluded, catalogue->registry().terms().exclude(id, exclusion, "x"));
  EXPECT_TRUE(ids_in(*catalogue, medley({1})).empty());
  ASSERT_OK(catalogue->registry().terms().end_exclusion(id, excluded.key, "x"));
  EXPECT_EQ(ids_in(*catalogue, medley({1})).size(), 1U);
}

}  // namespace
}  // namespace earmark::catalogue
