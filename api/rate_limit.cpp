#include "api/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace earmark::api {
namespace {

constexpr std::size_t kMostBuckets = 20'000;

std::int64_t seconds_for(double tokens, const RateLimiter::Rate& rate) {
  return static_cast<std::int64_t>(std::ceil(std::max(tokens, 0.0) / static_cast<double>(rate.per_second)));
}

double refilled(double tokens, RateLimiter::Time since, RateLimiter::Time now,
                const RateLimiter::Rate& rate) {
  const double seconds = std::chrono::duration<double>(now - since).count();
  return std::min(static_cast<double>(rate.burst), tokens + seconds * static_cast<double>(rate.per_second));
}

}  // namespace

RateLimiter::Verdict RateLimiter::take(const std::string& name, const Rate& rate, Time now) {
  if (rate.per_second <= 0) return {};
  return buckets_.with([&](auto& buckets) {
    if (buckets.size() >= kMostBuckets) forget_full(buckets, now);
    const auto [found, is_new] = buckets.try_emplace(name);
    Bucket& bucket = found->second;
    bucket.tokens = is_new ? static_cast<double>(rate.burst) : refilled(bucket.tokens, bucket.at, now, rate);
    bucket.at = now;
    bucket.rate = rate;
    Verdict verdict;
    verdict.limit = rate.per_second;
    verdict.allowed = bucket.tokens >= 1.0;
    if (verdict.allowed) bucket.tokens -= 1.0;
    verdict.remaining = static_cast<std::int64_t>(bucket.tokens);
    verdict.full_in_s = seconds_for(static_cast<double>(rate.burst) - bucket.tokens, rate);
    verdict.retry_in_s =
        verdict.allowed ? 0 : std::max<std::int64_t>(1, seconds_for(1.0 - bucket.tokens, rate));
    return verdict;
  });
}

void RateLimiter::forget_full(std::unordered_map<std::string, Bucket>& buckets, Time now) {
  std::erase_if(buckets, [&](const auto& item) {
    const Bucket& bucket = item.second;
    return refilled(bucket.tokens, bucket.at, now, bucket.rate) >= static_cast<double>(bucket.rate.burst);
  });
  // Under attack from more addresses than that everybody begins anew, which costs a burst and no memory.
  if (buckets.size() >= kMostBuckets) buckets.clear();
}

}  // namespace earmark::api
