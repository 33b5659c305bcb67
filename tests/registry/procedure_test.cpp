// What people and the clock do with claims, in a store.
#include <map>
#include <random>
#include <set>

#include "registry/claim_machine.h"
#include "tests/registry/claims_fixture.h"

namespace earmark::registry {
namespace {

using namespace std::chrono_literals;

class ProcedureTest : public ClaimsTest {
 protected:
  Result<Claim> act(const std::string& id, const std::string& verb, const std::string& role,
                    const std::string& evidence = "") {
    return registry_->claims().act({id, verb, role, "Somebody", "", "", evidence});
  }
  std::string status_of(const std::string& id) {
    const auto claim = registry_->claims().find(id);
    return claim && *claim ? std::string(to_string((*claim)->status)) : "none";
  }
  std::size_t tick() {
    const auto fired = registry_->claims().tick();
    EXPECT_TRUE(fired) << fired.error().message;
    return fired ? fired->size() : 0;
  }
  std::string claimed(double probability = 0.99) {
    record(scan({sighting(60'000, probability)}));
    return claims().at(0).id;
  }
};

TEST_F(ProcedureTest, GoesFromDisputeToCourtWithARecordOfEachStep) {
  const auto id = claimed();
  ASSERT_OK(act(id, "dispute", "uploader", "invoice 7"));
  ASSERT_OK(act(id, "uphold", "claimant"));
  ASSERT_OK(act(id, "appeal", "uploader"));
  EXPECT_FAILS(act(id, "takedown", "claimant"), ErrorCode::kInvalidArgument);
  ASSERT_OK(act(id, "takedown", "claimant", "notice with all six elements"));
  ASSERT_OK_AND(const auto countered, act(id, "counter", "uploader", "counter-notice"));
  EXPECT_EQ(countered.in_effect, PolicyAction::kBlock);
  EXPECT_EQ(countered.deadline_at, add_business_days(clock_.now(), 10, Calendar::kUs));
  clock_.advance(countered.deadline_at - clock_.now() - 1ms);
  EXPECT_EQ(tick(), 0U);
  clock_.advance(1ms);
  EXPECT_EQ(tick(), 1U);
  EXPECT_EQ(status_of(id), "restored");

  ASSERT_OK_AND(const auto events, registry_->claims().events(id));
  std::string path;
  for (const ClaimEvent& event : events) {
    path += event.to_status + " ";
    EXPECT_FALSE(event.role.empty());
    EXPECT_FALSE(event.reason.empty()) << event.to_status;
    EXPECT_EQ(event.rule_id, song_.rule_id);
    EXPECT_EQ(event.rule_version, 1);
    EXPECT_TRUE(event.deadline_at) << event.to_status;
  }
  EXPECT_EQ(path, "active disputed upheld appealed takedown_requested counter_noticed restored ");
  EXPECT_FALSE(events[0].evidence_id.empty());
  EXPECT_FALSE(events[1].evidence_id.empty());
  ASSERT_OK_AND(const auto evidence, registry_->claims().evidence(id));
  ASSERT_EQ(evidence.size(), 4U);
  EXPECT_EQ(evidence[1].body, "invoice 7");
  EXPECT_EQ(evidence[1].role, "uploader");
}

TEST_F(ProcedureTest, RefusesWhatIsNotForThisRole) {
  const auto id = claimed(0.7);
  EXPECT_FAILS(act(id, "confirm", "uploader"), ErrorCode::kRefused);
  EXPECT_FAILS(act(id, "confirm", "engine"), ErrorCode::kRefused);
  EXPECT_FAILS(act(id, "expire", "reviewer"), ErrorCode::kRefused);
  EXPECT_FAILS(act(id, "dispute", "uploader"), ErrorCode::kConflict);
  EXPECT_FAILS(act(id, "shout", "uploader"), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(act(id, "confirm", "king"), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(act("clm_nobody", "confirm", "reviewer"), ErrorCode::kNotFound);
  ASSERT_OK_AND(const auto confirmed, act(id, "confirm", "reviewer"));
  EXPECT_EQ(confirmed.status, ClaimStatus::kActive);
  EXPECT_EQ(confirmed.in_effect, PolicyAction::kMonetize);
}

TEST_F(ProcedureTest, TreatsSilenceAsAnAnswer) {
  const auto disputed = claimed();
  ASSERT_OK(act(disputed, "dispute", "uploader"));
  clock_.advance(std::chrono::days(14));
  EXPECT_FAILS(act(disputed, "uphold", "claimant"), ErrorCode::kConflict);  // the answer comes too late
  EXPECT_EQ(status_of(disputed), "disputed") << "a refused step changes nothing";
  EXPECT_EQ(tick(), 1U);
  EXPECT_EQ(status_of(disputed), "released");
  EXPECT_EQ(tick(), 0U);
}

TEST_F(ProcedureTest, LetsUnreviewedQuestionsExpireAndUnansweredClaimsStand) {
  record(scan({sighting(60'000), sighting(300'000, 0.6)}));
  const auto active = claims().at(0).id;
  const auto question = claims().at(1).id;
  EXPECT_EQ(claims().at(1).in_effect, std::nullopt);
  clock_.advance(std::chrono::days(7));
  EXPECT_EQ(tick(), 1U);
  EXPECT_EQ(status_of(question), "expired");
  clock_.advance(std::chrono::days(23));
  EXPECT_EQ(tick(), 1U);
  EXPECT_EQ(status_of(active), "active");
  EXPECT_EQ(claims().at(0).outcome, "undisputed");
  ASSERT_OK(act(active, "dispute", "uploader"));  // half a year to object
  ASSERT_OK(act(active, "retract", "uploader"));
  clock_.advance(std::chrono::days(200));
  EXPECT_EQ(tick(), 1U) << "a deadline that is set when one goes by counts from then on";
  clock_.advance(std::chrono::days(200));
  EXPECT_EQ(tick(), 1U);
  EXPECT_EQ(status_of(active), "closed");
  EXPECT_EQ(claims().at(0).outcome, "stands");
  EXPECT_EQ(claims().at(0).in_effect, PolicyAction::kMonetize);
}

TEST_F(ProcedureTest, BlocksNothingWithoutAPerson) {
  auto blocked = recording("blocked", "Strict");
  blocked.action = PolicyAction::kBlock;
  song_ = add(blocked);
  const auto id = claimed();
  EXPECT_EQ(claims().at(0).action, PolicyAction::kBlock);
  EXPECT_EQ(claims().at(0).in_effect, PolicyAction::kTrack);
  EXPECT_EQ(claims().at(0).reason, "block_needs_a_person");
  ASSERT_OK_AND(auto claim, act(id, "confirm", "claimant"));
  EXPECT_EQ(claim.in_effect, PolicyAction::kBlock);
  EXPECT_FAILS(act(id, "confirm", "claimant"), ErrorCode::kConflict);
  ASSERT_OK_AND(claim, act(id, "dispute", "uploader"));
  EXPECT_EQ(claim.in_effect, PolicyAction::kTrack) << "nothing is off while a first objection is open";
  ASSERT_OK_AND(claim, act(id, "uphold", "claimant"));
  EXPECT_EQ(claim.in_effect, PolicyAction::kBlock);
}

TEST_F(ProcedureTest, LetsOnlyBlocksBeAppealedAtOnce) {
  const auto id = claimed();
  EXPECT_FAILS(act(id, "escalate", "uploader"), ErrorCode::kConflict);
}

TEST_F(ProcedureTest, KeepsAClearedUseClearedUnlessThereIsNewEvidence) {
  const auto id = claimed();
  ASSERT_OK(act(id, "dispute", "uploader"));
  ASSERT_OK(act(id, "release", "claimant"));
  // The same stretch, aligned with another place of the recording; and the same music in another version of
  // the episode, moved by an advert.
  auto elsewhere = sighting(62'000);
  elsewhere.reference_start_ms += 40'000;
  elsewhere.reference_end_ms += 40'000;
  EXPECT_EQ(record(scan({elsewhere})).new_claims, 0);
  publish("https://cdn.example.org/1-with-adverts.mp3");
  EXPECT_EQ(record(scan({sighting(95'000)})).new_claims, 0);
  auto other = sighting(500'000);
  other.reference_start_ms = 100'000;
  other.reference_end_ms = 120'000;
  EXPECT_EQ(record(scan({other})).new_claims, 1) << "another segment is another matter";

  EXPECT_FAILS(act(id, "reopen", "claimant"), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(act(id, "reopen", "uploader", "contract"), ErrorCode::kRefused);
  ASSERT_OK(act(id, "reopen", "claimant", "contract"));
  EXPECT_EQ(status_of(id), "review");
  ASSERT_OK(act(id, "release", "reviewer"));
  EXPECT_FAILS(act(id, "reopen", "claimant", "contract"), ErrorCode::kInvalidArgument);  // not new any more
}

TEST_F(ProcedureTest, CountsWhoseClaimsWereWrong) {
  std::vector<NewSighting> uses;
  for (int i = 0; i < 5; ++i) uses.push_back(sighting(60'000 + 60'000 * i, i < 3 ? 0.99 : 0.6));
  record(scan(uses));
  const auto all = claims();
  ASSERT_OK(act(all[0].id, "dispute", "uploader"));
  ASSERT_OK(act(all[0].id, "release", "claimant"));
  ASSERT_OK(act(all[1].id, "dispute", "uploader"));
  ASSERT_OK(act(all[1].id, "uphold", "claimant"));
  ASSERT_OK(act(all[3].id, "confirm", "reviewer"));
  ASSERT_OK(act(all[4].id, "release", "reviewer"));

  ASSERT_OK_AND(const auto stats, registry_->claims().claimant_stats());

  ASSERT_EQ(stats.size(), 1U);
  EXPECT_EQ(stats[0].party, "Label");
  EXPECT_EQ(stats[0].claims, 5);
  EXPECT_EQ(stats[0].in_effect, 3);
  EXPECT_EQ(stats[0].disputed, 2);
  EXPECT_EQ(stats[0].lost, 1);
  EXPECT_EQ(stats[0].upheld, 1);
  EXPECT_EQ(stats[0].reviewed, 2);
  EXPECT_EQ(stats[0].refused_in_review, 1);
}

TEST_F(ProcedureTest, HasPeriodsThatCanBeSet) {
  ASSERT_OK(registry_->claims().set_period("review", {3, Period::Unit::kBusinessDays, Calendar::kTarget}));
  EXPECT_FAILS(registry_->claims().set_period("lunch", {1, Period::Unit::kDays, Calendar::kWeekdays}),
               ErrorCode::kNotFound);
  open();
  ASSERT_OK_AND(const auto periods, registry_->claims().periods());
  EXPECT_EQ(periods.at(0).first, "review");
  EXPECT_EQ(to_string(periods.at(0).second), "3bd:target");
  claimed(0.7);
  EXPECT_EQ(claims().at(0).deadline_at, add_business_days(clock_.now(), 3, Calendar::kTarget));
}

/// Steps, ticks, restarts and steps of the clock in any order: every deadline is settled once, and never
/// before it was due.
TEST_F(ProcedureTest, FiresEachDeadlineOnceWhateverHappens) {
  std::mt19937 random(17);
  std::vector<NewSighting> uses;
  for (int i = 0; i < 12; ++i) uses.push_back(sighting(60'000 + 60'000 * i, i % 3 == 0 ? 0.7 : 0.99));
  record(scan(uses));
  const auto all = claims();
  std::map<std::pair<std::string, std::int64_t>, int> fired;
  const auto take = [&] {
    ASSERT_OK_AND(const auto some, registry_->claims().tick());
    for (const FiredDeadline& one : some) {
      EXPECT_LE(one.due_at, clock_.now());
      ++fired[{one.claim_id + " " + one.verb, one.due_at.time_since_epoch().count()}];
    }
  };
  for (int round = 0; round < 150; ++round) {
    switch (random() % 6) {
      case 0: open(); break;
      case 1: take(); break;
      case 2: clock_.advance(std::chrono::hours(random() % (24 * 12))); break;
      case 3: clock_.advance(-std::chrono::hours(random() % (24 * 5))); break;
      default: {
        const auto& claim = all[random() % all.size()];
        const auto& edge = claim_edges()[random() % claim_edges().size()];
        const auto role = std::array{"claimant", "uploader", "reviewer"}.at(random() % 3);
        (void)act(claim.id, std::string(edge.verb), role, "evidence " + std::to_string(round));
      }
    }
  }
  for (int i = 0; i < 12; ++i) {
    clock_.advance(std::chrono::days(200));
    take();
  }
  for (const auto& [what, times] : fired) EXPECT_EQ(times, 1) << what.first;
  EXPECT_GE(fired.size(), 12U);
  for (const Claim& claim : claims()) {
    EXPECT_TRUE(is_final(claim.status)) << to_string(claim.status);
    ASSERT_OK_AND(const auto deadlines, registry_->claims().deadlines(claim.id));
    for (const ClaimDeadline& deadline : deadlines) EXPECT_TRUE(deadline.settled_at);
    ASSERT_OK_AND(const auto events, registry_->claims().events(claim.id));
    for (std::size_t i = 1; i < events.size(); ++i) {
      EXPECT_EQ(events[i].from_status, events[i - 1].to_status);
      if (events[i].kind == "seen_again") continue;
      EXPECT_TRUE(
          may_move(*parse_claim_status(events[i].from_status), *parse_claim_status(events[i].to_status)));
    }
  }
}

}  // namespace
}  // namespace earmark::registry
