#include "api/replies.h"

#include <gtest/gtest.h>

#include "tests/api/fixture.h"

namespace earmark::api {
namespace {

using Kind = Replies::Begun::Kind;

Sha256 request(std::string_view text) { return sha256(as_bytes(text)); }

Response created() {
  Response response;
  response.status = 201;
  response.body = R"({"id":"x"})";
  response.set_header("Location", "/v1/x");
  return response;
}

TEST(Replies, GiveTheSameAnswerAgain) {
  StoreFixture fixture;
  ASSERT_OK_AND(const auto party, fixture.store->party_key("default"));
  {
    Replies replies(*fixture.store);
    EXPECT_EQ(replies.begin(party, "k", request("a")).value().kind, Kind::kNew);
    EXPECT_EQ(replies.begin(party, "k", request("a")).value().kind, Kind::kInFlight);
    ASSERT_OK(replies.finish(party, "k", request("a"), created()));
  }
  Replies later(*fixture.store);  // as after a restart

  ASSERT_OK_AND(const auto again, later.begin(party, "k", request("a")));
  EXPECT_EQ(again.kind, Kind::kReplayed);
  EXPECT_EQ(again.answer.status, 201);
  EXPECT_EQ(again.answer.body, created().body);
  EXPECT_EQ(again.answer.header("location"), "/v1/x");
  EXPECT_EQ(later.begin(party, "k", request("b")).value().kind, Kind::kOtherRequest);
  ASSERT_OK_AND(const auto other, fixture.store->party_key("other"));
  EXPECT_EQ(later.begin(other, "k", request("b")).value().kind, Kind::kNew);
}

TEST(Replies, DoNotKeepWhatASecondTryMayChange) {
  StoreFixture fixture;
  ASSERT_OK_AND(const auto party, fixture.store->party_key("default"));
  Replies replies(*fixture.store);
  Response failed;
  failed.status = 503;
  EXPECT_EQ(replies.begin(party, "k", request("a")).value().kind, Kind::kNew);
  ASSERT_OK(replies.finish(party, "k", request("a"), failed));
  EXPECT_EQ(replies.begin(party, "k", request("a")).value().kind, Kind::kNew);
}

TEST(Replies, AreKeptForADayAtLeast) {
  StoreFixture fixture;
  ASSERT_OK_AND(const auto party, fixture.store->party_key("default"));
  Replies replies(*fixture.store);
  EXPECT_EQ(replies.begin(party, "k", request("a")).value().kind, Kind::kNew);
  ASSERT_OK(replies.finish(party, "k", request("a"), created()));
  fixture.clock.advance(std::chrono::hours(24));
  ASSERT_OK(replies.prune());
  EXPECT_EQ(replies.begin(party, "k", request("a")).value().kind, Kind::kReplayed);
  fixture.clock.advance(Replies::kKept);
  ASSERT_OK(replies.prune());
  EXPECT_EQ(replies.begin(party, "k", request("a")).value().kind, Kind::kNew);
}

}  // namespace
}  // namespace earmark::api
