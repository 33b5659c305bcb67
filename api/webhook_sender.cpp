// A second home of cpp-httplib: its client.
#include "api/webhook_sender.h"

#include <charconv>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <httplib.h>
#include <netdb.h>

#include "core/hash.h"
#include "crawler/url.h"

namespace earmark::api {
namespace {

constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::size_t kSecretBytes = 32;
constexpr std::chrono::seconds kConnect{5};
constexpr std::chrono::seconds kWhole{15};
constexpr std::chrono::hours kLongestRetryAfter{24};

/// The address to connect to, once all of the host's are allowed.
Result<std::string> resolve(const crawler::Url& url, const crawler::AddressGuard& guard) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  std::string host = url.host();
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  if (const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &found); error != 0)
    return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", host, ::gai_strerror(error)));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  std::string chosen;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    const auto address = crawler::address_of(*at->ai_addr);
    if (!address) continue;
    if (const auto refusal = guard.refusal(*address))
      return fail(ErrorCode::kRefused, host + ": " + *refusal);
    if (chosen.empty()) chosen = crawler::to_string(*address);
  }
  if (chosen.empty()) return fail(ErrorCode::kUnavailable, host + ": no address");
  return chosen;
}

std::string origin_of(const crawler::Url& url) {
  const auto host_at = url.text().find("://") + 3;
  return url.text().substr(0, std::min(url.text().find('/', host_at), url.text().size()));
}

std::optional<std::chrono::seconds> parse_retry_after(const std::string& text) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || seconds < 0)
    return std::nullopt;
  return std::min<std::chrono::seconds>(std::chrono::seconds(seconds), kLongestRetryAfter);
}

/// Breaks a request off when its time is up, however slowly bytes drip in.
class Watchdog {
 public:
  explicit Watchdog(httplib::Client& client)
      : thread_([this, &client](const std::stop_token& stop) {
          std::unique_lock lock(mutex_);
          wake_.wait_for(lock, stop, kWhole, [] { return false; });
          if (!stop.stop_requested()) client.stop();
        }) {}

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace

std::string new_webhook_secret() {
  return std::string(kSecretPrefix) + to_base64(random_bytes(kSecretBytes));
}

Result<std::string> sign_webhook(std::string_view secret, std::string_view message_id,
                                 std::int64_t timestamp_s, std::string_view payload) {
  if (!secret.starts_with(kSecretPrefix))
    return fail(ErrorCode::kInvalidArgument, "a webhook secret begins with whsec_");
  EARMARK_TRY(const auto key, from_base64(secret.substr(kSecretPrefix.size())));
  const std::string signed_text = fmt::format("{}.{}.{}", message_id, timestamp_s, payload);
  return "v1," + to_base64(hmac_sha256(key, as_bytes(signed_text)));
}

DeliveryOutcome deliver(const Delivery& delivery, const crawler::AddressGuard& guard, Timestamp now) {
  const auto url = crawler::Url::parse(delivery.url);
  if (!url) return {0, url.error().message};
  const auto address = resolve(*url, guard);
  if (!address) return {0, address.error().message};
  const auto timestamp = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  const auto signature = sign_webhook(delivery.secret, delivery.message_id, timestamp, delivery.payload);
  if (!signature) return {0, signature.error().message};

  DeliveryOutcome outcome;
  httplib::Client client(origin_of(*url));
  client.set_hostname_addr_map({{url->host(), *address}});
  client.set_connection_timeout(kConnect);
  client.set_read_timeout(kWhole);
  client.set_write_timeout(kWhole);
  httplib::Request request;
  request.method = "POST";
  const std::string origin = origin_of(*url);
  request.path = url->text().size() > origin.size() ? url->text().substr(origin.size()) : "/";
  request.body = delivery.payload;
  request.headers = {{"Content-Type", "application/json"},
                     {"User-Agent", "earmark-webhooks/1"},
                     {"webhook-id", delivery.message_id},
                     {"webhook-timestamp", std::to_string(timestamp)},
                     {"webhook-signature", *signature}};
  request.response_handler = [&](const httplib::Response& response) {
    outcome.status = response.status;
    outcome.retry_after = parse_retry_after(response.get_header_value("Retry-After"));
    return false;  // the body is nothing to us, and may have any length
  };
  const Watchdog watchdog(client);
  const auto result = client.send(request);
  if (outcome.status == 0 && result) outcome.status = result->status;
  if (outcome.status == 0) outcome.error = fmt::format("no answer ({})", httplib::to_string(result.error()));
  return outcome;
}

}  // namespace earmark::api
