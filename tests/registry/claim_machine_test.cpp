#include "registry/claim_machine.h"

#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace earmark::registry {
namespace {

using S = ClaimStatus;

constexpr ClaimRole kPeople[] = {ClaimRole::kClaimant, ClaimRole::kUploader, ClaimRole::kReviewer};

bool is_for_people(const ClaimEdge& edge) {
  return edge.allows(ClaimRole::kClaimant) || edge.allows(ClaimRole::kUploader) ||
         edge.allows(ClaimRole::kReviewer);
}

TEST(ClaimMachine, HasNoStatusThatCannotBeReachedOrLeft) {
  std::set<S> reached = {S::kCandidate};
  for (bool grew = true; grew;) {
    grew = false;
    for (const ClaimEdge& edge : claim_edges())
      if (reached.contains(edge.from)) grew = reached.insert(edge.to).second || grew;
  }
  for (const S status : claim_statuses()) {
    EXPECT_TRUE(reached.contains(status)) << to_string(status);
    const bool can_be_left =
        std::any_of(claim_edges().begin(), claim_edges().end(),
                    [&](const ClaimEdge& edge) { return edge.from == status && edge.to != status; });
    EXPECT_TRUE(can_be_left) << to_string(status);
    if (status != S::kCandidate) {
      EXPECT_EQ(parse_claim_status(to_string(status)), status);
    }
  }
  EXPECT_FAILS(parse_claim_status("candidate"), ErrorCode::kInvalidArgument);
}

TEST(ClaimMachine, SaysForEachVerbOneThing) {
  std::set<std::pair<S, std::string>> seen;
  for (const ClaimEdge& edge : claim_edges()) {
    EXPECT_TRUE(seen.insert({edge.from, std::string(edge.verb)}).second) << to_string(edge.from) << edge.verb;
    EXPECT_NE(edge.roles, 0U);
    EXPECT_FALSE(edge.reason.empty());
    EXPECT_EQ(find_edge(edge.from, edge.verb), &edge);
    EXPECT_TRUE(may_move(edge.from, edge.to));
  }
}

TEST(ClaimMachine, HasADeadlineForAllThatIsNotFinalAndTheClockMayTakeIt) {
  std::set<std::string_view> named;
  for (const NamedPeriod& known : default_periods()) named.insert(known.status);
  for (const S status : claim_statuses()) {
    if (status == S::kCandidate) continue;
    for (const std::string_view outcome : {"", "undisputed"}) {
      const auto verb = deadline_verb(status, outcome);
      EXPECT_EQ(verb.empty(), is_final(status)) << to_string(status);
      if (verb.empty()) continue;
      const ClaimEdge* const edge = find_edge(status, verb);
      ASSERT_NE(edge, nullptr) << to_string(status);
      EXPECT_TRUE(edge->allows(ClaimRole::kClock));
      EXPECT_TRUE(named.contains(to_string(status))) << to_string(status);
    }
  }
}

TEST(ClaimMachine, NeverLetsAMachineDoAPersonsPart) {
  for (const ClaimEdge& edge : claim_edges()) {
    const bool machine = edge.allows(ClaimRole::kEngine) || edge.allows(ClaimRole::kClock);
    // What goes against who published: only people take a claim further than its first statement.
    const bool goes_on = edge.to == S::kUpheld || edge.to == S::kTakedownRequested ||
                         edge.to == S::kLitigationHold || edge.verb == "confirm" || edge.verb == "reopen";
    if (goes_on) {
      EXPECT_FALSE(machine) << edge.verb;
    }
    if (edge.from == S::kReview && edge.to == S::kActive) {
      EXPECT_TRUE(is_for_people(edge));
    }
    // The podcaster alone objects; the claimant alone asks for a takedown.
    if (edge.verb == "dispute" || edge.verb == "appeal" || edge.verb == "counter") {
      EXPECT_TRUE(edge.allows(ClaimRole::kUploader));
      EXPECT_FALSE(edge.allows(ClaimRole::kClaimant));
    }
    if (edge.verb == "takedown") {
      EXPECT_FALSE(edge.allows(ClaimRole::kReviewer));
    }
  }
}

TEST(ClaimMachine, LetsSilenceNeverCostThePodcaster) {
  // From an open objection, the clock alone only ever leads to a cleared use.
  for (const S start : {S::kDisputed, S::kAppealed, S::kCounterNoticed, S::kLitigationHold}) {
    S at = start;
    for (int i = 0; i < 5 && !is_final(at); ++i) {
      at = find_edge(at, deadline_verb(at, ""))->to;
      if (i == 0) {
        EXPECT_TRUE(clears(at)) << to_string(start);
      }
    }
    EXPECT_TRUE(is_final(at));
  }
}

TEST(ClaimMachine, KeepsWhatIsClearedUnlessThereIsNewEvidence) {
  for (const ClaimEdge& edge : claim_edges()) {
    if (edge.from != S::kReleased) continue;
    EXPECT_EQ(edge.evidence, ClaimEdge::Evidence::kNeeded) << edge.verb;
    EXPECT_EQ(edge.to, S::kReview);
    for (const auto role : {ClaimRole::kEngine, ClaimRole::kClock}) EXPECT_FALSE(edge.allows(role));
  }
}

TEST(ClaimMachine, EndsByItselfFromEverywhere) {
  for (const S start : claim_statuses()) {
    if (start == S::kCandidate) continue;
    S at = start;
    std::string outcome;
    int steps = 0;
    while (!is_final(at) && steps < 10) {
      const auto verb = deadline_verb(at, outcome);
      outcome = verb == "undisputed" ? "undisputed" : "";
      at = find_edge(at, verb)->to;
      ++steps;
    }
    EXPECT_TRUE(is_final(at)) << to_string(start);
  }
}

TEST(ClaimRoles, AreReadAndPrinted) {
  for (const auto role : kPeople) EXPECT_EQ(parse_claim_role(to_string(role)), role);
  EXPECT_FAILS(parse_claim_role("king"), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace earmark::registry
