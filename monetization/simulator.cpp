#include "monetization/simulator.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/hash.h"
#include "monetization/csv.h"
#include "monetization/rounding.h"
#include "monetization/webhook_signature.h"
#include "registry/ids.h"
#include "storage/session.h"

namespace earmark::monetization {
namespace {

constexpr std::string_view kSubscription = "subscription";
constexpr std::string_view kCharge = "charge";
constexpr std::int64_t kLongestPeriodDays = 3660;

struct Event {
  std::string id;
  std::string body;
};
void map_columns(storage::Columns& columns, Event& event) { columns(event.id)(event.body); }

std::string id_of(std::string_view prefix, std::string_view what) {
  return registry::public_id(prefix, registry::digest_of({prefix, what}));
}

/// Whether a payment is declined that was declined `failures` times before.
Result<bool> declines(std::string_view method, std::int64_t failures) {
  constexpr std::string_view kFails = "pm_fails_";
  if (method == "pm_ok") return false;
  if (method == "pm_declined") return true;
  if (method.starts_with(kFails)) {
    if (const auto count = whole_number(method.substr(kFails.size()))) return failures < *count;
  }
  return fail(
      ErrorCode::kInvalidArgument,
      fmt::format("payment method '{}': the simulator knows pm_ok, pm_declined and pm_fails_N", method));
}

Result<std::int64_t> part_of(std::int64_t micros, Timestamp from, const Subscription& subscription) {
  return scaled(micros, (subscription.period_end - from).count(),
                (subscription.period_end - subscription.period_start).count(), Rounding::kHalfEven);
}

}  // namespace

Result<std::int64_t> simulated_fee(std::int64_t micros) {
  constexpr std::int64_t kPpm = 29'000;
  constexpr std::int64_t kFixedMicros = 300'000;
  EARMARK_TRY(const auto part, scaled(micros, kPpm, kMicrosPerUnit, Rounding::kHalfUp));
  return std::min(part + kFixedMicros, micros);
}

template <class Work>
Result<Json> Simulator::once(std::string_view key, const Json& request, Work&& work) {
  if (key.empty())
    return fail(ErrorCode::kInvalidArgument, "a call to the processor needs an idempotency key");
  using Known = std::tuple<std::string, std::string>;
  const auto digest = to_hex(sha256(as_bytes(to_line(request))));
  EARMARK_TRY(const auto known,
              session_->find<Known>("SELECT request_sha256, response FROM processor_requests"
                                    " WHERE idempotency_key = :key",
                                    {key}));
  if (known && std::get<0>(*known) == digest) return parse_json(std::get<1>(*known));
  if (known)
    return fail(ErrorCode::kConflict, fmt::format("idempotency key '{}' was used for another request", key));
  EARMARK_TRY(auto response, work());
  EARMARK_TRY_STATUS(session_->execute(
      "INSERT INTO processor_requests (idempotency_key, request_sha256, response, created_at)"
      " VALUES (:key, :digest, :response, :now)",
      {key, digest, to_line(response), now_}));
  return response;
}

Result<Json> Simulator::load(std::string_view id, std::string_view kind) {
  EARMARK_TRY(const auto body,
              session_->find<std::string>(
                  "SELECT body FROM processor_objects WHERE id = :id AND kind = :kind", {id, kind}));
  if (!body) return fail(ErrorCode::kNotFound, fmt::format("{}: the processor knows no such {}", id, kind));
  return parse_json(*body);
}

Result<Subscription> Simulator::load_subscription(std::string_view id) {
  EARMARK_TRY(const auto json, load(id, kSubscription));
  return subscription_from_json(json);
}

Status Simulator::save(std::string_view id, std::string_view kind, const Json& body) {
  EARMARK_TRY_STATUS(session_->execute(
      "INSERT INTO processor_objects (id, kind, body, changed_at) VALUES (:id, :kind, :body, :now)"
      " ON CONFLICT (id) DO UPDATE SET body = excluded.body, changed_at = excluded.changed_at",
      {id, kind, to_line(body), now_}));
  return {};
}

Status Simulator::save(const Subscription& subscription) {
  return save(subscription.id, kSubscription, to_json(subscription));
}

Status Simulator::emit(std::string_view type, const Json& object, Timestamp at) {
  EARMARK_TRY(const auto before, session_->get<std::int64_t>("SELECT count(*) FROM processor_events"));
  const auto id = id_of("evt_", fmt::format("{} {}", before, to_line(object)));
  const Json body = {{"id", id}, {"type", type}, {"created", to_rfc3339(at)}, {"data", {{"object", object}}}};
  EARMARK_TRY_STATUS(
      session_->execute("INSERT INTO processor_events (id, body, created_at) VALUES (:id, :body, :at)",
                        {id, to_line(body), at}));
  return {};
}

Status Simulator::emit(std::string_view type, const Subscription& subscription, Timestamp at) {
  return emit(type, to_json(subscription), at);
}

Result<std::string> Simulator::create_customer(std::string_view reference, std::string_view key) {
  const Json request = {{"customer", reference}};
  EARMARK_TRY(const auto made, once(key, request, [&]() -> Result<Json> {
                const auto id = id_of("cus_", key);
                EARMARK_TRY_STATUS(save(id, "customer", request));
                return Json{{"id", id}};
              }));
  return made.at("id").get<std::string>();
}

Result<Price> Simulator::create_price(const Price& price, std::string_view key) {
  if (price.amount.micros <= 0 || price.days < 1 || price.days > kLongestPeriodDays)
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("a price of {} for {} days makes no sense", to_string(price.amount), price.days));
  const Json request = {
      {"micros", price.amount.micros}, {"currency", price.amount.currency.code()}, {"days", price.days}};
  EARMARK_TRY(const auto made, once(key, request, [&]() -> Result<Json> {
                const auto id = id_of("price_", key);
                EARMARK_TRY_STATUS(save(id, "price", request));
                return Json{{"id", id}};
              }));
  Price known = price;
  known.id = made.at("id").get<std::string>();
  return known;
}

/// A payment for a subscription: what is owed less the credit. Declined, it is tried again later, and in the
/// end the subscription is canceled.
Status Simulator::bill(Subscription& subscription, std::int64_t micros, Timestamp at) {
  const std::int64_t credit = std::min(subscription.credit_micros, micros);
  const std::int64_t due = micros - credit;
  EARMARK_TRY(const auto number, session_->get<std::int64_t>("SELECT count(*) FROM processor_events"));
  Json invoice = {{"id", id_of("in_", fmt::format("{} {}", subscription.id, number))},
                  {"subscription", subscription.id},
                  {"customer", subscription.customer},
                  {"amount_micros", due},
                  {"credit_micros", credit},
                  {"currency", subscription.price.amount.currency.code()},
                  {"period_start", to_rfc3339(subscription.period_start)},
                  {"period_end", to_rfc3339(subscription.period_end)}};
  EARMARK_TRY(const bool is_declined, declines(subscription.payment_method, subscription.failures));
  if (due > 0 && is_declined) {
    const auto attempt = static_cast<std::size_t>(subscription.failures++);
    subscription.owed_micros = micros;
    EARMARK_TRY_STATUS(emit("invoice.payment_failed", invoice, at));
    if (attempt >= std::size(kRetries)) {
      subscription.status = SubscriptionStatus::kCanceled;
      EARMARK_TRY_STATUS(save(subscription));
      return emit("customer.subscription.deleted", subscription, at);
    }
    subscription.status = SubscriptionStatus::kPastDue;
    subscription.retry_at = at + kRetries[attempt];
    EARMARK_TRY_STATUS(save(subscription));
    return emit("customer.subscription.updated", subscription, at);
  }
  EARMARK_TRY(const auto fee, simulated_fee(due));
  invoice["fee_micros"] = fee;
  subscription.credit_micros -= credit;
  subscription.failures = 0;
  subscription.owed_micros = 0;
  subscription.status = SubscriptionStatus::kActive;
  EARMARK_TRY_STATUS(save(subscription));
  EARMARK_TRY_STATUS(emit("invoice.paid", invoice, at));
  return emit("customer.subscription.updated", subscription, at);
}

Result<Subscription> Simulator::subscribe(const NewSubscription& wanted, std::string_view key) {
  const Json request = {{"customer", wanted.customer},
                        {"price", wanted.price.id},
                        {"method", wanted.payment_method},
                        {"trial_days", wanted.trial_days}};
  EARMARK_TRY(const auto made, once(key, request, [&]() -> Result<Json> {
                EARMARK_TRY_STATUS(load(wanted.customer, "customer"));
                EARMARK_TRY_STATUS(load(wanted.price.id, "price"));
                EARMARK_TRY(const bool is_declined, declines(wanted.payment_method, 0));
                if (wanted.trial_days == 0 && is_declined)
                  return fail(ErrorCode::kRefused, "the payment method was declined");
                Subscription made_now;
                made_now.id = id_of("sub_", key);
                made_now.customer = wanted.customer;
                made_now.price = wanted.price;
                made_now.payment_method = wanted.payment_method;
                made_now.period_start = now_;
                made_now.period_end =
                    now_ + std::chrono::days(wanted.trial_days > 0 ? wanted.trial_days : wanted.price.days);
                made_now.status =
                    wanted.trial_days > 0 ? SubscriptionStatus::kTrialing : SubscriptionStatus::kActive;
                EARMARK_TRY_STATUS(save(made_now));
                EARMARK_TRY_STATUS(emit("customer.subscription.created", made_now, now_));
                if (wanted.trial_days == 0)
                  EARMARK_TRY_STATUS(bill(made_now, wanted.price.amount.micros, now_));
                return to_json(made_now);
              }));
  return subscription_from_json(made);
}

Result<Subscription> Simulator::change_price(std::string_view id, const Price& price, std::string_view key) {
  const Json request = {{"subscription", id}, {"price", price.id}};
  EARMARK_TRY(
      const auto changed, once(key, request, [&]() -> Result<Json> {
        EARMARK_TRY(auto subscription, load_subscription(id));
        const Price before = subscription.price;
        if (before.amount.currency != price.amount.currency || before.days != price.days)
          return fail(ErrorCode::kInvalidArgument,
                      "a change of tier keeps currency and length of the period: cancel, and join anew");
        if (subscription.status != SubscriptionStatus::kActive &&
            subscription.status != SubscriptionStatus::kTrialing)
          return fail(ErrorCode::kConflict,
                      fmt::format("{} is {}: it cannot be changed", id, to_string(subscription.status)));
        subscription.price = price;
        if (subscription.status == SubscriptionStatus::kTrialing) {
          EARMARK_TRY_STATUS(save(subscription));
          EARMARK_TRY_STATUS(emit("customer.subscription.updated", subscription, now_));
          return to_json(subscription);
        }
        EARMARK_TRY(const auto unused, part_of(before.amount.micros, now_, subscription));
        EARMARK_TRY(const auto wanted, part_of(price.amount.micros, now_, subscription));
        const std::int64_t difference = wanted - unused;
        if (difference < 0) subscription.credit_micros -= difference;
        EARMARK_TRY(const bool is_declined, declines(subscription.payment_method, 0));
        if (difference > subscription.credit_micros && is_declined)
          return fail(ErrorCode::kRefused, "the payment method was declined");
        EARMARK_TRY_STATUS(bill(subscription, std::max<std::int64_t>(difference, 0), now_));
        return to_json(subscription);
      }));
  return subscription_from_json(changed);
}

Result<Subscription> Simulator::cancel(std::string_view id, When when, std::string_view key) {
  const Json request = {{"subscription", id}, {"cancel", when == When::kNow ? "now" : "at_period_end"}};
  EARMARK_TRY(
      const auto canceled, once(key, request, [&]() -> Result<Json> {
        EARMARK_TRY(auto subscription, load_subscription(id));
        const bool was_over = subscription.status == SubscriptionStatus::kCanceled;
        subscription.ends_with_period = true;
        if (when == When::kNow) subscription.status = SubscriptionStatus::kCanceled;
        EARMARK_TRY_STATUS(save(subscription));
        const bool is_over = subscription.status == SubscriptionStatus::kCanceled;
        if (!was_over)
          EARMARK_TRY_STATUS(emit(is_over ? "customer.subscription.deleted" : "customer.subscription.updated",
                                  subscription, now_));
        return to_json(subscription);
      }));
  return subscription_from_json(canceled);
}

Result<Subscription> Simulator::set_payment_method(std::string_view id, std::string_view method,
                                                   std::string_view key) {
  const Json request = {{"subscription", id}, {"method", method}};
  EARMARK_TRY(const auto changed, once(key, request, [&]() -> Result<Json> {
                EARMARK_TRY(auto subscription, load_subscription(id));
                EARMARK_TRY_STATUS(declines(method, 0));
                subscription.payment_method = method;
                EARMARK_TRY_STATUS(save(subscription));
                return to_json(subscription);
              }));
  return subscription_from_json(changed);
}

Result<Charge> Simulator::charge(const Charge& wanted, std::string_view payment_method,
                                 std::string_view key) {
  if (wanted.amount.micros <= 0)
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} cannot be charged", to_string(wanted.amount)));
  const Json request = {{"customer", wanted.customer},
                        {"amount", to_string(wanted.amount)},
                        {"method", payment_method},
                        {"description", wanted.description}};
  EARMARK_TRY(const auto made, once(key, request, [&]() -> Result<Json> {
                EARMARK_TRY_STATUS(load(wanted.customer, "customer"));
                EARMARK_TRY(const bool is_declined, declines(payment_method, 0));
                if (is_declined) return fail(ErrorCode::kRefused, "the payment method was declined");
                Charge made_now = wanted;
                made_now.id = id_of("ch_", key);
                made_now.fee.currency = wanted.amount.currency;
                EARMARK_TRY(made_now.fee.micros, simulated_fee(wanted.amount.micros));
                EARMARK_TRY_STATUS(save(made_now.id, kCharge, to_json(made_now)));
                EARMARK_TRY_STATUS(emit("charge.succeeded", to_json(made_now), now_));
                return to_json(made_now);
              }));
  return charge_from_json(made);
}

Result<Charge> Simulator::refund(std::string_view id, std::int64_t micros, std::string_view key) {
  const Json request = {{"charge", id}, {"micros", micros}};
  EARMARK_TRY(const auto refunded, once(key, request, [&]() -> Result<Json> {
                EARMARK_TRY(const auto json, load(id, kCharge));
                EARMARK_TRY(auto charge, charge_from_json(json));
                if (micros <= 0 || micros > charge.amount.micros - charge.refunded_micros)
                  return fail(
                      ErrorCode::kInvalidArgument,
                      fmt::format("{}: {} cannot be refunded of what is left", id, show_micros(micros)));
                charge.refunded_micros += micros;
                EARMARK_TRY_STATUS(save(charge.id, kCharge, to_json(charge)));
                EARMARK_TRY_STATUS(emit("charge.refunded", to_json(charge), now_));
                return to_json(charge);
              }));
  return charge_from_json(refunded);
}

/// What is due of one subscription at `at`.
Status Simulator::step(Subscription& subscription, Timestamp at) {
  if (subscription.status == SubscriptionStatus::kPastDue)
    return bill(subscription, subscription.owed_micros, at);
  if (subscription.ends_with_period) {
    subscription.status = SubscriptionStatus::kCanceled;
    EARMARK_TRY_STATUS(save(subscription));
    return emit("customer.subscription.deleted", subscription, at);
  }
  subscription.period_start = subscription.period_end;
  subscription.period_end += std::chrono::days(subscription.price.days);
  return bill(subscription, subscription.price.amount.micros, at);
}

Status Simulator::advance() {
  EARMARK_TRY(const auto ids,
              session_->query<std::string>(
                  "SELECT id FROM processor_objects WHERE kind = 'subscription' ORDER BY id"));
  for (const auto& id : ids) {
    EARMARK_TRY(auto subscription, load_subscription(id));
    while (subscription.status != SubscriptionStatus::kCanceled) {
      const Timestamp due = subscription.status == SubscriptionStatus::kPastDue ? subscription.retry_at
                                                                                : subscription.period_end;
      if (due > now_) break;
      EARMARK_TRY_STATUS(step(subscription, due));
    }
  }
  return {};
}

Result<std::vector<ProcessorEvent>> Simulator::pending_events() {
  EARMARK_TRY(const auto events, session_->query<Event>("SELECT id, body FROM processor_events"
                                                        " WHERE acknowledged_at IS NULL ORDER BY sequence"));
  std::vector<ProcessorEvent> pending;
  for (const Event& event : events)
    pending.push_back({event.id, event.body, sign_event(event.body, secret_, now_)});
  return pending;
}

Status Simulator::acknowledge(std::string_view event) {
  EARMARK_TRY_STATUS(session_->execute(
      "UPDATE processor_events SET acknowledged_at = :now WHERE id = :id AND acknowledged_at IS NULL",
      {now_, event}));
  return {};
}

}  // namespace earmark::monetization
