#include "monetization/memberships.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/hash.h"
#include "monetization/accounts.h"
#include "monetization/ledger.h"
#include "monetization/webhook_signature.h"
#include "registry/ids.h"
#include "storage/session.h"

namespace earmark::monetization {
namespace {

constexpr std::string_view kSelectMembers =
    "SELECT key, id, feed, tier, reference, customer_id, subscription_id, status, status_at, paid_until, "
    "gift_from"
    " FROM members";
constexpr std::string_view kSelectTiers =
    "SELECT feed, name, price_id, currency, micros, days, trial_days, benefits FROM membership_tiers";
constexpr std::size_t kTokenBytes = 32;

constexpr MemberStatus kStatuses[] = {MemberStatus::kTrialing, MemberStatus::kActive, MemberStatus::kPastDue,
                                      MemberStatus::kGift, MemberStatus::kLapsed};

MemberStatus parse_status(std::string_view text) {
  const auto* const found = std::find_if(std::begin(kStatuses), std::end(kStatuses),
                                         [&](MemberStatus one) { return text == to_string(one); });
  return found == std::end(kStatuses) ? MemberStatus::kLapsed : *found;
}

MemberStatus status_of(SubscriptionStatus status) {
  switch (status) {
    case SubscriptionStatus::kTrialing: return MemberStatus::kTrialing;
    case SubscriptionStatus::kActive: return MemberStatus::kActive;
    case SubscriptionStatus::kPastDue: return MemberStatus::kPastDue;
    case SubscriptionStatus::kCanceled: return MemberStatus::kLapsed;
  }
  return MemberStatus::kLapsed;
}

std::string digest_of_token(std::string_view token) { return to_hex(sha256(as_bytes(token))); }

tl::unexpected<Error> no_access() {
  return fail(ErrorCode::kRefused, "this private feed's address is not, or no longer, valid");
}

}  // namespace

static void map_columns(storage::Columns& columns, Member& member) {
  columns(member.key)(member.id)(member.feed)(member.tier)(member.reference)(member.customer_id);
  columns(member.subscription_id);
  columns.text([&member](const std::string& text) { member.status = parse_status(text); });
  columns(member.status_at)(member.paid_until)(member.gift_from);
}

static void map_columns(storage::Columns& columns, Tier& tier) {
  columns(tier.feed)(tier.name)(tier.price.id);
  columns.text([&tier](const std::string& code) {
    tier.price.amount.currency = Currency::parse(code).value_or(Currency());
  });
  columns(tier.price.amount.micros)(tier.price.days)(tier.trial_days)(tier.benefits);
}

std::string_view to_string(MemberStatus status) {
  switch (status) {
    case MemberStatus::kTrialing: return "trialing";
    case MemberStatus::kActive: return "active";
    case MemberStatus::kPastDue: return "past_due";
    case MemberStatus::kGift: return "gift";
    case MemberStatus::kLapsed: return "lapsed";
  }
  return "lapsed";
}

std::string member_income_account(std::string_view feed) {
  return account(AccountKind::kPlatform, fmt::format("members.{}", feed));
}

Result<Tier> Memberships::put_tier(const Tier& tier) {
  if (tier.name.empty() || tier.trial_days < 0)
    return fail(ErrorCode::kInvalidArgument, "a tier needs a name, and a trial of no days or some");
  EARMARK_TRY(const auto feeds,
              session_->get<std::int64_t>("SELECT count(*) FROM feeds WHERE url = :feed", {tier.feed}));
  if (feeds == 0)
    return fail(ErrorCode::kNotFound, tier.feed + ": no such feed; 'earmark crawl add' adds one");
  EARMARK_TRY(const auto known,
              session_->find<Tier>(fmt::format("{} WHERE feed = :feed AND name = :name", kSelectTiers),
                                   {tier.feed, tier.name}));
  if (known)
    return fail(ErrorCode::kConflict, fmt::format("{} has a tier '{}' already", tier.feed, tier.name));
  Tier made = tier;
  EARMARK_TRY(made.price,
              processor_->create_price(tier.price, fmt::format("tier {} {}", tier.feed, tier.name)));
  EARMARK_TRY_STATUS(
      session_->execute("INSERT INTO membership_tiers (feed, name, price_id, currency, micros, days, "
                        "trial_days, benefits, created_at)"
                        " VALUES (:feed, :name, :price, :currency, :micros, :days, :trial, :benefits, :now)",
                        {made.feed, made.name, made.price.id, made.price.amount.currency.code(),
                         made.price.amount.micros, made.price.days, made.trial_days, made.benefits, now_}));
  return made;
}

Result<std::vector<Tier>> Memberships::tiers() {
  return session_->query<Tier>(fmt::format("{} ORDER BY feed, name", kSelectTiers));
}

Result<Tier> Memberships::find_tier(std::string_view feed, std::string_view name) {
  EARMARK_TRY(const auto tier,
              session_->find<Tier>(fmt::format("{} WHERE feed = :feed AND name = :name", kSelectTiers),
                                   {feed, name}));
  if (!tier) return fail(ErrorCode::kNotFound, fmt::format("{} has no tier '{}'", feed, name));
  return *tier;
}

Result<std::vector<Member>> Memberships::members() {
  return session_->query<Member>(fmt::format("{} ORDER BY key", kSelectMembers));
}

Result<Member> Memberships::find(std::string_view id) {
  EARMARK_TRY(const auto member,
              session_->find<Member>(fmt::format("{} WHERE id = :id", kSelectMembers), {id}));
  if (!member) return fail(ErrorCode::kNotFound, fmt::format("{}: no such member", id));
  return *member;
}

Status Memberships::save(const Member& member) {
  EARMARK_TRY_STATUS(session_->execute(
      "UPDATE members SET tier = :tier, status = :status, status_at = :at, paid_until = :until WHERE key = "
      ":key",
      {member.tier, to_string(member.status), member.status_at, member.paid_until, member.key}));
  return {};
}

Result<Joined> Memberships::join(const Join& wanted) {
  if (wanted.reference.empty()) return fail(ErrorCode::kInvalidArgument, "a member needs a reference");
  EARMARK_TRY(const auto tier, find_tier(wanted.feed, wanted.tier));
  EARMARK_TRY(
      const auto before,
      session_->query<Member>(
          fmt::format("{} WHERE feed = :feed AND reference = :reference ORDER BY key", kSelectMembers),
          {wanted.feed, wanted.reference}));
  if (!before.empty() && before.back().status != MemberStatus::kLapsed)
    return fail(ErrorCode::kConflict,
                fmt::format("'{}' is a member already: {}", wanted.reference, before.back().id));
  // How often they joined is a part of every key: whoever comes back is no repetition.
  const auto key = fmt::format("member {} {} {}", wanted.feed, wanted.reference, before.size());
  Joined joined;
  Member& member = joined.member;
  member.id = registry::public_id("mem_", registry::digest_of({"member", key}));
  member.feed = wanted.feed;
  member.tier = wanted.tier;
  member.reference = wanted.reference;
  member.gift_from = wanted.gift_from;
  member.status_at = now_;
  EARMARK_TRY(member.customer_id, processor_->create_customer(wanted.reference, key + " customer"));
  if (wanted.gift_periods > 0) {
    Charge gift;
    gift.customer = member.customer_id;
    gift.amount = tier.price.amount;
    if (__builtin_mul_overflow(tier.price.amount.micros, wanted.gift_periods, &gift.amount.micros))
      return fail(ErrorCode::kInvalidArgument, "so many periods cannot be given");
    gift.description = fmt::format("gift of {} for {}", wanted.tier, member.id);
    EARMARK_TRY(const auto charge, processor_->charge(gift, wanted.payment_method, key + " gift"));
    EARMARK_TRY_STATUS(book_income(charge.amount, charge.fee, member, charge.id));
    member.status = MemberStatus::kGift;
    member.paid_until = now_ + std::chrono::days(tier.price.days) * wanted.gift_periods;
  } else {
    const NewSubscription subscription = {member.customer_id, tier.price, wanted.payment_method,
                                          tier.trial_days};
    EARMARK_TRY(const auto made, processor_->subscribe(subscription, key + " subscription"));
    member.subscription_id = made.id;
    member.status = status_of(made.status);
    member.paid_until = made.period_end;
  }
  EARMARK_TRY(
      member.key,
      session_->get<std::int64_t>(
          "INSERT INTO members (id, feed, tier, reference, customer_id, subscription_id, status, status_at,"
          " paid_until, gift_from, created_at) VALUES (:id, :feed, :tier, :reference, :customer, "
          ":subscription,"
          " :status, :status_at, :paid_until, :gift_from, :now) RETURNING key",
          {member.id, member.feed, member.tier, member.reference, member.customer_id, member.subscription_id,
           to_string(member.status), member.status_at, member.paid_until, member.gift_from, now_}));
  EARMARK_TRY(joined.token, new_token(member.key));
  return joined;
}

Result<Member> Memberships::change_tier(std::string_view id, std::string_view name) {
  EARMARK_TRY(auto member, find(id));
  if (member.subscription_id.empty() || member.status == MemberStatus::kLapsed)
    return fail(ErrorCode::kConflict, fmt::format("{} has no subscription that could be changed", id));
  EARMARK_TRY(const auto tier, find_tier(member.feed, name));
  const auto key = fmt::format("change {} {} {}", id, name, to_rfc3339(now_));
  EARMARK_TRY_STATUS(processor_->change_price(member.subscription_id, tier.price, key));
  member.tier = tier.name;
  EARMARK_TRY_STATUS(save(member));
  return member;
}

Result<Member> Memberships::leave(std::string_view id, Processor::When when) {
  EARMARK_TRY(auto member, find(id));
  if (!member.subscription_id.empty()) {
    const auto key = fmt::format("leave {} {}", id, when == Processor::When::kNow ? "now" : "later");
    EARMARK_TRY_STATUS(processor_->cancel(member.subscription_id, when, key));
  }
  if (when == Processor::When::kNow) {
    member.status = MemberStatus::kLapsed;
    member.status_at = now_;
    EARMARK_TRY_STATUS(save(member));
  }
  return member;
}

Result<std::string> Memberships::new_token(std::int64_t member_key) {
  auto token = random_token(kTokenBytes);
  EARMARK_TRY_STATUS(
      session_->execute("INSERT INTO member_tokens (token_sha256, member_key, created_at, end_reason) VALUES "
                        "(:digest, :member, :now, '')",
                        {digest_of_token(token), member_key, now_}));
  return token;
}

Result<std::string> Memberships::rotate_token(std::string_view id, std::string_view reason) {
  EARMARK_TRY(const auto member, find(id));
  EARMARK_TRY_STATUS(
      session_->execute("UPDATE member_tokens SET ended_at = :now, end_reason = :reason"
                        " WHERE member_key = :member AND ended_at IS NULL",
                        {now_, reason, member.key}));
  return new_token(member.key);
}

Result<Access> Memberships::open(std::string_view token, std::string_view device) {
  const auto digest = digest_of_token(token);
  const auto seen = to_hex(sha256(as_bytes(device)));
  EARMARK_TRY(const auto member_key,
              session_->find<std::int64_t>(
                  "SELECT member_key FROM member_tokens WHERE token_sha256 = :digest AND ended_at IS NULL",
                  {digest}));
  if (!member_key) return no_access();
  EARMARK_TRY(const auto member,
              session_->get<Member>(fmt::format("{} WHERE key = :key", kSelectMembers), {*member_key}));
  const bool has_time = now_ < member.paid_until || member.status == MemberStatus::kPastDue;
  if (member.status == MemberStatus::kLapsed || !has_time) return no_access();
  EARMARK_TRY_STATUS(session_->execute(
      "INSERT INTO member_devices (token_sha256, device, seen_at) VALUES (:digest, :device, :now)"
      " ON CONFLICT (token_sha256, device) DO UPDATE SET seen_at = excluded.seen_at",
      {digest, seen, now_}));
  EARMARK_TRY(const auto devices,
              session_->get<std::int64_t>(
                  "SELECT count(*) FROM member_devices WHERE token_sha256 = :digest AND seen_at > :since",
                  {digest, now_ - std::chrono::days(1)}));
  EARMARK_TRY(const auto tier, find_tier(member.feed, member.tier));
  Access access{member, tier.benefits, false};
  if (devices > kMostDevicesADay) {
    EARMARK_TRY_STATUS(session_->execute(
        "UPDATE member_tokens SET ended_at = :now, end_reason = 'shared' WHERE token_sha256 = :digest",
        {now_, digest}));
    access.is_shared = true;
  }
  return access;
}

}  // namespace earmark::monetization
