#include "registry/claims.h"

#include "core/json.h"
#include "tests/registry/claims_fixture.h"

namespace earmark::registry {
namespace {

TEST_F(ClaimsTest, SayWhatWasHeardWhereAndWhatFollows) {
  const auto outcome = record(scan({sighting(60'000)}));
  EXPECT_EQ(outcome.matches, 1);
  EXPECT_EQ(outcome.claims, 1);
  EXPECT_EQ(outcome.new_claims, 1);

  const auto all = claims();

  ASSERT_EQ(all.size(), 1U);
  const Claim& claim = all[0];
  EXPECT_TRUE(claim.id.starts_with("clm_"));
  EXPECT_EQ(claim.status, ClaimStatus::kActive);
  EXPECT_EQ(claim.recording_id, song_.id);
  EXPECT_EQ(claim.source, "song.flac");
  EXPECT_EQ(claim.title, "Title of song");
  EXPECT_EQ(claim.owner, "Label");
  EXPECT_EQ(claim.feed, feed_.url);
  EXPECT_EQ(claim.guid, "guid-1");
  EXPECT_EQ(claim.episode_title, "One");
  EXPECT_EQ(claim.enclosure_url, "https://cdn.example.org/1.mp3");
  EXPECT_EQ(claim.use.query_start_ms, 60'000);
  EXPECT_EQ(claim.use.query_end_ms, 80'000);
  EXPECT_EQ(claim.use.reference_start_ms, 30'000);
  EXPECT_EQ(claim.use.reference_end_ms, 50'000);
  EXPECT_EQ(claim.action, PolicyAction::kMonetize);
  EXPECT_EQ(claim.rule_id, song_.rule_id);
  EXPECT_EQ(claim.rule_version, 1);
  EXPECT_EQ(claim.created_at, clock_.now());
  EXPECT_EQ(claim.deadline_at, clock_.now() + kAnswerPeriod);
  ASSERT_OK_AND(const auto evidence, parse_json(claim.evidence));
  EXPECT_EQ(evidence["score"], 12.5);
  EXPECT_EQ(evidence["engine"], "earmark test");
  EXPECT_EQ(evidence["fetch"]["final_url"], "https://edge.example.org/1.mp3");
  EXPECT_EQ(evidence["fetch"]["fetched_at"], to_rfc3339(clock_.now()));
  EXPECT_EQ(evidence["recording"]["sha256"], song_.content_sha256);
  ASSERT_OK_AND(const auto events, registry_->claims().events(claim.id));
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].kind, "created");
  EXPECT_EQ(events[0].to_status, "active");
}

TEST_F(ClaimsTest, FromWeakSightingsWaitForAPersonAndFromFaintOnesAreNotMade) {
  const auto outcome = record(scan(
      {sighting(60'000, 0.9), sighting(200'000, 0.89), sighting(400'000, 0.5), sighting(600'000, 0.49)}));

  EXPECT_EQ(outcome.matches, 4);
  const auto all = claims();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].status, ClaimStatus::kActive);
  EXPECT_EQ(all[1].status, ClaimStatus::kReview);
  EXPECT_EQ(all[2].status, ClaimStatus::kReview);
}

TEST_F(ClaimsTest, AreNotMadeTwiceForOneUse) {
  record(scan({sighting(60'000), sighting(300'000)}));
  auto moved = sighting(60'900);
  moved.reference_start_ms += 950;

  const auto again = record(scan({moved, sighting(300'000, 0.6)}));

  EXPECT_EQ(again.matches, 2);
  EXPECT_EQ(again.claims, 2);
  EXPECT_EQ(again.new_claims, 0);
  const auto all = claims();
  ASSERT_EQ(all.size(), 2U);
  ASSERT_OK_AND(const auto events, registry_->claims().events(all[0].id));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].kind, "seen_again");
}

TEST_F(ClaimsTest, OfOtherPlacesInTheRecordingAreOtherClaims) {
  record(scan({sighting(60'000)}));
  auto other = sighting(60'000);
  other.reference_start_ms += 5'000;
  other.reference_end_ms += 5'000;
  EXPECT_EQ(record(scan({other})).new_claims, 1);
}

TEST_F(ClaimsTest, FollowTheUseIntoANewVersionOfTheEpisode) {
  record(scan({sighting(60'000)}));
  publish("https://cdn.example.org/1-again.mp3");
  EXPECT_EQ(episode_.version, 2);
  EXPECT_EQ(episode_.state, ScanState::kPending);

  EXPECT_EQ(record(scan({sighting(60'000)})).new_claims, 0);
  EXPECT_EQ(record(scan({sighting(90'000)})).new_claims, 1);
}

TEST_F(ClaimsTest, HaveTheSameIdsInEveryStore) {
  record(scan({sighting(60'000)}));
  const auto here = claims().at(0).id;

  const test::TempDir elsewhere;
  Registry::Options options;
  options.store = elsewhere.path();
  ASSERT_OK_AND(const auto other, Registry::open(options));
  ASSERT_OK(other->recordings().add(recording("first, so that the keys differ")));
  ASSERT_OK_AND(const auto song, other->recordings().add(recording("song", "Somebody else")));
  ASSERT_OK_AND(const auto feed, other->feeds().add(feed_.url));
  const EpisodeInput inputs[] = {
      {"guid-0", "Zero", std::nullopt, "https://cdn.example.org/0.mp3", "", std::nullopt},
      {"guid-1", "One", std::nullopt, "https://cdn.example.org/1.mp3", "", 1000}};
  ASSERT_OK(other->feeds().upsert_episodes(feed.feed.key, inputs));
  ASSERT_OK_AND(const auto episodes, other->feeds().episodes(feed.feed.key));
  auto again = scan({sighting(60'000)});
  again.version_key = episodes.at(1).version_key;
  again.sightings[0].recording_key = song.recording.key;
  ASSERT_OK(other->claims().record_scan(again));

  ASSERT_OK_AND(const auto there, other->claims().list({}));
  EXPECT_EQ(there.at(0).id, here);
}

TEST_F(ClaimsTest, AreFiltered) {
  const auto jingle = add(recording("jingle"));
  auto use = sighting(60'000, 0.7);
  use.recording_key = jingle.key;
  record(scan({sighting(60'000), use}));

  EXPECT_EQ(claims().size(), 2U);
  EXPECT_EQ(claims({ClaimStatus::kReview, "", ""}).size(), 1U);
  EXPECT_EQ(claims({std::nullopt, song_.id, ""}).size(), 1U);
  EXPECT_EQ(claims({std::nullopt, "", feed_.url}).size(), 2U);
  EXPECT_EQ(claims({ClaimStatus::kReview, song_.id, feed_.url}).size(), 0U);
  EXPECT_EQ(claims({std::nullopt, "", "https://example.org/other.xml"}).size(), 0U);
}

TEST_F(ClaimsTest, MoveOnlyWhereTheirStateAllows) {
  record(scan({sighting(60'000, 0.7)}));
  const auto id = claims().at(0).id;
  const auto move = [&](ClaimStatus to) {
    return registry_->claims().set_status(id, to, "Label", "because");
  };

  EXPECT_FAILS(move(ClaimStatus::kDisputed), ErrorCode::kConflict);
  ASSERT_OK(move(ClaimStatus::kActive));
  ASSERT_OK(move(ClaimStatus::kDisputed));
  ASSERT_OK(move(ClaimStatus::kReleased));
  EXPECT_FAILS(move(ClaimStatus::kActive), ErrorCode::kConflict);
  EXPECT_FAILS(registry_->claims().set_status("clm_nobody", ClaimStatus::kActive, "x", ""),
               ErrorCode::kNotFound);

  ASSERT_OK_AND(const auto events, registry_->claims().events(id));
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(events[3].from_status, "disputed");
  EXPECT_EQ(events[3].to_status, "released");
  EXPECT_EQ(events[3].actor, "Label");
  EXPECT_EQ(events[3].note, "because");
  EXPECT_EQ(parse_claim_status("disputed"), ClaimStatus::kDisputed);
  EXPECT_FAILS(parse_claim_status("gone"), ErrorCode::kInvalidArgument);
}

TEST_F(ClaimsTest, ThatWereReleasedStayReleased) {
  record(scan({sighting(60'000)}));
  const auto id = claims().at(0).id;
  ASSERT_OK(registry_->claims().set_status(id, ClaimStatus::kReleased, "Label", "licensed"));

  record(scan({sighting(60'000)}));

  ASSERT_OK_AND(const auto claim, registry_->claims().find(id));
  EXPECT_EQ(claim->status, ClaimStatus::kReleased);
  EXPECT_EQ(claims().size(), 1U);
}

TEST_F(ClaimsTest, GoAndComeBackWithTheirRecording) {
  record(scan({sighting(60'000), sighting(200'000)}));
  const auto released = claims().at(1).id;
  ASSERT_OK(registry_->claims().set_status(released, ClaimStatus::kReleased, "Label", ""));

  ASSERT_OK(registry_->recordings().forget(song_.id));
  EXPECT_EQ(claims().at(0).status, ClaimStatus::kWithdrawn);
  EXPECT_EQ(claims().at(1).status, ClaimStatus::kReleased);
  EXPECT_EQ(record(scan({sighting(60'000)})).matches, 0);

  add(recording("song", "Label"));
  record(scan({sighting(60'000), sighting(200'000)}));
  EXPECT_EQ(claims().at(0).status, ClaimStatus::kActive);
  EXPECT_EQ(claims().at(1).status, ClaimStatus::kReleased);
}

TEST_F(ClaimsTest, ComeWithTheScanOrNotAtAll) {
  auto broken = scan({sighting(60'000)});
  broken.version_key = 99;
  EXPECT_FAILS(registry_->claims().record_scan(broken), ErrorCode::kNotFound);

  EXPECT_TRUE(claims().empty());
  ASSERT_OK_AND(const auto stats, registry_->stats());
  EXPECT_EQ(stats.sightings, 0);
}

TEST_F(ClaimsTest, MarkTheEpisodeAsScanned) {
  ASSERT_OK(registry_->claims().record_scan_failure(episode_.version_key, ScanState::kError, "timed out"));
  record(scan({sighting(60'000), sighting(200'000, 0.3)}));

  ASSERT_OK_AND(const auto pending, registry_->feeds().pending({}));
  EXPECT_TRUE(pending.empty());
  ASSERT_OK_AND(const auto all, registry_->feeds().episodes(feed_.key));
  EXPECT_EQ(all[0].state, ScanState::kScanned);
  EXPECT_EQ(all[0].reason, "");
  EXPECT_EQ(all[0].matches, 2);
  EXPECT_EQ(all[0].claims, 1);
  ASSERT_OK_AND(const auto stats, registry_->stats());
  EXPECT_EQ(stats.episodes, 1);
  EXPECT_EQ(stats.episodes_scanned, 1);
  EXPECT_EQ(stats.sightings, 2);
  EXPECT_EQ(stats.claims, 1);
  EXPECT_EQ(stats.claims_active, 1);
  EXPECT_EQ(stats.claims_review, 0);
}

}  // namespace
}  // namespace earmark::registry
