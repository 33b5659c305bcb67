#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "core/guarded.h"

namespace earmark::api {

/// Token buckets by name (a key, an address). Synchronised. Memory is bounded: buckets that are full again
/// are forgotten.
class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;
  struct Rate {
    std::int64_t per_second = 0;  ///< 0: no limit
    std::int64_t burst = 0;       ///< size of the bucket
  };
  struct Verdict {
    bool allowed = true;
    std::int64_t limit = 0;  ///< 0: none
    std::int64_t remaining = 0;
    std::int64_t full_in_s = 0;   ///< until the bucket is full again
    std::int64_t retry_in_s = 0;  ///< until the next request may come
  };

  /// Takes one token of `name` where there is one.
  [[nodiscard]] Verdict take(const std::string& name, const Rate& rate, Time now);

 private:
  struct Bucket {
    double tokens = 0;
    Time at{};
    Rate rate;
  };
  static void forget_full(std::unordered_map<std::string, Bucket>& buckets, Time now);
  Guarded<std::unordered_map<std::string, Bucket>> buckets_;
};

}  // namespace earmark::api
