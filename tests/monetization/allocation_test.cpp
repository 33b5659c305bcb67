#include "monetization/allocation.h"

#include <map>
#include <numeric>

#include "monetization/accounts.h"
#include "tests/support/result_matchers.h"

namespace earmark::monetization {
namespace {

/// One use of 36 s in an hour of audio: a hundredth.
PaidUse use(const std::string& claim, const std::string& recording) {
  PaidUse made;
  made.claim_id = claim;
  made.recording_id = recording;
  made.start_ms = 60'000;
  made.end_ms = 96'000;
  made.standing = Standing::kStands;
  made.there = {{"*", {{recording, false, {{"Label", registry::kWhole}}}}}};
  return made;
}

Facts facts(std::vector<PaidUse> uses) {
  Facts made;
  made.revenue_id = "rev_1";
  made.feed = "https://example.org/feed.xml";
  made.guid = "guid-1";
  made.amount = parse_money("100.00 USD").value();
  made.duration_ms = 3'600'000;
  made.territories = {"*"};
  made.tariff.name = "test";
  made.uses = std::move(uses);
  return made;
}

std::map<std::string, std::int64_t> by_account(const Facts& facts,
                                               const std::vector<HeardThere>& heard = {}) {
  const auto allocation = allocate(facts, heard);
  EXPECT_TRUE(allocation) << allocation.error().message;
  std::map<std::string, std::int64_t> sums;
  std::int64_t total = 0;
  if (!allocation) return sums;
  for (const auto& line : allocation->lines) {
    sums[line.account] += line.micros;
    total += line.micros;
    EXPECT_NE(line.micros, 0);
  }
  EXPECT_EQ(total, facts.amount.micros);
  return sums;
}

using Sums = std::map<std::string, std::int64_t>;
const std::string kShow = "show:https://example.org/feed.xml";

TEST(Allocate, PaysForTheSecondsThatWereHeard) {
  const auto one = facts({use("clm_1", "rec_1")});
  EXPECT_EQ(by_account(one), (Sums{{"party:Label", 1'000'000}, {kShow, 99'000'000}}));
  // Nobody heard the use; then everybody heard nothing else.
  EXPECT_EQ(by_account(one, {{"DE", {{0, 60'000, 5}}}}), (Sums{{kShow, 100'000'000}}));
  EXPECT_EQ(by_account(one, {{"DE", {{0, 120'000, 5}}}}),
            (Sums{{"party:Label", 30'000'000}, {kShow, 70'000'000}}));
}

TEST(Allocate, TakesFeesFirstAndRoundsThemDown) {
  auto made = facts({use("clm_1", "rec_1")});
  made.amount.micros = 999;
  made.tariff.fees = {{"platform", 150'000}, {"processing", 29'000}};
  const auto sums = by_account(made);
  EXPECT_EQ(sums.at("platform:fee.platform"), 149);
  EXPECT_EQ(sums.at("platform:fee.processing"), 28);
}

TEST(Allocate, KeepsTheShowsFloorAndTheCap) {
  auto made = facts({use("clm_1", "rec_1"), use("clm_2", "rec_2")});
  made.uses[0].end_ms = made.duration_ms;
  made.uses[1].there[0].sides[0].holders = {{"Other", registry::kWhole}};
  made.tariff.overlap = Overlap::kEach;
  auto sums = by_account(made);
  EXPECT_EQ(sums.at(kShow), 50'000'000);
  EXPECT_EQ(sums.at("party:Label") + sums.at("party:Other"), 50'000'000);
  EXPECT_GT(sums.at("party:Label"), 48'000'000) << "in proportion to what each asked for";
  made.tariff.cap = 200'000;
  sums = by_account(made);
  EXPECT_EQ(sums, (Sums{{"party:Label", 20'000'000}, {"party:Other", 1'000'000}, {kShow, 79'000'000}}));
}

TEST(Allocate, SplitsBetweenRecordingAndWorks) {
  auto made = facts({use("clm_1", "rec_1")});
  made.tariff.work = 200'000;
  EXPECT_EQ(by_account(made),
            (Sums{{"party:Label", 800'000}, {"unmatched:rec_1", 200'000}, {kShow, 99'000'000}}));
  auto& sides = made.uses[0].there[0].sides;
  sides.push_back({"wrk_1", true, {{"Writer", 750'000}}});
  EXPECT_EQ(by_account(made), (Sums{{"party:Label", 800'000},
                                    {"party:Writer", 150'000},
                                    {"unclaimed:wrk_1", 50'000},
                                    {kShow, 99'000'000}}));
  sides.push_back({"wrk_2", true, {{"Second", registry::kWhole}}});
  EXPECT_EQ(by_account(made).at("party:Second"), 100'000) << "two works share their part equally";
}

TEST(Allocate, KeepsWhatIsContestedOrContradicted) {
  auto made = facts({use("clm_1", "rec_1")});
  made.uses[0].standing = Standing::kContested;
  EXPECT_EQ(by_account(made), (Sums{{"escrow:clm_1", 1'000'000}, {kShow, 99'000'000}}));
  made.uses[0].standing = Standing::kNone;
  EXPECT_EQ(by_account(made), (Sums{{kShow, 100'000'000}}));
  made.uses[0].standing = Standing::kStands;
  made.uses[0].there[0].sides[0].holders = {{"A", 600'000}, {"B", 600'000}};
  EXPECT_EQ(by_account(made), (Sums{{"conflict:rec_1", 1'000'000}, {kShow, 99'000'000}}));
}

TEST(Allocate, TellsTerritoriesApart) {
  auto made = facts({use("clm_1", "rec_1")});
  made.territories = {"DE", "US", "*"};
  const Side ours = {"rec_1", false, {{"Label", registry::kWhole}}};
  const Side theirs = {"rec_1", false, {{"Partner", registry::kWhole}}};
  made.uses[0].there = {{"DE", {theirs}}, {"*", {ours}}};  // nobody earns in the US
  const std::vector<HeardThere> heard = {
      {"AT", {{0, 3'600'000, 1}}}, {"DE", {{0, 3'600'000, 2}}}, {"US", {{0, 3'600'000, 7}}}};
  EXPECT_EQ(by_account(made, heard),
            (Sums{{"party:Label", 100'000}, {"party:Partner", 200'000}, {kShow, 99'700'000}}));
  made.tariff.audience = {{"DE", 1}};
  EXPECT_EQ(by_account(made).at("party:Partner"), 1'000'000) << "an assumed audience";
}

TEST(Allocate, LeavesOutWhatIsTooShortOrWeighsNothing) {
  auto made = facts({use("clm_1", "rec_1")});
  made.tariff.min_length_ms = 36'001;
  EXPECT_EQ(by_account(made), (Sums{{kShow, 100'000'000}}));
  made.tariff.min_length_ms = 0;
  made.tariff.match_weights[registry::MatchType::kRecording] = 500'000;
  EXPECT_EQ(by_account(made).at("party:Label"), 500'000);
  made.tariff.match_weights[registry::MatchType::kRecording] = 0;
  EXPECT_EQ(by_account(made), (Sums{{kShow, 100'000'000}}));
}

TEST(Allocate, CopesWithTheShortestAndTheEmpty) {
  auto made = facts({});
  EXPECT_EQ(by_account(made), (Sums{{kShow, 100'000'000}}));
  made.duration_ms = 0;
  EXPECT_EQ(by_account(made), (Sums{{kShow, 100'000'000}}));
  made = facts({use("clm_1", "rec_1")});
  made.amount.micros = 0;
  EXPECT_TRUE(by_account(made).empty());
  made.amount.micros = 1;
  EXPECT_EQ(by_account(made), (Sums{{kShow, 1}}));
}

TEST(Facts, AreReadAsTheyWereWritten) {
  auto made = facts({use("clm_1", "rec_1"), use("clm_2", "rec_2")});
  made.uses[1].there[0].sides.push_back({"wrk_1", true, {{"A", 1}, {"B", 2}}});
  made.tariff = parse_tariff("house", std::vector<std::string>{"fee.x=1%", "weight.melody=50%"}).value();
  made.tariff.version = 4;
  const auto json = to_json(made);
  ASSERT_OK_AND(const auto again, facts_from_json(json));
  EXPECT_EQ(to_json(again), json);
  auto broken = json;
  broken["uses"][0].erase("claim_id");
  EXPECT_FAILS(facts_from_json(broken), ErrorCode::kCorrupt);
  broken = json;
  broken["currency"] = 7;
  EXPECT_FAILS(facts_from_json(broken), ErrorCode::kCorrupt);
}

TEST(Standing, FollowsFromTheClaim) {
  using S = registry::ClaimStatus;
  EXPECT_EQ(standing_of(S::kActive, ""), Standing::kStands);
  EXPECT_EQ(standing_of(S::kUpheld, ""), Standing::kContested) << "it can still be appealed";
  EXPECT_EQ(standing_of(S::kClosed, "stands"), Standing::kStands);
  EXPECT_EQ(standing_of(S::kClosed, "cleared"), Standing::kNone);
  for (const auto status : {S::kReview, S::kReleased, S::kExpired, S::kRestored, S::kWithdrawn})
    EXPECT_EQ(standing_of(status, ""), Standing::kNone);
}

}  // namespace
}  // namespace earmark::monetization
