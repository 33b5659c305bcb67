#include "monetization/memberships.h"

#include <algorithm>
#include <random>

#include "monetization/simulator.h"
#include "monetization/webhook_signature.h"
#include "tests/monetization/fixture.h"

namespace earmark::monetization {
namespace {

constexpr const char* kSecret = "whsec_test";

/// A show with two tiers: fan for 5.00 and patron for 12.00 every 30 days.
class MembersTest : public BooksTest {
 protected:
  void SetUp() override {
    BooksTest::SetUp();
    put_tier("fan", "5.00 USD", 0);
    put_tier("patron", "12.00 USD", 0);
    put_tier("try", "5.00 USD", 7);
  }
  void put_tier(const char* name, const char* amount, std::int64_t trial_days) {
    Tier tier;
    tier.feed = feed_.url;
    tier.name = name;
    tier.price.amount = parse_money(amount).value();
    tier.trial_days = trial_days;
    tier.benefits = "ad-free";
    ASSERT_OK(run<Tier>([&](Memberships& members) { return members.put_tier(tier); }));
  }
  template <class T>
  Result<T> run(const std::function<Result<T>(Memberships&)>& work) {
    std::optional<T> value;
    const Status done = books_->members(kSecret, [&](Memberships& members) -> Status {
      EARMARK_TRY(value, work(members));
      return {};
    });
    if (!done) return fail(done.error());
    return std::move(*value);
  }
  Memberships::Join wanted(const char* tier, const char* method = "pm_ok", const char* reference = "ann") {
    Memberships::Join join;
    join.feed = feed_.url;
    join.tier = tier;
    join.reference = reference;
    join.payment_method = method;
    return join;
  }
  Result<Joined> join(const Memberships::Join& wanted) {
    return run<Joined>([&](Memberships& members) { return members.join(wanted); });
  }
  Result<Access> open(const std::string& token, const std::string& device = "phone") {
    return run<Access>([&](Memberships& members) { return members.open(token, device); });
  }
  Member member(const std::string& id) {
    return run<Member>([&](Memberships& members) { return members.find(id); }).value();
  }
  void tick(int days) {
    clock_.advance(std::chrono::days(days));
    ASSERT_OK(run<std::int64_t>([](Memberships& members) { return members.tick(kSecret); }));
  }
  std::int64_t income() { return balance(member_income_account(feed_.url)); }
};

TEST_F(MembersTest, PayEveryPeriodUntilTheyLeave) {
  ASSERT_OK_AND(const auto joined, join(wanted("fan")));
  EXPECT_EQ(joined.token.size(), 43U);
  tick(0);
  EXPECT_EQ(balance("external:members"), -5'000'000);
  EXPECT_EQ(balance("external:fee.processor"), 445'000);  // 2.9 % and 0.30
  EXPECT_EQ(income(), 4'555'000);
  tick(61);
  EXPECT_EQ(income(), 3 * 4'555'000);
  ASSERT_OK(open(joined.token));
  ASSERT_OK(
      run<Member>([&](Memberships& m) { return m.leave(joined.member.id, Processor::When::kAtPeriodEnd); }));
  tick(10);
  ASSERT_OK(open(joined.token));
  tick(30);
  EXPECT_EQ(member(joined.member.id).status, MemberStatus::kLapsed);
  EXPECT_FAILS(open(joined.token), ErrorCode::kRefused);
  EXPECT_EQ(income(), 3 * 4'555'000);
  expect_healthy();
}

TEST_F(MembersTest, TryFirstAndPayAfterwards) {
  ASSERT_OK_AND(const auto joined, join(wanted("try")));
  EXPECT_EQ(joined.member.status, MemberStatus::kTrialing);
  tick(6);
  EXPECT_EQ(income(), 0);
  ASSERT_OK(open(joined.token));
  tick(2);
  EXPECT_EQ(member(joined.member.id).status, MemberStatus::kActive);
  EXPECT_EQ(income(), 4'555'000);
}

TEST_F(MembersTest, ArePatientlyAskedAgainAndThenLapse) {
  ASSERT_OK_AND(const auto slow, join(wanted("try", "pm_fails_2", "slow")));
  ASSERT_OK_AND(const auto never, join(wanted("try", "pm_declined", "never")));
  tick(7);
  EXPECT_EQ(member(slow.member.id).status, MemberStatus::kPastDue);
  ASSERT_OK(open(slow.token));
  tick(1);
  tick(3);
  EXPECT_EQ(member(slow.member.id).status, MemberStatus::kActive) << "the third attempt";
  EXPECT_EQ(member(never.member.id).status, MemberStatus::kPastDue);
  tick(12);
  EXPECT_EQ(member(never.member.id).status, MemberStatus::kLapsed) << "1, 3, 5 and 7 days after each other";
  EXPECT_FAILS(open(never.token), ErrorCode::kRefused);
  EXPECT_EQ(income(), 4'555'000);
}

TEST_F(MembersTest, AreRefusedWhereTheFirstPaymentIs) {
  EXPECT_FAILS(join(wanted("fan", "pm_declined")), ErrorCode::kRefused);
  EXPECT_FAILS(join(wanted("fan", "visa 4242")), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(join(wanted("gold")), ErrorCode::kNotFound);
  const auto all = run<std::vector<Member>>([](Memberships& members) { return members.members(); });
  EXPECT_TRUE(all.value().empty());
  ASSERT_OK(join(wanted("fan")));
  EXPECT_FAILS(join(wanted("patron")), ErrorCode::kConflict);
}

TEST_F(MembersTest, PayTheDifferenceToTheSecond) {
  ASSERT_OK_AND(const auto joined, join(wanted("fan")));
  tick(10);  // two thirds of the period are left: 8.00 for 3.333333
  const auto change = [&](const char* tier) {
    return run<Member>([&](Memberships& members) { return members.change_tier(joined.member.id, tier); });
  };
  ASSERT_OK(change("patron"));
  tick(0);
  EXPECT_EQ(balance("external:members"), -5'000'000 - 4'666'667);
  ASSERT_OK(change("fan"));
  tick(20);
  EXPECT_EQ(balance("external:members"), -5'000'000 - 4'666'667 - 333'333)
      << "what was left comes off the next period";
  expect_healthy();
}

TEST_F(MembersTest, MayBeGiven) {
  auto gift = wanted("fan", "pm_ok", "bob");
  gift.gift_periods = 2;
  gift.gift_from = "ann";
  ASSERT_OK_AND(const auto joined, join(gift));
  EXPECT_EQ(balance("external:members"), -10'000'000);
  tick(59);
  ASSERT_OK(open(joined.token));
  tick(1);
  EXPECT_FAILS(open(joined.token), ErrorCode::kRefused);
  EXPECT_EQ(member(joined.member.id).status, MemberStatus::kLapsed);
  ASSERT_OK(join(gift));
}

TEST_F(MembersTest, HaveAnAddressOfTheirOwnThatCanBeTakenBack) {
  ASSERT_OK_AND(const auto joined, join(wanted("fan")));
  EXPECT_FAILS(open("guessed"), ErrorCode::kRefused);
  EXPECT_FAILS(open(""), ErrorCode::kRefused);
  ASSERT_OK_AND(const auto fresh, run<std::string>([&](Memberships& members) {
                  return members.rotate_token(joined.member.id, "lost");
                }));
  EXPECT_FAILS(open(joined.token), ErrorCode::kRefused);
  ASSERT_OK_AND(const auto access, open(fresh));
  EXPECT_EQ(access.benefits, "ad-free");
  // Passed around: too many devices in a day end it.
  for (int device = 1; device < kMostDevicesADay; ++device) {
    ASSERT_OK_AND(const auto again, open(fresh, "device " + std::to_string(device)));
    EXPECT_FALSE(again.is_shared);
  }
  ASSERT_OK_AND(const auto last, open(fresh, "one too many"));
  EXPECT_TRUE(last.is_shared);
  EXPECT_FAILS(open(fresh), ErrorCode::kRefused);
}

TEST_F(MembersTest, GiveTheirMoneyToWhatWasHeard) {
  ASSERT_OK(join(wanted("fan")));
  tick(0);
  const IncomeSplit november = {feed_.url, parse_when("2023-11-01").value(),
                                parse_when("2023-12-01").value()};
  ASSERT_OK_AND(const auto ids, books_->share_member_income(november));
  EXPECT_EQ(ids.size(), 1U);
  EXPECT_EQ(income(), 0);
  ASSERT_OK_AND(const auto again, books_->share_member_income(november));
  EXPECT_TRUE(again.empty());
  attribute();
  EXPECT_EQ(balance("party:Label"), 22'775) << "20 s of an hour of 4.0995, after the fee of a tenth";
  expect_healthy();
}

TEST_F(MembersTest, BelieveOnlySignedEventsAndEachOnce) {
  const std::string body =
      R"({"id":"evt_1","type":"customer.subscription.deleted","created":"2023-11-14T22:13:20.000Z","data":{"object":{}}})";
  const auto receive = [&](const std::string& text, const std::string& signature) {
    return books_->members(kSecret, [&](Memberships& members) {
      return members.receive({"", text, signature}, kSecret);
    });
  };
  const auto good = sign_event(body, kSecret, clock_.now());
  EXPECT_FAILS(receive(body, sign_event(body, "other", clock_.now())), ErrorCode::kRefused);
  EXPECT_FAILS(receive(body + " ", good), ErrorCode::kRefused);
  EXPECT_FAILS(receive(body, "v1=00"), ErrorCode::kRefused);
  EXPECT_FAILS(receive(body, ""), ErrorCode::kRefused);
  EXPECT_FAILS(receive(body, sign_event(body, kSecret, clock_.now() - std::chrono::minutes(6))),
               ErrorCode::kRefused);
  EXPECT_FAILS(receive(body, good), ErrorCode::kCorrupt);  // about no subscription
  ASSERT_OK(check_signature(body, "v1=00," + good, kSecret, clock_.now()));
}

TEST_F(MembersTest, ComeToTheSameInWhateverOrderTheEventsCome) {
  ASSERT_OK_AND(const auto joined, join(wanted("try", "pm_fails_1")));
  ASSERT_OK(
      run<Member>([&](Memberships& m) { return m.leave(joined.member.id, Processor::When::kAtPeriodEnd); }));
  clock_.advance(std::chrono::days(60));
  std::vector<ProcessorEvent> events;
  ASSERT_OK(books_->simulator(kSecret, [&](Processor& processor) -> Status {
    EARMARK_TRY_STATUS(processor.advance());
    EARMARK_TRY(events, processor.pending_events());
    return {};
  }));
  ASSERT_GT(events.size(), 2U);
  std::mt19937 random(4);
  std::shuffle(events.begin(), events.end(), random);
  for (int twice = 0; twice < 2; ++twice) {
    for (const auto& event : events)
      ASSERT_OK(books_->members(kSecret, [&](Memberships& m) { return m.receive(event, kSecret); }));
  }
  EXPECT_EQ(member(joined.member.id).status, MemberStatus::kLapsed);
  EXPECT_EQ(income(), 0) << "left before the trial ended";
  EXPECT_FAILS(open(joined.token), ErrorCode::kRefused);
  expect_healthy();
}

TEST_F(MembersTest, CallTheProcessorOnceForEachKey) {
  const auto calls = [](Processor& processor) -> Status {
    EARMARK_TRY(const auto customer, processor.create_customer("carl", "k1"));
    EARMARK_TRY(const auto same, processor.create_customer("carl", "k1"));
    EXPECT_EQ(customer, same);
    EXPECT_FAILS(processor.create_customer("dora", "k1"), ErrorCode::kConflict);
    EXPECT_FAILS(processor.create_customer("dora", ""), ErrorCode::kInvalidArgument);
    Charge wanted;
    wanted.customer = customer;
    wanted.amount = parse_money("10 USD").value();
    EARMARK_TRY(const auto charge, processor.charge(wanted, "pm_ok", "k2"));
    EXPECT_EQ(charge.fee.micros, 590'000);
    EARMARK_TRY_STATUS(processor.refund(charge.id, 4'000'000, "k3"));
    EARMARK_TRY(const auto again, processor.refund(charge.id, 4'000'000, "k3"));
    EXPECT_EQ(again.refunded_micros, 4'000'000);
    EXPECT_FAILS(processor.refund(charge.id, 6'000'001, "k4"), ErrorCode::kInvalidArgument);
    EXPECT_FAILS(processor.charge(wanted, "pm_declined", "k5"), ErrorCode::kRefused);
    return {};
  };
  ASSERT_OK(books_->simulator(kSecret, calls));
}

}  // namespace
}  // namespace earmark::monetization
