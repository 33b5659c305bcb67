#include "registry/resolution.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "registry/decision_json.h"
#include "tests/support/result_matchers.h"

namespace earmark::registry {
namespace {

using enum PolicyAction;

Territories in(std::string_view text) { return Territories::parse(text).value(); }

Policy policy(const std::string& party, PolicyAction otherwise, const std::vector<std::string>& lines = {}) {
  Policy made;
  made.key = 7;
  made.rule_id = "rule_" + party;
  made.version = 3;
  made.party = party;
  made.otherwise = otherwise;
  for (const auto& line : lines) made.lines.push_back(parse_policy_line(line).value());
  return made;
}

Share share(const std::string& party, Ppm ppm, std::string_view territories) {
  return {party, ppm, in(territories), Timestamp{}, std::nullopt};
}

/// A sure use of 20 s of a recording that Label registered and monetizes.
UseFacts plain_use() {
  UseFacts facts;
  facts.use = {MatchType::kRecording, 20'000, 100'000};
  facts.probability = 0.99;
  facts.reference_start_ms = 30'000;
  facts.reference_end_ms = 50'000;
  facts.at = Timestamp(std::chrono::days(1000));
  facts.registrant = "Label";
  facts.sides = {{"rec_1", false, {}, {}, {}}};
  facts.policies = {{"Label", policy("Label", kMonetize)}};
  return facts;
}

const TerritoryDecision& in_territory(const Decision& decision, std::string_view territory) {
  for (const TerritoryDecision& one : decision.by_territory) {
    if (std::find(one.territories.begin(), one.territories.end(), territory) != one.territories.end())
      return one;
  }
  return in_territory(decision, kElsewhere);
}

TEST(Decide, FollowsTheOwnersPolicyAndSaysWhich) {
  const Decision decision = decide(plain_use());
  EXPECT_EQ(decision.disposition, Disposition::kActive);
  EXPECT_EQ(decision.action, kMonetize);
  EXPECT_EQ(decision.in_effect, kMonetize);
  EXPECT_EQ(decision.reason, reason::kPolicy);
  EXPECT_EQ(decision.rule_id, "rule_Label");
  EXPECT_EQ(decision.rule_version, 3);
  ASSERT_EQ(decision.by_territory.size(), 1U);
  EXPECT_EQ(decision.by_territory[0].territories, std::vector<std::string>{"*"});
  EXPECT_EQ(decision.by_territory[0].owners, (std::vector<Holding>{{"Label", kWhole}}));
}

TEST(Decide, TakesEachOwnersPolicyInTheirTerritoryAndTheMostRestrictiveWhereTheyShare) {
  auto facts = plain_use();
  facts.sides[0].shares = {share("Label", 500'000, "WW -US"), share("Partner", 500'000, "DE"),
                           share("Far", kWhole, "US")};
  facts.policies.emplace("Partner", policy("Partner", kTrack));
  facts.policies.emplace("Far", policy("Far", kBlock));

  const Decision decision = decide(facts);

  EXPECT_EQ(in_territory(decision, "DE").action, kTrack);
  EXPECT_EQ(in_territory(decision, "DE").party, "Partner");
  EXPECT_EQ(in_territory(decision, "US").action, kBlock);
  EXPECT_EQ(in_territory(decision, "*").action, kMonetize);
  EXPECT_EQ(decision.action, kBlock);
  EXPECT_EQ(decision.in_effect, kTrack) << "a machine alone blocks nothing";
  EXPECT_EQ(decision.reason, reason::kBlockNeedsAPerson);
  EXPECT_EQ(decision.rule_id, "rule_Far");
}

TEST(Decide, CountsOnlyWhereTheOwnerIsMissing) {
  auto facts = plain_use();
  facts.sides[0].shares = {share("Label", kWhole, "DE")};
  const Decision decision = decide(facts);
  EXPECT_EQ(in_territory(decision, "DE").action, kMonetize);
  EXPECT_EQ(in_territory(decision, "*").action, kTrack);
  EXPECT_EQ(in_territory(decision, "*").reason, reason::kOwnerMissing);
}

TEST(Decide, MakesNoClaimWhereLeaveWasGiven) {
  auto facts = plain_use();
  Licence licence;
  licence.id = "lic_1";
  licence.party = "Label";
  facts.licences = {licence};
  Decision decision = decide(facts);
  EXPECT_EQ(decision.disposition, Disposition::kNoClaim);
  EXPECT_EQ(decision.reason, reason::kLicensed);
  EXPECT_FALSE(decision.action);
  EXPECT_EQ(decision.by_territory[0].licence_id, "lic_1");

  facts.licences[0].kind = Licence::Kind::kAllow;
  EXPECT_EQ(decide(facts).reason, reason::kAllowListed);

  facts.licences[0].territories = in("DE");
  decision = decide(facts);
  EXPECT_EQ(decision.disposition, Disposition::kActive);
  EXPECT_FALSE(in_territory(decision, "DE").action);
  EXPECT_EQ(in_territory(decision, "*").action, kMonetize);

  facts.licences[0].territories = Territories();
  facts.sides[0].shares = {share("Label", 500'000, "WW"), share("Partner", 500'000, "WW")};
  decision = decide(facts);
  EXPECT_EQ(decision.action, kTrack) << "one owner's leave is not the other's";
}

TEST(Decide, LeavesThePublicDomainAlone) {
  auto facts = plain_use();
  RightsDocument document;
  document.kind = DocumentKind::kPublicDomain;
  document.territories = in("US");
  facts.sides[0].documents = {document};
  Decision decision = decide(facts);
  EXPECT_EQ(in_territory(decision, "US").reason, reason::kPublicDomain);
  EXPECT_FALSE(in_territory(decision, "US").action);
  EXPECT_EQ(in_territory(decision, "*").action, kMonetize);

  facts.sides[0].documents[0].territories = Territories();
  decision = decide(facts);
  EXPECT_EQ(decision.disposition, Disposition::kNoClaim);
  EXPECT_EQ(decision.reason, reason::kPublicDomain);

  facts.sides[0].documents[0].valid_to = facts.at;
  EXPECT_EQ(decide(facts).disposition, Disposition::kActive) << "the document has run out";

  // A composition that is free takes nothing from the owner of the recording, and gives its writers no say.
  facts.sides[0].documents.clear();
  document.territories = Territories();
  facts.sides.push_back({"wrk_1", true, {share("Writer", kWhole, "WW")}, {}, {document}});
  facts.policies.emplace("Writer", policy("Writer", kBlock));
  EXPECT_EQ(decide(facts).action, kMonetize);
  facts.sides[1].documents.clear();
  EXPECT_EQ(decide(facts).action, kBlock);
}

TEST(Decide, AsksAPersonWhereItIsNotSure) {
  const auto reviewed = [](const UseFacts& facts, std::string_view why) {
    const Decision decision = decide(facts);
    EXPECT_EQ(decision.disposition, Disposition::kReview);
    EXPECT_EQ(decision.reason, why);
    EXPECT_FALSE(decision.in_effect) << "a question does nothing";
    EXPECT_EQ(decision.action, kMonetize);
  };
  auto weak = plain_use();
  weak.probability = 0.8999;
  reviewed(weak, reason::kWeakMatch);
  auto ambiguous = plain_use();
  ambiguous.is_ambiguous = true;
  reviewed(ambiguous, reason::kAmbiguousMatch);
  auto melody = plain_use();
  melody.use.match_type = MatchType::kMelody;
  reviewed(melody, reason::kNotTheRecording);
  auto contested = plain_use();
  contested.sides[0].shares = {share("Label", kWhole, "WW")};
  contested.sides[0].conflicts = {{"*", 1'500'000, Timestamp{}, std::nullopt}};
  reviewed(contested, reason::kOwnershipConflict);
  auto expired = plain_use();
  RightsDocument paper;
  paper.kind = DocumentKind::kLicenceChain;
  paper.party = "Label";
  paper.valid_to = expired.at - std::chrono::hours(1);
  expired.sides[0].documents = {paper};
  reviewed(expired, reason::kDocumentExpired);
  paper.valid_to.reset();
  expired.sides[0].documents.push_back(paper);
  EXPECT_EQ(decide(expired).disposition, Disposition::kActive) << "another paper stands";
}

TEST(Decide, ClosesItsGates) {
  auto faint = plain_use();
  faint.probability = 0.4999;
  EXPECT_EQ(decide(faint).reason, reason::kFaint);
  auto cleared = plain_use();
  cleared.is_cleared = true;
  EXPECT_EQ(decide(cleared).reason, reason::kCleared);
  auto excluded = plain_use();
  Exclusion exclusion;
  exclusion.start_ms = 25'000;
  exclusion.end_ms = 49'500;
  excluded.exclusions = {exclusion};
  EXPECT_EQ(decide(excluded).reason, reason::kExcludedSegment);
  excluded.exclusions[0].end_ms = 45'000;
  EXPECT_EQ(decide(excluded).disposition, Disposition::kActive);
}

TEST(Decide, IsExplainedInJson) {
  const Json json = to_json(decide(plain_use()));
  EXPECT_EQ(json["action"], "monetize");
  EXPECT_EQ(json["by_territory"][0]["owners"][0]["share_ppm"], kWhole);
  EXPECT_EQ(json["by_territory"][0]["rule_version"], 3);
  auto faint = plain_use();
  faint.probability = 0.1;
  EXPECT_EQ(to_json(decide(faint))["action"], "none");
}

TEST(PolicyLines, AreReadAndPrinted) {
  for (const char* text : {"block", "monetize min_length=10000ms", "track territory=AT,DE match=melody",
                           "block territory=WW,-US min_length=5000ms min_share=900000"}) {
    const auto line = parse_policy_line(text);
    ASSERT_TRUE(line) << line.error().message;
    EXPECT_EQ(to_string(*line), text);
  }
  EXPECT_EQ(parse_policy_line("block min_share=90% min_length=2s").value(),
            parse_policy_line("block min_length=2000ms min_share=900000").value());
  for (const char* bad : {"", "sell", "block now", "block min_length=10", "block min_share=110%",
                          "block territory=XY", "block weekday=monday", "block min_length=-1s"})
    EXPECT_FAILS(parse_policy_line(bad), ErrorCode::kInvalidArgument);
}

TEST(PolicyTemplates, DoWhatTheySay) {
  const auto action = [](std::string_view name, std::int64_t length_ms, Ppm part) {
    const PolicyTemplate* const known = find_template(name).value();
    Policy made;
    made.otherwise = known->otherwise;
    made.lines = known->lines;
    return action_of(made, {MatchType::kRecording, length_ms, part}, kElsewhere);
  };
  EXPECT_EQ(action("track-all", 60'000, kWhole), kTrack);
  EXPECT_EQ(action("block-all", 100, 0), kBlock);
  EXPECT_EQ(action("monetize-from-10s", 9'999, 0), kTrack);
  EXPECT_EQ(action("monetize-from-10s", 10'000, 0), kMonetize);
  EXPECT_EQ(action("block-whole", 5'000, 900'000), kBlock);
  EXPECT_EQ(action("block-whole", 20'000, 899'999), kMonetize);
  EXPECT_EQ(action("block-whole", 5'000, 0), kTrack);
  EXPECT_FAILS(find_template("delete-all"), ErrorCode::kNotFound);
}

/// Random facts of all kinds.
UseFacts drawn(std::mt19937& random) {
  const std::vector<std::string> places = {"WW", "WW -DE", "DE", "DE AT", "US"};
  const std::vector<std::string> names = {"Label", "Partner", "Far", "Writer"};
  const auto one_of = [&](const auto& list) { return list[random() % list.size()]; };
  auto facts = plain_use();
  facts.probability = static_cast<double>(random() % 1001) / 1000.0;
  facts.is_ambiguous = random() % 5 == 0;
  facts.is_cleared = random() % 9 == 0;
  facts.policies.clear();
  for (const auto& name : names) {
    if (random() % 4 != 0)
      facts.policies.emplace(name,
                             policy(name, kByRestriction[random() % 3],
                                    {random() % 2 == 0 ? "block territory=US" : "monetize min_length=15s"}));
  }
  if (random() % 2 == 0) facts.sides.push_back({"wrk_1", true, {}, {}, {}});
  for (RightsSide& side : facts.sides) {
    for (std::size_t i = 0, n = random() % 4; i < n; ++i)
      side.shares.push_back(share(one_of(names), static_cast<Ppm>(random() % kWhole), one_of(places)));
    side.conflicts = conflicts_of(side.shares);
    if (random() % 4 == 0) {
      RightsDocument document;
      document.kind = DocumentKind::kPublicDomain;
      document.territories = in(one_of(places));
      side.documents.push_back(document);
    }
  }
  if (random() % 3 == 0) {
    Licence licence;
    licence.id = "lic_1";
    licence.party = one_of(names);
    licence.territories = in(one_of(places));
    facts.licences.push_back(licence);
  }
  return facts;
}

TEST(DecideProperty, HoldsItsPromisesForAllFacts) {
  std::mt19937 random(5);
  int active = 0;
  for (int round = 0; round < 3000; ++round) {
    const UseFacts facts = drawn(random);
    const Decision decision = decide(facts);

    ASSERT_EQ(to_json(decision).dump(), to_json(decide(facts)).dump());
    ASSERT_FALSE(decision.reason.empty());
    ASSERT_NE(decision.in_effect, kBlock) << "a machine alone blocks nothing";
    if (decision.disposition != Disposition::kActive) {
      ASSERT_FALSE(decision.in_effect) << "a question, and no claim, do nothing";
    }
    if (facts.probability < kReviewProbability || facts.is_cleared) {
      ASSERT_EQ(decision.disposition, Disposition::kNoClaim);
      continue;
    }
    if (facts.probability < kActiveProbability || facts.is_ambiguous) {
      ASSERT_NE(decision.disposition, Disposition::kActive);
    }
    std::optional<PolicyAction> hardest;
    std::vector<std::string> seen;
    for (const TerritoryDecision& one : decision.by_territory) {
      seen.insert(seen.end(), one.territories.begin(), one.territories.end());
      if (one.action) hardest = hardest ? more_restrictive(*hardest, *one.action) : *one.action;
      for (const auto& where : one.territories) {
        if (one.reason != reason::kPolicy) continue;
        // No owner in this territory who gave no leave wants more than what was decided.
        for (const RightsSide& side : facts.sides) {
          auto holders = holdings_in(side.shares, where, facts.at);
          if (side.shares.empty() && !side.is_work) holders = {{facts.registrant, kWhole}};
          for (const Holding& holder : holders) {
            const bool has_leave =
                std::any_of(facts.licences.begin(), facts.licences.end(), [&](const Licence& licence) {
                  return licence.party == holder.party && licence.territories.contains(where);
                });
            const bool is_free = !side.documents.empty() && side.documents[0].territories.contains(where);
            const auto wants = facts.policies.find(holder.party);
            if (has_leave || is_free || holder.ppm == 0 || wants == facts.policies.end()) continue;
            ASSERT_LE(restriction_of(action_of(wants->second, facts.use, where)),
                      restriction_of(*one.action));
          }
        }
      }
    }
    std::sort(seen.begin(), seen.end());
    ASSERT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end()) << "a territory is decided once";
    ASSERT_NE(std::find(seen.begin(), seen.end(), "*"), seen.end());
    ASSERT_EQ(decision.action, hardest);
    active += decision.disposition == Disposition::kActive ? 1 : 0;
  }
  EXPECT_GT(active, 50) << "the draw is one-sided";
}

}  // namespace
}  // namespace earmark::registry
