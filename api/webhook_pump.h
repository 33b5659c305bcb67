#pragma once
#include <condition_variable>
#include <mutex>
#include <thread>

#include "api/metrics.h"
#include "api/webhooks.h"

namespace earmark::api {

/// The thread that makes messages of what happens and delivers what is due, a few at a time. What is pending
/// lies in the store: a restart goes on where it was.
class WebhookPump {
 public:
  WebhookPump(Webhooks& webhooks, const crawler::AddressGuard& guard, Metrics& metrics, ServiceStore& store);
  ~WebhookPump();
  WebhookPump(const WebhookPump&) = delete;
  WebhookPump& operator=(const WebhookPump&) = delete;
  /// Looks at once instead of soon.
  void wake();

 private:
  void work(const std::stop_token& stop);
  void deliver_due();

  Webhooks& webhooks_;
  const crawler::AddressGuard guard_;
  Metrics& metrics_;
  ServiceStore& store_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  bool woken_ = false;  ///< guarded by mutex_
  std::jthread worker_;
};

}  // namespace earmark::api
