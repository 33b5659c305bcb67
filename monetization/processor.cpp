#include "monetization/processor.h"

#include <exception>

#include <fmt/format.h>

#include "monetization/simulator.h"

namespace earmark::monetization {
namespace {

/// Calls work() and makes of what the JSON library throws a kCorrupt.
template <class Work>
auto guarded(const char* what, Work&& work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::exception& error) {
    return fail(ErrorCode::kCorrupt,
                fmt::format("a {} of the processor cannot be read: {}", what, error.what()));
  }
}

}  // namespace

std::string_view to_string(SubscriptionStatus status) {
  switch (status) {
    case SubscriptionStatus::kTrialing: return "trialing";
    case SubscriptionStatus::kActive: return "active";
    case SubscriptionStatus::kPastDue: return "past_due";
    case SubscriptionStatus::kCanceled: return "canceled";
  }
  return "canceled";
}

Result<SubscriptionStatus> parse_subscription_status(std::string_view text) {
  for (const auto status : {SubscriptionStatus::kTrialing, SubscriptionStatus::kActive,
                            SubscriptionStatus::kPastDue, SubscriptionStatus::kCanceled}) {
    if (text == to_string(status)) return status;
  }
  return fail(ErrorCode::kInvalidArgument, fmt::format("subscription status '{}' is not known", text));
}

Json to_json(const Subscription& subscription) {
  return {{"id", subscription.id},
          {"customer", subscription.customer},
          {"price", subscription.price.id},
          {"amount_micros", subscription.price.amount.micros},
          {"currency", subscription.price.amount.currency.code()},
          {"days", subscription.price.days},
          {"payment_method", subscription.payment_method},
          {"status", to_string(subscription.status)},
          {"period_start", to_rfc3339(subscription.period_start)},
          {"period_end", to_rfc3339(subscription.period_end)},
          {"ends_with_period", subscription.ends_with_period},
          {"credit_micros", subscription.credit_micros},
          {"failures", subscription.failures},
          {"retry_at", to_rfc3339(subscription.retry_at)},
          {"owed_micros", subscription.owed_micros}};
}

Result<Subscription> subscription_from_json(const Json& json) {
  return guarded("subscription", [&]() -> Result<Subscription> {
    Subscription subscription;
    subscription.id = json.at("id").get<std::string>();
    subscription.customer = json.at("customer").get<std::string>();
    subscription.price.id = json.at("price").get<std::string>();
    subscription.price.amount.micros = json.at("amount_micros").get<std::int64_t>();
    EARMARK_TRY(subscription.price.amount.currency, Currency::parse(json.at("currency").get<std::string>()));
    subscription.price.days = json.at("days").get<std::int64_t>();
    subscription.payment_method = json.at("payment_method").get<std::string>();
    EARMARK_TRY(subscription.status, parse_subscription_status(json.at("status").get<std::string>()));
    EARMARK_TRY(subscription.period_start, parse_rfc3339(json.at("period_start").get<std::string>()));
    EARMARK_TRY(subscription.period_end, parse_rfc3339(json.at("period_end").get<std::string>()));
    subscription.ends_with_period = json.at("ends_with_period").get<bool>();
    subscription.credit_micros = json.at("credit_micros").get<std::int64_t>();
    subscription.failures = json.at("failures").get<std::int64_t>();
    EARMARK_TRY(subscription.retry_at, parse_rfc3339(json.at("retry_at").get<std::string>()));
    subscription.owed_micros = json.at("owed_micros").get<std::int64_t>();
    return subscription;
  });
}

Json to_json(const Charge& charge) {
  return {{"id", charge.id},
          {"customer", charge.customer},
          {"amount_micros", charge.amount.micros},
          {"currency", charge.amount.currency.code()},
          {"fee_micros", charge.fee.micros},
          {"refunded_micros", charge.refunded_micros},
          {"description", charge.description}};
}

Result<Charge> charge_from_json(const Json& json) {
  return guarded("charge", [&]() -> Result<Charge> {
    Charge charge;
    charge.id = json.at("id").get<std::string>();
    charge.customer = json.at("customer").get<std::string>();
    charge.amount.micros = json.at("amount_micros").get<std::int64_t>();
    EARMARK_TRY(charge.amount.currency, Currency::parse(json.at("currency").get<std::string>()));
    charge.fee = {json.at("fee_micros").get<std::int64_t>(), charge.amount.currency};
    charge.refunded_micros = json.at("refunded_micros").get<std::int64_t>();
    charge.description = json.at("description").get<std::string>();
    return charge;
  });
}

}  // namespace earmark::monetization
