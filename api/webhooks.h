#pragma once
// Webhooks of parties: who wants to hear of what, what was sent, and how that went.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/listing.h"
#include "api/service_store.h"
#include "api/webhook_sender.h"

namespace earmark::api {

struct Webhook {
  std::int64_t key = 0;
  std::string id;  ///< "whk_…"
  std::int64_t party_key = 0;
  std::string url;
  std::string events;  ///< types with commas between; "*": all
  std::string secret;
  std::string state;  ///< "active", "disabled"
  Timestamp created_at{};
  Timestamp changed_at{};
};

struct WebhookMessage {
  std::int64_t key = 0;
  std::string id;  ///< "msg_…", the webhook-id of every attempt
  std::int64_t webhook_key = 0;
  std::string type;
  std::string payload;
  std::string state;  ///< "pending", "delivered", "failed"
  std::int64_t attempts = 0;
  Timestamp next_at{};
  std::int64_t last_status = 0;
  std::string last_error;
  Timestamp created_at{};
  Timestamp changed_at{};
};

/// A message with what its delivery needs.
struct DueMessage {
  WebhookMessage message;
  Webhook webhook;
};

/// Types that can be asked for.
[[nodiscard]] const std::vector<std::string>& webhook_event_types();

/// Synchronised, as its tables are.
class Webhooks {
 public:
  explicit Webhooks(ServiceStore& store) : store_(&store) {}

  [[nodiscard]] Result<Webhook> create(const Caller& caller, const std::string& url,
                                       const std::string& events);
  [[nodiscard]] Result<std::vector<Webhook>> list(const Caller& caller, const Page& page);
  [[nodiscard]] Result<std::optional<Webhook>> find(const Caller& caller, std::string_view id);
  [[nodiscard]] Result<Webhook> update(const Webhook& webhook);
  [[nodiscard]] Status remove(const Webhook& webhook);

  [[nodiscard]] Result<std::vector<WebhookMessage>> messages(const Webhook& webhook, const Page& page);
  /// A message of this webhook now due again, whatever became of it. kNotFound.
  [[nodiscard]] Result<WebhookMessage> replay(const Webhook& webhook, std::string_view message_id);
  /// A message of type "webhook.test", due now.
  [[nodiscard]] Result<WebhookMessage> send_test(const Webhook& webhook);

  /// Makes messages of what has happened to claims and recordings since the last call, in whatever process.
  /// True where there may be more.
  [[nodiscard]] Result<bool> collect();
  [[nodiscard]] Result<std::vector<DueMessage>> due(std::int64_t most);
  /// Notes how an attempt went, and when the next one is due. 410 disables the webhook.
  [[nodiscard]] Status note(const DueMessage& due, const DeliveryOutcome& outcome);

 private:
  ServiceStore* store_;
};

[[nodiscard]] Json encode(const Webhook& webhook);  ///< without its secret
[[nodiscard]] Json encode(const WebhookMessage& message);

}  // namespace earmark::api
