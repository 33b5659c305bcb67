#pragma once
// One delivery of a webhook, as the Standard Webhooks specification has it.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.h"
#include "core/result.h"
#include "core/time.h"
#include "crawler/address_guard.h"

namespace earmark::api {

struct Delivery {
  std::string url;
  std::string secret;  ///< "whsec_…"
  std::string message_id;
  std::string payload;
};

struct DeliveryOutcome {
  int status = 0;     ///< 0: no answer
  std::string error;  ///< why there is none
  std::optional<std::chrono::seconds> retry_after{};
};

/// "whsec_" and 32 random bytes in base64.
[[nodiscard]] std::string new_webhook_secret();

/// The value of webhook-signature: "v1," and base64(HMAC-SHA-256(secret, "id.timestamp.payload")).
/// kInvalidArgument where the secret is not one.
[[nodiscard]] Result<std::string> sign_webhook(std::string_view secret, std::string_view message_id,
                                               std::int64_t timestamp_s, std::string_view payload);

/// Posts it and waits for the head of the answer, 15 s at most; follows no redirect. Every address that the
/// host's name has goes past the guard, and the one that was looked at is the one that is connected to.
[[nodiscard]] DeliveryOutcome deliver(const Delivery& delivery, const crawler::AddressGuard& guard,
                                      Timestamp now);

}  // namespace earmark::api
