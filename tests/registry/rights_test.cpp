#include "registry/rights.h"

#include "core/json.h"
#include "registry/policies.h"
#include "registry/terms.h"
#include "tests/registry/claims_fixture.h"

namespace earmark::registry {
namespace {

class RightsTest : public ClaimsTest {
 protected:
  Rights& rights() { return registry_->rights(); }
  Terms& terms() { return registry_->terms(); }
  Policies& policies() { return registry_->policies(); }
  static Share share(const std::string& party, Ppm ppm, std::string_view where = "WW") {
    return {party, ppm, Territories::parse(where).value(), Timestamp{}, std::nullopt};
  }
  [[nodiscard]] static NewPolicy policy(const std::string& party, const std::string& line) {
    return {party, "mine", "", PolicyAction::kTrack, {parse_policy_line(line).value()}};
  }
  /// What the last scan decided of the use.
  Decision decided(const NewSighting& use) {
    Policies::Asked asked;
    asked.recording_key = use.recording_key;
    asked.feed_url = feed_.url;
    asked.query_start_ms = use.query_start_ms;
    asked.query_end_ms = use.query_end_ms;
    asked.reference_start_ms = use.reference_start_ms;
    asked.reference_end_ms = use.reference_end_ms;
    asked.probability = use.probability;
    const auto decision = policies().ask(asked);
    EXPECT_TRUE(decision && *decision);
    return decision && *decision ? **decision : Decision();
  }
};

TEST_F(RightsTest, WorksAreKnownByTheirIswcOrTitle) {
  ASSERT_OK_AND(const auto work, rights().ensure_work("t-034.524.680-1", "The Song", "Label"));
  EXPECT_EQ(work.iswc, "T0345246801");
  ASSERT_OK_AND(const auto again, rights().ensure_work("T0345246801", "Another title", "Label"));
  EXPECT_EQ(again.id, work.id);
  ASSERT_OK_AND(const auto untitled, rights().ensure_work("", "Folk tune", "Label"));
  EXPECT_NE(untitled.id, work.id);
  EXPECT_FAILS(rights().ensure_work("T0345246802", "x", "Label"), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(rights().ensure_work("", "", "Label"), ErrorCode::kInvalidArgument);
  ASSERT_OK(rights().link_work(song_.id, work.id, "Label"));
  ASSERT_OK(rights().link_work(song_.id, work.id, "Label"));
  ASSERT_OK_AND(const auto works, rights().works_of(song_.id));
  EXPECT_EQ(works.size(), 1U);
  ASSERT_OK_AND(const auto recordings, rights().recordings_of(work.id));
  EXPECT_EQ(recordings, std::vector<std::string>{song_.id});
  EXPECT_FAILS(rights().link_work(song_.id, song_.id, "Label"), ErrorCode::kNotFound);
}

TEST_F(RightsTest, ReleasesHoldRecordingsInOrder) {
  const auto other = add(recording("other", "Label"));
  Release wanted;
  wanted.gtin = "4006381333931";
  wanted.title = "Album";
  ASSERT_OK_AND(const auto release, rights().ensure_release(wanted, "Label"));
  EXPECT_EQ(release.gtin, "04006381333931");
  ASSERT_OK(rights().add_to_release(release.id, song_.id, 2, "Label"));
  ASSERT_OK(rights().add_to_release(release.id, other.id, 1, "Label"));
  ASSERT_OK_AND(const auto order, rights().recordings_on(release.id));
  EXPECT_EQ(order, (std::vector<std::string>{other.id, song_.id}));
  EXPECT_FAILS(rights().add_to_release("rel_none", song_.id, 1, "Label"), ErrorCode::kNotFound);
}

TEST_F(RightsTest, SharesReplaceEachOtherAndKeepTheirHistory) {
  const Share first[] = {share("Label", kWhole)};
  const Share second[] = {share("Label", 700'000), share("Partner", 400'000, "DE")};
  ASSERT_OK(rights().set_shares(song_.id, first, "Label"));
  ASSERT_OK_AND(const auto set, rights().set_shares(song_.id, second, "Partner"));
  EXPECT_EQ(set.conflicts.size(), 1U);
  open();
  ASSERT_OK_AND(const auto now, rights().ownership(song_.id));
  EXPECT_EQ(now.shares, (std::vector<Share>{second[0], second[1]}));
  EXPECT_EQ(now.conflicts, set.conflicts);
  ASSERT_OK(rights().set_shares(song_.id, first, "Label"));
  ASSERT_OK_AND(const auto resolved, rights().ownership(song_.id));
  EXPECT_TRUE(resolved.conflicts.empty());
  ASSERT_OK_AND(const auto history, rights().history(song_.id));
  ASSERT_EQ(history.size(), 3U);
  EXPECT_EQ(history[1].actor, "Partner");
  ASSERT_OK_AND(const auto detail, parse_json(history[1].detail));
  EXPECT_EQ(detail["conflicts"][0]["total_ppm"], 1'100'000);

  const Share backwards[] = {{"Label", 1, Territories(), Timestamp(std::chrono::days(2)), Timestamp{}}};
  EXPECT_FAILS(rights().set_shares(song_.id, backwards, "x"), ErrorCode::kInvalidArgument);
  const Share too_much[] = {share("Label", kWhole + 1)};
  EXPECT_FAILS(rights().set_shares(song_.id, too_much, "x"), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(rights().set_shares("rec_none", first, "x"), ErrorCode::kNotFound);
}

TEST_F(RightsTest, IdentifiersBelongToOneParty) {
  ASSERT_OK(rights().identify({"Writer", IdentifierScheme::kIpiName, "00334284961"}, "x"));
  ASSERT_OK(rights().identify({"Writer", IdentifierScheme::kIpiName, "334284961"}, "x"));
  EXPECT_FAILS(rights().identify({"Other", IdentifierScheme::kIpiName, "00334284961"}, "x"),
               ErrorCode::kConflict);
  EXPECT_FAILS(rights().identify({"Writer", IdentifierScheme::kIpiName, "00334284962"}, "x"),
               ErrorCode::kInvalidArgument);
  ASSERT_OK_AND(const auto all, rights().identifiers("Writer"));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].value, "00334284961");
}

TEST_F(RightsTest, LeaveOnAFeedMakesASightingAndNoClaim) {
  Licence allow;
  allow.kind = Licence::Kind::kAllow;
  allow.party = "Label";
  EXPECT_FAILS(terms().give(allow, "Label"), ErrorCode::kInvalidArgument);  // an allow-list names a feed
  allow.feed_url = feed_.url;
  ASSERT_OK_AND(const auto given, terms().give(allow, "Label"));
  EXPECT_EQ(decided(sighting(60'000)).reason, reason::kAllowListed);

  const auto outcome = record(scan({sighting(60'000)}));

  EXPECT_EQ(outcome.matches, 1);
  EXPECT_EQ(outcome.claims, 0);
  ASSERT_OK_AND(const auto stats, registry_->stats());
  EXPECT_EQ(stats.sightings, 1);
  ASSERT_OK(terms().end_licence(given.id, "Label"));
  EXPECT_FAILS(terms().end_licence(given.id, "Label"), ErrorCode::kNotFound);
  EXPECT_EQ(record(scan({sighting(60'000)})).new_claims, 1);
  ASSERT_OK_AND(const auto history, rights().history(given.id));
  EXPECT_EQ(history.size(), 2U);
}

TEST_F(RightsTest, LicencesCountForTheirRecordingAndTime) {
  const auto other = add(recording("other", "Label"));
  Licence licence;
  licence.party = "Label";
  licence.licensee = "The Show";
  licence.recording_id = other.id;
  licence.valid_from = clock_.now() + std::chrono::days(1);
  licence.valid_to = clock_.now() + std::chrono::days(2);
  ASSERT_OK(terms().give(licence, "Label"));
  auto use = sighting(60'000);
  use.recording_key = other.key;
  EXPECT_EQ(decided(use).disposition, Disposition::kActive) << "not yet";
  clock_.advance(std::chrono::days(1));
  EXPECT_EQ(decided(use).reason, reason::kLicensed);
  EXPECT_EQ(decided(sighting(60'000)).disposition, Disposition::kActive) << "another recording";
  clock_.advance(std::chrono::days(1));
  EXPECT_EQ(decided(use).disposition, Disposition::kActive) << "no more";
}

TEST_F(RightsTest, DocumentsAndExclusionsCountUntilTheyAreTakenBack) {
  RightsDocument document;
  document.kind = DocumentKind::kPublicDomain;
  document.subject = song_.id;
  EXPECT_FAILS(terms().attach(document, "x"), ErrorCode::kInvalidArgument);  // it needs a reason
  document.reason = "recorded in 1910";
  ASSERT_OK_AND(const auto attached, terms().attach(document, "x"));
  EXPECT_EQ(decided(sighting(60'000)).reason, reason::kPublicDomain);
  ASSERT_OK(terms().withdraw_document(attached.id, "x"));
  EXPECT_EQ(decided(sighting(60'000)).disposition, Disposition::kActive);
  ASSERT_OK_AND(const auto documents, terms().documents(song_.id));
  EXPECT_TRUE(documents.at(0).withdrawn_at);

  Exclusion exclusion;
  exclusion.start_ms = 30'000;
  exclusion.end_ms = 50'000;
  exclusion.reason = "sample";
  ASSERT_OK_AND(const auto excluded, terms().exclude(song_.id, exclusion, "Label"));
  EXPECT_EQ(decided(sighting(60'000)).reason, reason::kExcludedSegment);
  EXPECT_EQ(record(scan({sighting(60'000)})).claims, 0);
  ASSERT_OK(terms().end_exclusion(song_.id, excluded.key, "Label"));
  EXPECT_EQ(decided(sighting(60'000)).disposition, Disposition::kActive);
  exclusion.end_ms = 30'000;
  EXPECT_FAILS(terms().exclude(song_.id, exclusion, "Label"), ErrorCode::kInvalidArgument);
}

TEST_F(RightsTest, PoliciesHaveVersionsAndAreUsedForOneOrAll) {
  ASSERT_OK_AND(const auto first, policies().put(policy("Label", "block min_share=5%"), "Label"));
  EXPECT_EQ(first.version, 1);
  ASSERT_OK_AND(const auto same, policies().put(policy("Label", "block min_share=5%"), "Label"));
  EXPECT_EQ(same.version, 1);
  EXPECT_EQ(decided(sighting(60'000)).action, PolicyAction::kMonetize) << "it is not in use yet";
  ASSERT_OK(policies().use("Label", "", first.rule_id, "Label"));
  EXPECT_EQ(decided(sighting(60'000)).action, PolicyAction::kBlock);

  ASSERT_OK_AND(const auto second, policies().put(policy("Label", "monetize min_share=50%"), "Label"));
  EXPECT_EQ(second.version, 2);
  EXPECT_EQ(second.rule_id, first.rule_id);
  EXPECT_EQ(decided(sighting(60'000)).action, PolicyAction::kTrack) << "the newest version counts";
  EXPECT_EQ(decided(sighting(60'000)).rule_version, 2);
  ASSERT_OK_AND(const auto versions, policies().versions(first.rule_id));
  EXPECT_EQ(versions.size(), 2U);

  ASSERT_OK(policies().use("Label", song_.id, song_.rule_id, "Label"));
  EXPECT_EQ(decided(sighting(60'000)).action, PolicyAction::kMonetize) << "the recording's own comes first";
  auto named_block = policy("Label", "block");
  named_block.name = "block";
  EXPECT_FAILS(policies().put(named_block, "x"), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(policies().use("Other", "", first.rule_id, "x"), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(policies().use("Label", "", "rule_none", "x"), ErrorCode::kNotFound);
}

TEST_F(RightsTest, ContestedOwnershipIsAskedAbout) {
  const Share both[] = {share("Label", kWhole), share("Other", 1)};
  ASSERT_OK(rights().set_shares(song_.id, both, "Other"));
  record(scan({sighting(60'000)}));
  EXPECT_EQ(claims().at(0).status, ClaimStatus::kReview);
  EXPECT_EQ(claims().at(0).reason, "ownership_conflict");
}

TEST_F(RightsTest, RivalsThatSoundAlikeAreAskedAbout) {
  const auto rival = add(recording("rival", "Other"));
  auto also = sighting(60'500);
  also.recording_key = rival.key;
  record(scan({sighting(60'000), also}));
  EXPECT_EQ(claims().at(0).reason, "ambiguous_match");
  EXPECT_EQ(claims().at(1).reason, "ambiguous_match");
  auto weaker = sighting(200'000);
  weaker.recording_key = rival.key;
  weaker.score /= 2;
  record(scan({sighting(200'000), weaker}));
  EXPECT_EQ(claims().at(2).status, ClaimStatus::kActive);
}

TEST_F(RightsTest, ADryRunSaysWhatAPolicyWouldHaveMeantAndWritesNothing) {
  record(scan({sighting(60'000), sighting(200'000, 0.7), sighting(400'000)}));
  record(scan({sighting(60'000)}));
  clock_.advance(std::chrono::days(10));
  record(scan({sighting(600'000)}));

  DryRunOptions options;
  options.party = "Label";
  ASSERT_OK_AND(const auto run, policies().dry_run(policy("Label", "block min_share=5%"), options));
  EXPECT_EQ(run.uses, 4);
  EXPECT_EQ(run.now, (DecisionCounts{{"monetize", 3}, {"review", 1}}));
  EXPECT_EQ(run.then, (DecisionCounts{{"block", 3}, {"review", 1}}));
  EXPECT_EQ(run.changed.size(), 3U);
  options.days = 5;
  ASSERT_OK_AND(const auto recent, policies().dry_run(policy("Label", "block min_share=50%"), options));
  EXPECT_EQ(recent.then, (DecisionCounts{{"track", 1}}));
  options.party = "Other";
  ASSERT_OK_AND(const auto none, policies().dry_run(policy("Other", "block"), options));
  EXPECT_EQ(none.uses, 0);
  ASSERT_OK_AND(const auto kept, policies().list("Label"));
  EXPECT_EQ(kept.size(), 1U) << "only the plain policy of its registration";
}

}  // namespace
}  // namespace earmark::registry
