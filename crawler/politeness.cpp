#include "crawler/politeness.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/log.h"

namespace earmark::crawler {
namespace {

constexpr std::chrono::hours kRobotsLastFor{24};             ///< RFC 9309 §2.4
constexpr std::chrono::hours kStaleRobotsServeFor{30 * 24};  ///< §2.3.1.4: "a reasonably long period"
constexpr std::chrono::minutes kFailedRobotsLastFor{5};
constexpr std::chrono::hours kLongestHold{24};
constexpr std::chrono::seconds kHoldWithoutWord{60};  ///< for 429 and 503 without a Retry-After
constexpr std::size_t kMostHostsInMind = 20'000;
constexpr std::size_t kMostRobotsBytes = 500 << 10;
constexpr int kTooManyRequests = 429, kServiceUnavailable = 503;

/// A client's fault: there is no robots.txt for us, so there are no rules (RFC 9309 §2.3.1.3). Of these 429
/// is none: the server wants to be left alone.
bool is_unavailable(int status) { return status >= 400 && status < 500 && status != kTooManyRequests; }

Error stopped() { return {ErrorCode::kUnavailable, "stopped"}; }

}  // namespace

std::shared_ptr<Politeness::Host> Politeness::host_of(const std::string& origin) {
  const std::lock_guard lock(mutex_);
  if (hosts_.size() > kMostHostsInMind) {
    std::erase_if(hosts_, [](const auto& entry) {
      return entry.second.use_count() == 1 && entry.second->in_flight == 0;
    });
  }
  std::shared_ptr<Host>& host = hosts_[origin];
  if (!host) host = std::make_shared<Host>();
  return host;
}

Status Politeness::enter(const Url& url, const std::stop_token& stop) {
  const std::shared_ptr<Host> host = host_of(url.origin());
  EARMARK_TRY_STATUS(wait_out_hold(url.origin(), stop));
  EARMARK_TRY(const auto rules, rules_of(*host, url, stop));
  const Robots::Verdict verdict = rules->judge(url.target());
  if (!verdict.is_allowed) {
    const std::string why = fmt::format("{}/robots.txt does not allow it ({})", url.origin(), verdict.rule);
    note("robots_disallow", url.shown(), why);
    return fail(ErrorCode::kRefused, why);
  }
  const auto asked = std::min(rules->crawl_delay().value_or(options_.gap), options_.longest_gap);
  return take_slot(*host, std::max(asked, options_.gap), stop);
}

Status Politeness::wait_out_hold(const std::string& origin, const std::stop_token& stop) {
  EARMARK_TRY(const auto until, registry_.crawl_queue().held_until(origin));
  if (!until) return {};
  const auto left = *until - clock_.now();
  if (left > options_.patience) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("{} asks to be left alone until {}", origin, to_rfc3339(*until)));
  }
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, left, [] { return false; });
  if (stop.stop_requested()) return fail(stopped());
  return {};
}

Result<std::shared_ptr<const Robots>> Politeness::rules_of(Host& host, const Url& url,
                                                           const std::stop_token& stop) {
  const std::lock_guard asking(host.asking);
  const Timestamp now = clock_.now();
  if (host.rules && now < host.fresh_until) return host.rules;
  EARMARK_TRY(auto known, registry_.crawl_hosts().robots(url.origin()));
  if (!known || now - known->fetched_at >= kRobotsLastFor) {
    auto asked = ask_for_robots(url, stop);
    if (asked) {
      EARMARK_TRY_STATUS(registry_.crawl_hosts().store_robots(url.origin(), *asked));
      known = *std::move(asked);
    } else if (asked.error().code == ErrorCode::kRefused || stop.stop_requested()) {
      return fail(asked.error());
    } else if (!known || now - known->fetched_at >= kStaleRobotsServeFor) {
      return fail(asked.error().with_context("nothing is fetched without robots.txt"));
    }
  }
  host.rules = std::make_shared<const Robots>(Robots::parse(known->text, kProductToken));
  host.fresh_until = std::max(known->fetched_at + kRobotsLastFor, now + kFailedRobotsLastFor);
  return host.rules;
}

Result<registry::StoredRobots> Politeness::ask_for_robots(const Url& url, const std::stop_token& stop) {
  EARMARK_TRY(Url robots_url, Url::parse(url.origin() + "/robots.txt"));
  FetchRequest request{std::move(robots_url), {}, {}, {}, stop};
  FetchTrace trace;
  request.trace = &trace;
  const auto fetched = fetcher_.fetch_document(request);
  registry::StoredRobots robots{clock_.now(), trace.status(), {}};
  if (fetched) {
    robots.text = as_text(fetched->body).substr(0, kMostRobotsBytes);
    return robots;
  }
  // Too many redirects count as unavailable too (§2.3.1.2).
  if (is_unavailable(trace.status()) || fetched.error().code == ErrorCode::kResourceExhausted) return robots;
  return fail(fetched.error());
}

Status Politeness::take_slot(Host& host, std::chrono::milliseconds gap, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto now = Steady::now();
    if (host.in_flight >= options_.most_per_host) {
      changed_.wait(lock, stop, [&] { return host.in_flight < options_.most_per_host; });
    } else if (now < host.next_start) {
      changed_.wait_until(lock, stop, host.next_start, [] { return false; });
    } else {
      ++host.in_flight;
      host.next_start = now + gap;
      return {};
    }
  }
  return fail(stopped());
}

void Politeness::leave(const Url& url, const HostAnswer& answer) {
  const std::shared_ptr<Host> host = host_of(url.origin());
  {
    const std::lock_guard lock(mutex_);
    --host->in_flight;
  }
  changed_.notify_all();
  if (answer.status != kTooManyRequests && answer.status != kServiceUnavailable) return;
  const auto pause =
      std::min<std::chrono::seconds>(answer.retry_after.value_or(kHoldWithoutWord), kLongestHold);
  const Timestamp until = clock_.now() + pause;
  const std::string why = fmt::format("HTTP status {}, until {}", answer.status, to_rfc3339(until));
  if (const Status held = registry_.crawl_queue().hold_host(url.origin(), until, why); !held)
    log(LogLevel::kWarning, "{}: cannot be recorded: {}", url.origin(), held.error().message);
  note("held", url.shown(), why);
}

void Politeness::note(const char* kind, const std::string& url, const std::string& detail) {
  if (const Status noted = registry_.crawl_feeds().log_event(kind, {}, url, detail); !noted)
    log(LogLevel::kWarning, "{}: cannot be recorded: {}", url, noted.error().message);
}

}  // namespace earmark::crawler
