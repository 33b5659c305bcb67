// A lease is a task whose due time is when the lease ends, so that a worker that dies needs nobody to clean
// up after it. A host's ready_at is kept at max(not_before, its earliest due time): picking looks at hosts in
// the order of ready_at and at one task of each, never at a queue as a whole.
#include "registry/crawl_queue.h"

#include <algorithm>
#include <atomic>
#include <random>

#include <fmt/format.h>

#include "storage/database.h"

namespace earmark::registry {
namespace {

using storage::Session;

/// Later than anything; what is paused is due then.
constexpr std::int64_t kNever = 253'402'300'799'000;  ///< 9999-12-31, ms
constexpr std::int64_t kHostsLookedAt = 16;           ///< that have their share already, before giving up
constexpr std::int64_t kLanes = 3;

struct Host {
  std::string name;
  std::int64_t not_before = 0;
};
void map_columns(storage::Columns& columns, Host& host) { columns(host.name)(host.not_before); }

struct Task {
  CrawlLease lease;
  std::int64_t due_at = 0;
  std::string worker;
};
void map_columns(storage::Columns& columns, Task& task) {
  CrawlLease& lease = task.lease;
  columns(lease.key);
  columns.text([&lease](const std::string& text) {
    lease.kind = text == to_string(CrawlTaskKind::kScan) ? CrawlTaskKind::kScan : CrawlTaskKind::kFeed;
  });
  columns(lease.target_key)(lease.feed_key)(lease.host)(lease.attempts)(lease.token)(task.due_at)(
      task.worker);
}

constexpr std::string_view kTaskColumns =
    "key, kind, target_key, feed_key, host, attempts, token, due_at, worker";

std::int64_t ms(Timestamp time) { return time.time_since_epoch().count(); }

/// Names a lease for ever: no other lease, of whatever worker, has the same token.
std::string new_token(std::string_view worker) {
  static const std::uint32_t process = std::random_device{}();
  static std::atomic<std::uint64_t> count = 0;
  return fmt::format("{}/{:08x}/{}", worker, process, ++count);
}

/// When the host's earliest task comes due; leased ones count when their lease ends.
Result<std::int64_t> earliest_due(Session& session, std::string_view host) {
  std::int64_t earliest = kNever;
  for (std::int64_t lane = 0; lane < kLanes; ++lane) {
    EARMARK_TRY(const auto due, session.find<std::int64_t>(
                                    "SELECT due_at FROM crawl_tasks WHERE host = :host AND lane = :lane"
                                    " ORDER BY due_at LIMIT 1",
                                    {host, lane}));
    if (due) earliest = std::min(earliest, *due);
  }
  return earliest;
}

Status refresh_host(Session& session, std::string_view host) {
  EARMARK_TRY(const auto earliest, earliest_due(session, host));
  EARMARK_TRY_STATUS(session.execute(
      "UPDATE crawl_hosts SET ready_at = CASE WHEN not_before > :due THEN not_before ELSE :due_too END"
      " WHERE host = :host",
      {earliest, earliest, host}));
  return {};
}

Status insert(Session& session, const NewCrawlTask& task, Timestamp now) {
  EARMARK_TRY_STATUS(ensure_host(session, task.host));
  EARMARK_TRY(
      const auto paused,
      session.get<std::int64_t>(
          "SELECT count(*) FROM crawl_feeds WHERE feed_key = :feed AND state <> 'active'", {task.feed_key}));
  EARMARK_TRY_STATUS(
      session.execute("INSERT INTO crawl_tasks (kind, target_key, feed_key, host, lane, due_at, worker, "
                      "token, attempts, created_at)"
                      " VALUES (:kind, :target, :feed, :host, :lane, :due, '', '', 0, :now)"
                      " ON CONFLICT (kind, target_key) DO UPDATE SET host = excluded.host",
                      {to_string(task.kind), task.target_key, task.feed_key, task.host,
                       static_cast<std::int64_t>(task.lane), paused > 0 ? kNever : ms(task.due_at), now}));
  return refresh_host(session, task.host);
}

/// Gives the task to the worker of `terms`, and the host its pause.
Result<CrawlLease> give(Session& session, CrawlLease lease, const LeaseTerms& terms, Timestamp now) {
  lease.token = new_token(terms.worker);
  ++lease.attempts;
  EARMARK_TRY_STATUS(
      session.execute("UPDATE crawl_tasks SET worker = :worker, token = :token, due_at = :until,"
                      " attempts = attempts + 1 WHERE key = :key",
                      {terms.worker, lease.token, now + terms.length, lease.key}));
  EARMARK_TRY_STATUS(session.execute(
      "UPDATE crawl_hosts SET not_before = :next WHERE host = :host AND not_before < :next_too",
      {now + terms.host_gap, lease.host, now + terms.host_gap}));
  EARMARK_TRY_STATUS(refresh_host(session, lease.host));
  return lease;
}

Result<std::optional<Task>> due_task(Session& session, std::string_view host, Timestamp now) {
  for (std::int64_t lane = 0; lane < kLanes; ++lane) {
    EARMARK_TRY(auto task, session.find<Task>(
                               fmt::format("SELECT {} FROM crawl_tasks WHERE host = :host AND lane = :lane"
                                           " AND due_at <= :now ORDER BY due_at, key LIMIT 1",
                                           kTaskColumns),
                               {host, lane, now}));
    if (task) return task;
  }
  return std::optional<Task>();
}

/// The host has its share of leases: it is looked at again when one of them ends or is given back.
Status set_aside(Session& session, std::string_view host, Timestamp now) {
  EARMARK_TRY(const auto first_end,
              session.get<std::int64_t>("SELECT coalesce(min(due_at), :never) FROM crawl_tasks"
                                        " WHERE host = :host AND worker <> '' AND due_at > :now",
                                        {kNever, host, now}));
  EARMARK_TRY_STATUS(
      session.execute("UPDATE crawl_hosts SET ready_at = :end WHERE host = :host", {first_end, host}));
  return {};
}

Result<std::int64_t> leased_of(Session& session, std::string_view host, Timestamp now) {
  return session.get<std::int64_t>(
      "SELECT count(*) FROM crawl_tasks WHERE host = :host AND worker <> '' AND due_at > :now", {host, now});
}

enum class Which { kAll, kFeedOnly };

/// Sets when what is not leased of a feed comes due.
Status set_due(Session& session, std::int64_t feed_key, std::int64_t due_at, Which which) {
  EARMARK_TRY(
      const auto hosts,
      session.query<std::string>("SELECT DISTINCT host FROM crawl_tasks WHERE feed_key = :feed", {feed_key}));
  EARMARK_TRY_STATUS(
      session.execute("UPDATE crawl_tasks SET due_at = :due WHERE feed_key = :feed AND worker = ''"
                      " AND (:all = 1 OR kind = 'feed')",
                      {due_at, feed_key, which == Which::kAll ? 1 : 0}));
  for (const std::string& host : hosts) EARMARK_TRY_STATUS(refresh_host(session, host));
  return {};
}

Status lost(const CrawlLease& lease) {
  return fail(ErrorCode::kConflict, fmt::format("the lease of {} task {} has ended, another worker has it",
                                                to_string(lease.kind), lease.target_key));
}

}  // namespace

std::string_view to_string(CrawlTaskKind kind) { return kind == CrawlTaskKind::kFeed ? "feed" : "scan"; }

Status ensure_host(Session& session, std::string_view host) {
  EARMARK_TRY_STATUS(session.execute(
      "INSERT INTO crawl_hosts (host, ready_at, not_before, held_reason, robots_status, robots)"
      " VALUES (:host, :ready, 0, '', 0, '') ON CONFLICT (host) DO NOTHING",
      {host, kNever}));
  return {};
}

Status CrawlQueue::put(std::span<const NewCrawlTask> tasks) {
  if (tasks.empty()) return {};
  return database_->write([&](Session& session) -> Status {
    for (const NewCrawlTask& task : tasks) EARMARK_TRY_STATUS(insert(session, task, clock_->now()));
    return {};
  });
}

Result<std::optional<CrawlLease>> CrawlQueue::lease(const LeaseTerms& terms) {
  return database_->write([&](Session& session) -> Result<std::optional<CrawlLease>> {
    const Timestamp now = clock_->now();
    EARMARK_TRY(const auto hosts,
                session.query<Host>("SELECT host, not_before FROM crawl_hosts WHERE ready_at <= :now"
                                    " ORDER BY ready_at, host LIMIT :most",
                                    {now, kHostsLookedAt}));
    for (const Host& host : hosts) {
      EARMARK_TRY(const auto leased, leased_of(session, host.name, now));
      if (leased >= terms.most_per_host) {
        EARMARK_TRY_STATUS(set_aside(session, host.name, now));
        continue;
      }
      EARMARK_TRY(const auto task, due_task(session, host.name, now));
      if (!task) {
        EARMARK_TRY_STATUS(refresh_host(session, host.name));
        continue;
      }
      EARMARK_TRY(auto given, give(session, task->lease, terms, now));
      return std::optional(std::move(given));
    }
    return std::optional<CrawlLease>();
  });
}

Result<std::optional<CrawlLease>> CrawlQueue::lease_this(const NewCrawlTask& wanted,
                                                         const LeaseTerms& terms) {
  return database_->write([&](Session& session) -> Result<std::optional<CrawlLease>> {
    const Timestamp now = clock_->now();
    EARMARK_TRY_STATUS(insert(session, wanted, now));
    EARMARK_TRY(const auto task,
                session.get<Task>(
                    fmt::format("SELECT {} FROM crawl_tasks WHERE kind = :kind AND target_key = :target",
                                kTaskColumns),
                    {to_string(wanted.kind), wanted.target_key}));
    if (!task.worker.empty() && task.due_at > ms(now)) return std::optional<CrawlLease>();
    EARMARK_TRY(auto given, give(session, task.lease, terms, now));
    return std::optional(std::move(given));
  });
}

Status CrawlQueue::renew(const LeaseTerms& terms) {
  return database_->write([&](Session& session) -> Status {
    EARMARK_TRY_STATUS(
        session.execute("UPDATE crawl_tasks SET due_at = :until WHERE worker = :worker AND worker <> ''",
                        {clock_->now() + terms.length, terms.worker}));
    return {};
  });
}

Status CrawlQueue::put_back(const CrawlLease& lease, Timestamp due_at) {
  return database_->write([&](Session& session) -> Status {
    EARMARK_TRY(const auto paused,
                session.get<std::int64_t>(
                    "SELECT count(*) FROM crawl_feeds WHERE feed_key = :feed AND state <> 'active'",
                    {lease.feed_key}));
    EARMARK_TRY(const auto changed,
                session.execute("UPDATE crawl_tasks SET worker = '', token = '', due_at = :due"
                                " WHERE key = :key AND token = :token",
                                {paused > 0 ? kNever : ms(due_at), lease.key, lease.token}));
    if (changed == 0) return lost(lease);
    return refresh_host(session, lease.host);
  });
}

Status finish_task(Session& session, const CrawlLease& lease) {
  EARMARK_TRY(const auto changed,
              session.execute("DELETE FROM crawl_tasks WHERE key = :key AND token = :token",
                              {lease.key, lease.token}));
  if (changed == 0) return lost(lease);
  return refresh_host(session, lease.host);
}

Status CrawlQueue::remove(const CrawlLease& lease) {
  return database_->write([&](Session& session) { return finish_task(session, lease); });
}

Result<std::vector<std::string>> CrawlQueue::workers() const {
  return database_->read([&](Session& session) {
    return session.query<std::string>(
        "SELECT DISTINCT worker FROM crawl_tasks WHERE worker <> '' ORDER BY worker");
  });
}

Result<std::int64_t> CrawlQueue::take_from(std::string_view worker) {
  return database_->write([&](Session& session) -> Result<std::int64_t> {
    EARMARK_TRY(const auto hosts,
                session.query<std::string>("SELECT DISTINCT host FROM crawl_tasks WHERE worker = :worker"
                                           " AND worker <> ''",
                                           {worker}));
    EARMARK_TRY(const auto freed,
                session.execute("UPDATE crawl_tasks SET worker = '', token = '', due_at = :now"
                                " WHERE worker = :worker AND worker <> ''",
                                {clock_->now(), worker}));
    for (const std::string& host : hosts) EARMARK_TRY_STATUS(refresh_host(session, host));
    return freed;
  });
}

Status CrawlQueue::hold_host(std::string_view host, Timestamp until, std::string_view reason) {
  return database_->write([&](Session& session) -> Status {
    EARMARK_TRY_STATUS(ensure_host(session, host));
    EARMARK_TRY_STATUS(
        session.execute("UPDATE crawl_hosts SET not_before = :until, held_reason = :reason"
                        " WHERE host = :host AND not_before < :until2",
                        {until, reason, host, until}));
    return refresh_host(session, host);
  });
}

Result<std::optional<Timestamp>> CrawlQueue::held_until(std::string_view host) const {
  return database_->read([&](Session& session) -> Result<std::optional<Timestamp>> {
    EARMARK_TRY(const auto until,
                session.find<std::int64_t>(
                    "SELECT not_before FROM crawl_hosts WHERE host = :host AND held_reason <> ''"
                    " AND not_before > :now",
                    {host, clock_->now()}));
    if (!until) return std::optional<Timestamp>();
    return std::optional(Timestamp(std::chrono::milliseconds(*until)));
  });
}

Status set_feed_due(Session& session, std::int64_t feed_key, FeedDue due, Timestamp now) {
  return set_due(session, feed_key, due == FeedDue::kNow ? ms(now) : kNever, Which::kAll);
}

Status CrawlQueue::expedite_feed(std::int64_t feed_key) {
  return database_->write(
      [&](Session& session) { return set_due(session, feed_key, ms(clock_->now()), Which::kFeedOnly); });
}

static void map_columns(storage::Columns& columns, CrawlQueueState& state) {
  columns(state.feeds)(state.scans)(state.due)(state.leased)(state.hosts)(state.hosts_held)(
      state.oldest_due_at);
}

Result<CrawlQueueState> CrawlQueue::state() const {
  return database_->read([&](Session& session) {
    const Timestamp now = clock_->now();
    return session.get<CrawlQueueState>(
        "SELECT (SELECT count(*) FROM crawl_tasks WHERE kind = 'feed'),"
        " (SELECT count(*) FROM crawl_tasks WHERE kind = 'scan'),"
        " (SELECT count(*) FROM crawl_tasks WHERE worker = '' AND due_at <= :now),"
        " (SELECT count(*) FROM crawl_tasks WHERE worker <> '' AND due_at > :now2),"
        " (SELECT count(*) FROM crawl_hosts),"
        " (SELECT count(*) FROM crawl_hosts WHERE held_reason <> '' AND not_before > :now3),"
        " (SELECT min(due_at) FROM crawl_tasks WHERE worker = '' AND due_at <= :now4)",
        {now, now, now, now});
  });
}

Result<std::optional<Timestamp>> CrawlQueue::next_due_at() const {
  return database_->read([&](Session& session) -> Result<std::optional<Timestamp>> {
    EARMARK_TRY(const auto ready,
                session.find<std::int64_t>("SELECT ready_at FROM crawl_hosts ORDER BY ready_at LIMIT 1"));
    if (!ready || *ready >= kNever) return std::optional<Timestamp>();
    return std::optional(Timestamp(std::chrono::milliseconds(*ready)));
  });
}

}  // namespace earmark::registry
