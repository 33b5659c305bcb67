#include "api/webhook_pump.h"

#include "core/log.h"
#include "core/parallel.h"

namespace earmark::api {
namespace {

constexpr std::chrono::milliseconds kLookEvery{1000};
constexpr std::int64_t kAtATime =
    8;  ///< deliveries beside each other, so that one slow end does not stop all

std::string_view outcome_name(const DeliveryOutcome& outcome) {
  if (outcome.status == 0) return "no_answer";
  return outcome.status >= 200 && outcome.status < 300 ? "delivered" : "refused";
}

}  // namespace

WebhookPump::WebhookPump(Webhooks& webhooks, const crawler::AddressGuard& guard, Metrics& metrics,
                         ServiceStore& store)
    : webhooks_(webhooks),
      guard_(guard),
      metrics_(metrics),
      store_(store),
      worker_([this](const std::stop_token& stop) { work(stop); }) {}

WebhookPump::~WebhookPump() { worker_.request_stop(); }

void WebhookPump::wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  wake_.notify_all();
}

void WebhookPump::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto more = webhooks_.collect();
    if (!more) log(LogLevel::kError, "webhooks cannot follow the registry: {}", more.error().message);
    deliver_due();
    if (more && *more) continue;
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, kLookEvery, [&] { return woken_; });
    woken_ = false;
  }
}

void WebhookPump::deliver_due() {
  const auto due = webhooks_.due(kAtATime);
  if (!due) {
    log(LogLevel::kError, "webhooks cannot be read: {}", due.error().message);
    return;
  }
  parallel_for(due->size(), due->size(), [&](std::size_t i) {
    const DueMessage& message = (*due)[i];
    const auto outcome =
        deliver({message.webhook.url, message.webhook.secret, message.message.id, message.message.payload},
                guard_, store_.now());
    metrics_.count_webhook(outcome_name(outcome));
    const auto noted = webhooks_.note(message, outcome);
    if (!noted)
      log(LogLevel::kError, "the delivery of {} cannot be noted: {}", message.message.id,
          noted.error().message);
  });
}

}  // namespace earmark::api
