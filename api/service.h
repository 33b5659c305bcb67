#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <semaphore>
#include <set>
#include <string>

#include "api/audit.h"
#include "api/chroma_index.h"
#include "api/deadlines.h"
#include "api/jobs.h"
#include "api/keys.h"
#include "api/metrics.h"
#include "api/rate_limit.h"
#include "api/replies.h"
#include "api/route.h"
#include "api/webhook_pump.h"
#include "catalogue/catalogue.h"
#include "crawler/fetcher.h"

namespace earmark::api {

/// What the operations have in common and work on. Requests come from any thread. Every request goes one way:
/// route, key, rate limit, scope, body, idempotency, handler, audit, trace, metrics, access log.
class Service {
 public:
  struct Options {
    std::filesystem::path store;
    enum class Access { kKeys, kOpen } access = Access::kKeys;  ///< kOpen: no key is the operator's own key
    std::size_t decode_workers = 2;
    std::ptrdiff_t most_uploads = 12;  ///< large bodies that are received at a time
    std::uint64_t most_body_bytes = std::uint64_t{1} << 30U;
    RateLimiter::Rate key_rate{2000, 4000};
    RateLimiter::Rate address_rate{50, 200};  ///< without a key
    bool allow_private = false;               ///< feeds and webhooks on private addresses
    std::set<std::string> acoustid_clients;   ///< of programs that have no key of ours: for look-ups
    enum class AccessLog { kOn, kOff } access_log = AccessLog::kOn;
  };
  [[nodiscard]] static Result<std::unique_ptr<Service>> open(const Options& options);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  [[nodiscard]] Response handle(Request& request);

  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] catalogue::Catalogue& catalogue() { return *catalogue_; }
  [[nodiscard]] registry::Registry& registry() { return catalogue_->registry(); }
  [[nodiscard]] crawler::Fetcher& fetcher() { return *fetcher_; }
  [[nodiscard]] ServiceStore& store() { return *store_; }
  [[nodiscard]] Spool& spool() { return spool_; }
  [[nodiscard]] Keys& keys() { return keys_; }
  [[nodiscard]] Audit& audit() { return audit_; }
  [[nodiscard]] Jobs& jobs() { return *jobs_; }
  [[nodiscard]] Webhooks& webhooks() { return webhooks_; }
  void wake_webhooks() { pump_->wake(); }
  [[nodiscard]] ChromaIndex& chroma() { return chroma_; }
  [[nodiscard]] Metrics& metrics() { return metrics_; }

  /// Figures of the transport, for /metrics; set once, before requests come.
  void set_transport_metrics(std::function<std::vector<MetricFamily>()> source) {
    transport_ = std::move(source);
  }
  [[nodiscard]] std::vector<MetricFamily> transport_metrics() const {
    return transport_ ? transport_() : std::vector<MetricFamily>{};
  }
  /// Whether requests are taken; no while the program ends.
  void set_draining() { draining_ = true; }
  [[nodiscard]] bool is_draining() const { return draining_; }

  /// Key, of whichever of its usual places; nothing: it is not a valid one.
  [[nodiscard]] Result<std::optional<Caller>> caller_of(std::string_view secret);
  /// The address that rate limits without a key go by: of the client in front of a proxy on this machine.
  [[nodiscard]] static std::string address_of(const Request& request);
  /// Takes from a rate limit; an answer (429) where it is used up.
  [[nodiscard]] std::optional<Response> limit(const std::string& name, const RateLimiter::Rate& rate,
                                              RateLimiter::Verdict& verdict);

 private:
  Service(const Options& options, std::unique_ptr<ServiceStore> store);
  [[nodiscard]] Response answer(Request& request, Call& call, std::string_view& route_name);
  [[nodiscard]] std::optional<Response> admit(const Route& route, Call& call, RateLimiter::Verdict& verdict);
  [[nodiscard]] std::optional<Response> identify(const Route& route, Call& call);
  [[nodiscard]] Response run(const Route& route, Call& call);
  [[nodiscard]] Response run_once(const Route& route, Call& call, const Sha256& body);
  [[nodiscard]] Response call_handler(const Route& route, Call& call);
  void keep_record(const Route& route, const Call& call, const Response& response);

  const Options options_;
  std::unique_ptr<ServiceStore> store_;
  std::unique_ptr<catalogue::Catalogue> catalogue_;
  std::unique_ptr<crawler::CurlFetcher> fetcher_;
  Spool spool_;
  std::counting_semaphore<> uploads_;
  Keys keys_;
  Audit audit_;
  Replies replies_;
  Webhooks webhooks_;
  ChromaIndex chroma_;
  Metrics metrics_;
  RateLimiter limiter_;
  std::function<std::vector<MetricFamily>()> transport_;
  std::atomic<bool> draining_{false};
  std::int64_t operator_party_ = 0;
  std::unique_ptr<Jobs> jobs_;  ///< this and the next last: their threads use all above
  std::unique_ptr<WebhookPump> pump_;
  std::unique_ptr<Deadlines> deadlines_;
};

}  // namespace earmark::api
