#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"

namespace earmark::storage {
class Database;
class Session;
}  // namespace earmark::storage

namespace earmark::registry {

enum class CrawlTaskKind {
  kFeed,  ///< look whether the feed has something new; target: the feed's key
  kScan,  ///< fetch, analyse and match an episode; target: the version's key
};
[[nodiscard]] std::string_view to_string(CrawlTaskKind kind);  ///< "feed", "scan"

/// Within a host, what comes first.
enum class CrawlLane : std::int64_t {
  kFeed = 0,     ///< cheap, and finds what is new
  kNew = 1,      ///< an episode that came since the feed is watched
  kBacklog = 2,  ///< what was there before
};

struct NewCrawlTask {
  CrawlTaskKind kind = CrawlTaskKind::kFeed;
  std::int64_t target_key = 0;
  std::int64_t feed_key = 0;
  std::string host;  ///< origin of its URL; empty: it has none (it fails at once and costs no host anything)
  CrawlLane lane = CrawlLane::kFeed;
  Timestamp due_at{};
};

/// A task that was given to a worker, and the right to finish it.
struct CrawlLease {
  std::int64_t key = 0;
  CrawlTaskKind kind = CrawlTaskKind::kFeed;
  std::int64_t target_key = 0;
  std::int64_t feed_key = 0;
  std::string host;
  std::int64_t attempts = 0;  ///< leases so far, this one included
  std::string token;          ///< who finishes the task must show it
};

struct LeaseTerms {
  std::string worker;  ///< who asks; not empty
  std::chrono::milliseconds length{60'000};
  std::int64_t most_per_host = 2;         ///< tasks of one host that are leased at a time
  std::chrono::milliseconds host_gap{0};  ///< between two leases of one host
};

struct CrawlQueueState {
  std::int64_t feeds = 0;  ///< tasks of this kind, paused ones included
  std::int64_t scans = 0;
  std::int64_t due = 0;  ///< that could be done now
  std::int64_t leased = 0;
  std::int64_t hosts = 0;
  std::int64_t hosts_held = 0;             ///< that asked us to wait
  std::optional<Timestamp> oldest_due_at;  ///< of those that are due
};

/// The durable queue of the crawler. Many workers in many processes may share it: a task is leased to one of
/// them, and comes back when the lease ends without its being finished. Hosts take turns; within a host,
/// lanes in order, then the oldest. Cost of a lease: O(log tasks), whatever waits. Synchronised.
class CrawlQueue {
 public:
  CrawlQueue(storage::Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

  /// One transaction. A task that is there keeps its time and its lease; its host is brought up to date.
  [[nodiscard]] Status put(std::span<const NewCrawlTask> tasks);
  /// The next task that is due, if there is one.
  [[nodiscard]] Result<std::optional<CrawlLease>> lease(const LeaseTerms& terms);
  /// This task, due or not, put into the queue where it is missing; nothing: another worker has it.
  [[nodiscard]] Result<std::optional<CrawlLease>> lease_this(const NewCrawlTask& task,
                                                             const LeaseTerms& terms);
  /// All leases of a worker last from now on.
  [[nodiscard]] Status renew(const LeaseTerms& terms);
  /// It is to come again. kConflict: the lease has ended and somebody else has the task.
  [[nodiscard]] Status put_back(const CrawlLease& lease, Timestamp due_at);
  /// It is done. kConflict as above.
  [[nodiscard]] Status remove(const CrawlLease& lease);

  /// Who holds leases.
  [[nodiscard]] Result<std::vector<std::string>> workers() const;
  /// What a worker held that is no more comes due now; how much that was.
  [[nodiscard]] Result<std::int64_t> take_from(std::string_view worker);

  /// The host is not asked before that time.
  [[nodiscard]] Status hold_host(std::string_view host, Timestamp until, std::string_view reason);
  /// Until when the host is to be left alone; nothing: it is not.
  [[nodiscard]] Result<std::optional<Timestamp>> held_until(std::string_view host) const;
  /// The feed's task, if it waits, comes due now.
  [[nodiscard]] Status expedite_feed(std::int64_t feed_key);

  [[nodiscard]] Result<CrawlQueueState> state() const;
  /// Of the earliest task that is not leased, if any.
  [[nodiscard]] Result<std::optional<Timestamp>> next_due_at() const;

 private:
  storage::Database* database_;
  const Clock* clock_;
};

/// Within a transaction that does what the task was for. kConflict: the lease has ended.
[[nodiscard]] Status finish_task(storage::Session& session, const CrawlLease& lease);

enum class FeedDue { kNow, kNever };
/// Within a transaction: when all tasks of the feed that nobody works on come due.
[[nodiscard]] Status set_feed_due(storage::Session& session, std::int64_t feed_key, FeedDue due,
                                  Timestamp now);

/// Within a transaction: makes the host known.
[[nodiscard]] Status ensure_host(storage::Session& session, std::string_view host);

}  // namespace earmark::registry
