#pragma once
// A payment processor that takes no money: it lives in the store, keeps its objects there, and sends signed
// events as a real one would. The payment method says how it ends: "pm_ok" is paid, "pm_declined" never is,
// "pm_fails_2" is declined twice and then paid.
#include "monetization/processor.h"

namespace earmark::storage {
class Session;
}

namespace earmark::monetization {

/// What the simulator keeps of each payment: 2.9 % and 0.30, half a unit up, at most all of it.
[[nodiscard]] Result<std::int64_t> simulated_fee(std::int64_t micros);

/// When a payment that failed is tried again, after the attempt before it; then the subscription is canceled.
inline constexpr std::chrono::days kRetries[] = {std::chrono::days{1}, std::chrono::days{3},
                                                 std::chrono::days{5}, std::chrono::days{7}};

/// Within a transaction of the store; thread-confined.
class Simulator : public Processor {
 public:
  /// `secret`: what events are signed with.
  Simulator(storage::Session& session, Timestamp now, std::string secret)
      : session_(&session), now_(now), secret_(std::move(secret)) {}

  [[nodiscard]] Result<std::string> create_customer(std::string_view reference,
                                                    std::string_view key) override;
  [[nodiscard]] Result<Price> create_price(const Price& price, std::string_view key) override;
  [[nodiscard]] Result<Subscription> subscribe(const NewSubscription& wanted, std::string_view key) override;
  [[nodiscard]] Result<Subscription> change_price(std::string_view subscription, const Price& price,
                                                  std::string_view key) override;
  [[nodiscard]] Result<Subscription> cancel(std::string_view subscription, When when,
                                            std::string_view key) override;
  [[nodiscard]] Result<Subscription> set_payment_method(std::string_view subscription,
                                                        std::string_view method,
                                                        std::string_view key) override;
  [[nodiscard]] Result<Charge> charge(const Charge& wanted, std::string_view payment_method,
                                      std::string_view key) override;
  [[nodiscard]] Result<Charge> refund(std::string_view charge, std::int64_t micros,
                                      std::string_view key) override;
  [[nodiscard]] Status advance() override;
  [[nodiscard]] Result<std::vector<ProcessorEvent>> pending_events() override;
  [[nodiscard]] Status acknowledge(std::string_view event) override;

 private:
  template <class Work>
  [[nodiscard]] Result<Json> once(std::string_view key, const Json& request, Work&& work);
  [[nodiscard]] Result<Json> load(std::string_view id, std::string_view kind);
  [[nodiscard]] Result<Subscription> load_subscription(std::string_view id);
  [[nodiscard]] Status save(std::string_view id, std::string_view kind, const Json& body);
  [[nodiscard]] Status save(const Subscription& subscription);
  [[nodiscard]] Status emit(std::string_view type, const Json& object, Timestamp at);
  [[nodiscard]] Status emit(std::string_view type, const Subscription& subscription, Timestamp at);
  [[nodiscard]] Status bill(Subscription& subscription, std::int64_t micros, Timestamp at);
  [[nodiscard]] Status step(Subscription& subscription, Timestamp at);

  storage::Session* session_;
  Timestamp now_;
  std::string secret_;
};

[[nodiscard]] Json to_json(const Subscription& subscription);
[[nodiscard]] Json to_json(const Charge& charge);
/// kCorrupt: not of to_json.
[[nodiscard]] Result<Subscription> subscription_from_json(const Json& json);
[[nodiscard]] Result<Charge> charge_from_json(const Json& json);

}  // namespace earmark::monetization
