#include <functional>

#include <fmt/format.h>

#include "cli/money_steps.h"
#include "core/text.h"
#include "monetization/dates.h"

namespace earmark::cli {
namespace {

using monetization::Books;
using monetization::Memberships;
using monetization::Processor;
using What = MoneyOptions::What;

/// What is printed when it is on disk.
using Answer = std::function<void(Console&)>;

/// The simulator's events come from this store and go to it: nobody else has to know the secret.
constexpr const char* kSimulatorSecret = "whsec_simulator";

Json to_json(const monetization::Member& member) {
  return {{"member_id", member.id},
          {"feed", member.feed},
          {"tier", member.tier},
          {"reference", member.reference},
          {"status", monetization::to_string(member.status)},
          {"paid_until", to_rfc3339(member.paid_until)},
          {"gift_from", member.gift_from.empty() ? Json(nullptr) : Json(member.gift_from)}};
}

void print(const monetization::Member& member, Console& console) {
  if (console.is_json()) return console.result(to_json(member));
  console.line(fmt::format("{}  {:<8}  until {}  {}  {}  {}", member.id,
                           monetization::to_string(member.status), to_rfc3339(member.paid_until),
                           printable(member.tier), printable(member.reference), printable(member.feed)));
}

/// A member with the secret, which is shown this once.
void print(const monetization::Member& member, const std::string& token, Console& console) {
  if (console.is_json()) {
    auto json = to_json(member);
    json["token"] = token;
    return console.result(json);
  }
  print(member, console);
  console.line(token);
}

void print(const monetization::Tier& tier, Console& console) {
  if (console.is_json()) {
    return console.result({{"feed", tier.feed},
                           {"tier", tier.name},
                           {"price_micros", tier.price.amount.micros},
                           {"currency", tier.price.amount.currency.code()},
                           {"days", tier.price.days},
                           {"trial_days", tier.trial_days},
                           {"benefits", tier.benefits}});
  }
  console.line(fmt::format("{}  {} for {} days, {} days on trial  {}  {}", printable(tier.name),
                           to_string(tier.price.amount), tier.price.days, tier.trial_days,
                           printable(tier.benefits), printable(tier.feed)));
}

Result<Answer> put_tier(Memberships& members, const MoneyOptions& options) {
  monetization::Tier tier;
  tier.feed = options.feed;
  tier.name = options.subject;
  EARMARK_TRY(tier.price.amount, parse_money(options.amount));
  tier.price.days = options.days;
  tier.trial_days = options.trial_days;
  tier.benefits = options.benefits;
  EARMARK_TRY(const auto made, members.put_tier(tier));
  return [made](Console& console) { print(made, console); };
}

Result<Answer> join(Memberships& members, const MoneyOptions& options) {
  Memberships::Join wanted;
  wanted.feed = options.feed;
  wanted.tier = options.subject;
  wanted.reference = options.reference;
  wanted.payment_method = options.method;
  wanted.gift_periods = options.gift_periods;
  wanted.gift_from = options.gift_from;
  EARMARK_TRY(const auto joined, members.join(wanted));
  return [joined](Console& console) { print(joined.member, joined.token, console); };
}

Result<Answer> list(Memberships& members) {
  EARMARK_TRY(const auto all, members.members());
  return [all](Console& console) {
    for (const auto& member : all) print(member, console);
  };
}

Result<Answer> list_tiers(Memberships& members) {
  EARMARK_TRY(const auto all, members.tiers());
  return [all](Console& console) {
    for (const auto& tier : all) print(tier, console);
  };
}

Result<Answer> change(Memberships& members, const MoneyOptions& options) {
  EARMARK_TRY(const auto member, members.change_tier(options.subject, options.tier));
  return [member](Console& console) { print(member, console); };
}

Result<Answer> leave(Memberships& members, const MoneyOptions& options) {
  const auto when = options.at_once ? Processor::When::kNow : Processor::When::kAtPeriodEnd;
  EARMARK_TRY(const auto member, members.leave(options.subject, when));
  return [member](Console& console) { print(member, console); };
}

Result<Answer> rotate(Memberships& members, const MoneyOptions& options) {
  EARMARK_TRY(const auto token, members.rotate_token(options.subject, options.reason));
  EARMARK_TRY(const auto member, members.find(options.subject));
  return [member, token](Console& console) { print(member, token, console); };
}

/// An address that was passed around was ended just now, which is to be kept: no error before it is on disk.
Result<Answer> open(Memberships& members, const MoneyOptions& options, bool& is_shared) {
  EARMARK_TRY(const auto access, members.open(options.subject, options.device));
  is_shared = access.is_shared;
  return [access](Console& console) {
    if (access.is_shared) return;
    if (console.is_json()) {
      auto json = to_json(access.member);
      json["benefits"] = access.benefits;
      return console.result(json);
    }
    print(access.member, console);
    console.line(printable(access.benefits));
  };
}

Result<Answer> tick(Memberships& members) {
  EARMARK_TRY(const auto events, members.tick(kSimulatorSecret));
  return [events](Console& console) {
    if (console.is_json()) return console.result({{"events", events}});
    console.line(fmt::format("{} events of the processor", events));
  };
}

Status share(Books& books, const MoneyOptions& options, Console& console) {
  monetization::IncomeSplit split;
  split.feed = options.feed;
  EARMARK_TRY(split.from, monetization::parse_when(options.from));
  EARMARK_TRY(split.until, monetization::parse_when(options.until));
  EARMARK_TRY(const auto ids, books.share_member_income(split));
  for (const auto& id : ids) {
    if (console.is_json()) {
      console.result({{"revenue_id", id}});
    } else {
      console.line(id);
    }
  }
  return {};
}

Result<Answer> step(Memberships& members, const MoneyOptions& options) {
  switch (options.what) {
    case What::kTierPut: return put_tier(members, options);
    case What::kTierList: return list_tiers(members);
    case What::kMemberJoin: return join(members, options);
    case What::kMemberChange: return change(members, options);
    case What::kMemberLeave: return leave(members, options);
    case What::kMemberRotate: return rotate(members, options);
    case What::kMemberTick: return tick(members);
    default: return list(members);
  }
}

}  // namespace

Status members(Books& books, const MoneyOptions& options, Console& console) {
  if (options.what == What::kMemberShare) return share(books, options, console);
  bool is_shared = false;
  Answer answer;
  EARMARK_TRY_STATUS(books.members(kSimulatorSecret, [&](Memberships& all) -> Status {
    EARMARK_TRY(answer,
                options.what == What::kMemberOpen ? open(all, options, is_shared) : step(all, options));
    return {};
  }));
  answer(console);
  if (!is_shared) return {};
  return fail(
      ErrorCode::kRefused,
      "this private feed's address was used on too many devices today and has been ended; rotate gives the "
      "member another");
}

}  // namespace earmark::cli
