#pragma once
// What a payment processor does for us, in the shape of Stripe's objects. No card ever comes here: a payment
// method is a name that the processor gave.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/money.h"
#include "core/time.h"

namespace earmark::monetization {

struct Price {
  std::string id;          ///< "price_…"
  Money amount;            ///< a period, before anything is taken off
  std::int64_t days = 30;  ///< of a period
};

enum class SubscriptionStatus {
  kTrialing,
  kActive,
  kPastDue,   ///< a payment failed and is tried again
  kCanceled,  ///< over; never comes back
};
[[nodiscard]] std::string_view to_string(SubscriptionStatus status);  ///< "trialing", "active", …
[[nodiscard]] Result<SubscriptionStatus> parse_subscription_status(std::string_view text);

struct Subscription {
  std::string id;  ///< "sub_…"
  std::string customer;
  Price price;
  std::string payment_method;
  SubscriptionStatus status = SubscriptionStatus::kActive;
  Timestamp period_start{};
  Timestamp period_end{};
  bool ends_with_period = false;
  std::int64_t credit_micros = 0;  ///< of a change to something cheaper: off the next invoices
  // While it is past due:
  std::int64_t failures = 0;
  Timestamp retry_at{};
  std::int64_t owed_micros = 0;
};

struct NewSubscription {
  std::string customer;
  Price price;
  std::string payment_method;
  std::int64_t trial_days = 0;
};

/// A one-time payment.
struct Charge {
  std::string id;  ///< "ch_…"
  std::string customer;
  Money amount;
  Money fee;  ///< what the processor kept
  std::int64_t refunded_micros = 0;
  std::string description;
};

/// Something that happened there, as it is told to us.
struct ProcessorEvent {
  std::string id;         ///< "evt_…"
  std::string body;       ///< JSON: {"id","type","created","data":{"object"}}
  std::string signature;  ///< monetization/webhook_signature.h
};

/// Every call that changes something has an idempotency key: the same key and request again give the same
/// answer, another request with it is a kConflict. Common errors: kNotFound, kInvalidArgument; kRefused: the
/// payment method was declined.
class Processor {
 public:
  virtual ~Processor() = default;

  [[nodiscard]] virtual Result<std::string> create_customer(std::string_view reference,
                                                            std::string_view key) = 0;
  [[nodiscard]] virtual Result<Price> create_price(const Price& price, std::string_view key) = 0;
  /// Without a trial the first period is paid at once.
  [[nodiscard]] virtual Result<Subscription> subscribe(const NewSubscription& wanted,
                                                       std::string_view key) = 0;
  /// From now on; what is left of the period is taken off or paid at once, to the second.
  [[nodiscard]] virtual Result<Subscription> change_price(std::string_view subscription, const Price& price,
                                                          std::string_view key) = 0;
  enum class When { kNow, kAtPeriodEnd };
  [[nodiscard]] virtual Result<Subscription> cancel(std::string_view subscription, When when,
                                                    std::string_view key) = 0;
  [[nodiscard]] virtual Result<Subscription> set_payment_method(std::string_view subscription,
                                                                std::string_view method,
                                                                std::string_view key) = 0;
  [[nodiscard]] virtual Result<Charge> charge(const Charge& wanted, std::string_view payment_method,
                                              std::string_view key) = 0;
  /// kInvalidArgument: more than is left of it.
  [[nodiscard]] virtual Result<Charge> refund(std::string_view charge, std::int64_t micros,
                                              std::string_view key) = 0;

  /// Lets time pass there: trials end, periods are paid, what failed is tried again.
  [[nodiscard]] virtual Status advance() = 0;
  /// Events that we did not say we have, in some order; the same one may come again.
  [[nodiscard]] virtual Result<std::vector<ProcessorEvent>> pending_events() = 0;
  [[nodiscard]] virtual Status acknowledge(std::string_view event) = 0;
};

}  // namespace earmark::monetization
