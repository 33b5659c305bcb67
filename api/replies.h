#pragma once
// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): the same request twice is done once.
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "api/http.h"
#include "api/service_store.h"
#include "core/guarded.h"
#include "core/hash.h"

namespace earmark::api {

/// Answers that were given under a key. Synchronised. What is in flight is known to this process only: after
/// a crash a request may be sent again, and the operations themselves make nothing twice.
class Replies {
 public:
  static constexpr std::chrono::hours kKept{48};
  static constexpr std::size_t kLongestKey = 255;

  explicit Replies(ServiceStore& store) : store_(&store) {}

  struct Begun {
    enum class Kind {
      kNew,       ///< do it, then finish()
      kReplayed,  ///< `answer` was given before
      kInFlight,
      kOtherRequest,  ///< the key was used for something else
    } kind = Kind::kNew;
    Response answer{};
  };
  [[nodiscard]] Result<Begun> begin(std::int64_t party_key, const std::string& key, const Sha256& request);
  /// After kNew, always: keeps the answer unless it is one that a second try may change (401, 408, 429, 5xx).
  [[nodiscard]] Status finish(std::int64_t party_key, const std::string& key, const Sha256& request,
                              const Response& answer);
  /// Removes what is older than kKept.
  [[nodiscard]] Status prune();

 private:
  ServiceStore* store_;
  Guarded<std::set<std::pair<std::int64_t, std::string>>> in_flight_;
};

}  // namespace earmark::api
