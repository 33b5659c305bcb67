#include "api/webhooks.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/hash.h"

namespace earmark::api {
namespace {

using std::chrono::seconds;
using storage::Session;

constexpr std::string_view kWebhookColumns =
    "w.key, w.id, w.party_key, w.url, w.events, w.secret, w.state, w.created_at, w.changed_at";
constexpr std::string_view kMessageColumns =
    "m.key, m.id, m.webhook_key, m.type, m.payload, m.state, m.attempts, m.next_at, m.last_status, "
    "m.last_error,"
    " m.created_at, m.changed_at";

/// Waits before the second, third, … attempt: about a day and a half in all.
constexpr std::array<seconds, 8> kBackoff = {seconds(5),    seconds(30),    seconds(120),   seconds(600),
                                             seconds(3600), seconds(10800), seconds(28800), seconds(86400)};

/// Different for each message and the same for each run: up to a fifth more, so that not all come back at
/// once.
seconds backoff(const WebhookMessage& message) {
  const auto at = std::min<std::size_t>(static_cast<std::size_t>(message.attempts), kBackoff.size() - 1);
  const auto wait = kBackoff.at(at);
  const auto digest = sha256(as_bytes(fmt::format("{}.{}", message.id, message.attempts)));
  const auto share = std::to_integer<unsigned>(digest[0]);
  return wait + seconds(wait.count() * share / (5 * 255));
}

Result<WebhookMessage> insert(Session& session, const Webhook& webhook, std::string_view type, Json data,
                              Timestamp now);

}  // namespace

static void map_columns(storage::Columns& columns, Webhook& w) {
  columns(w.key)(w.id)(w.party_key)(w.url)(w.events)(w.secret)(w.state)(w.created_at)(w.changed_at);
}
static void map_columns(storage::Columns& columns, WebhookMessage& m) {
  columns(m.key)(m.id)(m.webhook_key)(m.type)(m.payload)(m.state)(m.attempts)(m.next_at)(m.last_status);
  columns(m.last_error)(m.created_at)(m.changed_at);
}
static void map_columns(storage::Columns& columns, DueMessage& due) {
  map_columns(columns, due.message);
  map_columns(columns, due.webhook);
}

namespace {

Result<WebhookMessage> insert(Session& session, const Webhook& webhook, std::string_view type, Json data,
                              Timestamp now) {
  const std::string id = new_id("msg_");
  const std::string payload =
      to_line(Json{{"type", type}, {"timestamp", to_rfc3339(now)}, {"data", std::move(data)}});
  EARMARK_TRY_STATUS(session.execute(
      "INSERT INTO webhook_messages (id, webhook_key, type, payload, state, attempts, next_at, last_status,"
      " last_error, created_at, changed_at)"
      " VALUES (:id, :webhook, :type, :payload, 'pending', 0, :next, 0, '', :created, :changed)",
      {id, webhook.key, type, payload, now, now, now}));
  return session.get<WebhookMessage>(
      fmt::format("SELECT {} FROM webhook_messages m WHERE m.id = :id", kMessageColumns), {id});
}

bool wants(const Webhook& webhook, std::string_view type) {
  if (webhook.events == "*") return true;
  const std::string list = "," + webhook.events + ",";
  return list.find("," + std::string(type) + ",") != std::string::npos;
}

/// Something that has happened, and to whom.
struct Happening {
  std::int64_t sequence = 0;
  std::string kind;
  std::string from;
  std::string to;
  std::string id;  ///< of the claim or recording
  std::int64_t party_key = 0;
  std::int64_t feed_key = 0;
  std::string feed;
  std::string guid;
  std::string recording_id;
};

void map_columns(storage::Columns& columns, Happening& h) {
  columns(h.sequence)(h.kind)(h.from)(h.to)(h.id)(h.party_key)(h.feed_key)(h.feed)(h.guid)(h.recording_id);
}

/// A log of the registry that webhooks follow.
struct Source {
  std::string_view name;
  std::string_view newest;
  std::string_view select;
};
constexpr Source kSources[] = {
    {"claims", "SELECT coalesce(max(sequence), 0) FROM claim_events",
     "SELECT n.sequence, n.kind, n.from_status, n.to_status, c.id, r.party_key, f.key, f.url, e.guid, r.id"
     " FROM claim_events n JOIN claims c ON c.key = n.claim_key JOIN recordings r ON r.key = c.recording_key"
     " JOIN episodes e ON e.key = c.episode_key JOIN feeds f ON f.key = e.feed_key"
     " WHERE n.sequence > :after ORDER BY n.sequence LIMIT :most"},
    {"recordings", "SELECT coalesce(max(sequence), 0) FROM recording_events",
     "SELECT n.sequence, n.kind, '', '', r.id, r.party_key, 0, '', '', r.id"
     " FROM recording_events n JOIN recordings r ON r.key = n.recording_key"
     " WHERE n.sequence > :after ORDER BY n.sequence LIMIT :most"},
};
constexpr std::int64_t kBatch = 200;

std::string type_of(const Source& source, const Happening& happening) {
  if (source.name == "recordings") return "recording." + happening.kind;
  return happening.kind == "created" ? "claim.created" : "claim.updated";
}

Json data_of(const Source& source, const Happening& happening) {
  if (source.name == "recordings") return {{"recording_id", happening.id}, {"event", happening.kind}};
  return {{"claim_id", happening.id},
          {"event", happening.kind},
          {"from_status", happening.from},
          {"to_status", happening.to},
          {"recording_id", happening.recording_id},
          {"feed", happening.feed},
          {"guid", happening.guid}};
}

Status tell(Session& session, const Source& source, const Happening& happening, Timestamp now) {
  EARMARK_TRY(const auto hooks,
              session.query<Webhook>(
                  fmt::format("SELECT {} FROM webhooks w WHERE w.state = 'active' AND (w.party_key = :owner"
                              " OR w.party_key IN (SELECT x.party_key FROM feed_parties x"
                              " WHERE x.feed_key = :feed AND x.verified_at IS NOT NULL)) ORDER BY w.key",
                              kWebhookColumns),
                  {happening.party_key, happening.feed_key}));
  const std::string type = type_of(source, happening);
  for (const Webhook& hook : hooks) {
    if (wants(hook, type)) EARMARK_TRY_STATUS(insert(session, hook, type, data_of(source, happening), now));
  }
  return {};
}

/// True where there may be more.
Result<bool> follow(Session& session, const Source& source, Timestamp now) {
  EARMARK_TRY(const auto cursor,
              session.find<std::int64_t>("SELECT sequence FROM webhook_cursor WHERE source = :source",
                                         {source.name}));
  if (!cursor) {
    // Webhooks tell of what comes: not of what was there before the first of them.
    EARMARK_TRY(const auto newest, session.get<std::int64_t>(source.newest));
    EARMARK_TRY_STATUS(session.execute(
        "INSERT INTO webhook_cursor (source, sequence) VALUES (:source, :sequence)", {source.name, newest}));
    return false;
  }
  EARMARK_TRY(const auto happenings, session.query<Happening>(source.select, {*cursor, kBatch}));
  for (const Happening& happening : happenings) EARMARK_TRY_STATUS(tell(session, source, happening, now));
  if (happenings.empty()) return false;
  EARMARK_TRY_STATUS(session.execute("UPDATE webhook_cursor SET sequence = :sequence WHERE source = :source",
                                     {happenings.back().sequence, source.name}));
  return happenings.size() == static_cast<std::size_t>(kBatch);
}

/// Whether a write transaction would find something to do.
Result<bool> is_behind(Session& session) {
  for (const Source& source : kSources) {
    EARMARK_TRY(const auto newest, session.get<std::int64_t>(source.newest));
    EARMARK_TRY(const auto cursor,
                session.find<std::int64_t>("SELECT sequence FROM webhook_cursor WHERE source = :source",
                                           {source.name}));
    if (!cursor || *cursor < newest) return true;
  }
  return false;
}

}  // namespace

const std::vector<std::string>& webhook_event_types() {
  static const std::vector<std::string> kTypes = {
      "claim.created",       "claim.updated",         "recording.registered", "recording.duplicate",
      "recording.forgotten", "recording.quarantined", "recording.restored",   "webhook.test"};
  return kTypes;
}

Result<Webhook> Webhooks::create(const Caller& caller, const std::string& url, const std::string& events) {
  return store_->database().write([&](Session& session) -> Result<Webhook> {
    const Timestamp now = store_->now();
    const std::string id = new_id("whk_");
    EARMARK_TRY_STATUS(session.execute(
        "INSERT INTO webhooks (id, party_key, url, events, secret, state, created_at, changed_at)"
        " VALUES (:id, :party, :url, :events, :secret, 'active', :created, :changed)",
        {id, caller.party_key, url, events, new_webhook_secret(), now, now}));
    return session.get<Webhook>(fmt::format("SELECT {} FROM webhooks w WHERE w.id = :id", kWebhookColumns),
                                {id});
  });
}

Result<std::vector<Webhook>> Webhooks::list(const Caller& caller, const Page& page) {
  return store_->database().read([&](Session& session) {
    return session.query<Webhook>(
        fmt::format("SELECT {} FROM webhooks w WHERE w.key > :after AND w.state <> 'removed'"
                    " AND (:is_admin = 1 OR w.party_key = :party) ORDER BY w.key LIMIT :most",
                    kWebhookColumns),
        {page.after, caller.is_admin() ? 1 : 0, caller.party_key, page.limit + 1});
  });
}

Result<std::optional<Webhook>> Webhooks::find(const Caller& caller, std::string_view id) {
  return store_->database().read([&](Session& session) {
    return session.find<Webhook>(
        fmt::format("SELECT {} FROM webhooks w WHERE w.id = :id AND w.state <> 'removed'"
                    " AND (:is_admin = 1 OR w.party_key = :party)",
                    kWebhookColumns),
        {id, caller.is_admin() ? 1 : 0, caller.party_key});
  });
}

Result<Webhook> Webhooks::update(const Webhook& webhook) {
  return store_->database().write([&](Session& session) -> Result<Webhook> {
    EARMARK_TRY_STATUS(
        session.execute("UPDATE webhooks SET url = :url, events = :events, state = :state, changed_at = :now "
                        "WHERE key = :key",
                        {webhook.url, webhook.events, webhook.state, store_->now(), webhook.key}));
    return session.get<Webhook>(fmt::format("SELECT {} FROM webhooks w WHERE w.key = :key", kWebhookColumns),
                                {webhook.key});
  });
}

Status Webhooks::remove(const Webhook& webhook) {
  Webhook removed = webhook;
  removed.state = "removed";  // what was sent stays on record
  EARMARK_TRY_STATUS(update(removed));
  return {};
}

Result<std::vector<WebhookMessage>> Webhooks::messages(const Webhook& webhook, const Page& page) {
  return store_->database().read([&](Session& session) {
    return session.query<WebhookMessage>(
        fmt::format("SELECT {} FROM webhook_messages m WHERE m.webhook_key = :webhook AND m.key > :after"
                    " ORDER BY m.key LIMIT :most",
                    kMessageColumns),
        {webhook.key, page.after, page.limit + 1});
  });
}

Result<WebhookMessage> Webhooks::replay(const Webhook& webhook, std::string_view message_id) {
  return store_->database().write([&](Session& session) -> Result<WebhookMessage> {
    const Timestamp now = store_->now();
    EARMARK_TRY(
        const auto changed,
        session.execute("UPDATE webhook_messages SET state = 'pending', attempts = 0, next_at = :next,"
                        " changed_at = :changed WHERE id = :id AND webhook_key = :webhook",
                        {now, now, message_id, webhook.key}));
    if (changed == 0) return fail(ErrorCode::kNotFound, std::string(message_id) + ": no such message");
    return session.get<WebhookMessage>(
        fmt::format("SELECT {} FROM webhook_messages m WHERE m.id = :id", kMessageColumns), {message_id});
  });
}

Result<WebhookMessage> Webhooks::send_test(const Webhook& webhook) {
  return store_->database().write([&](Session& session) {
    return insert(session, webhook, "webhook.test", {{"webhook_id", webhook.id}}, store_->now());
  });
}

Result<bool> Webhooks::collect() {
  EARMARK_TRY(const bool behind,
              store_->database().read([](Session& session) { return is_behind(session); }));
  if (!behind) return false;
  return store_->database().write([&](Session& session) -> Result<bool> {
    bool more = false;
    for (const Source& source : kSources) {
      EARMARK_TRY(const bool again, follow(session, source, store_->now()));
      more = more || again;
    }
    return more;
  });
}

Result<std::vector<DueMessage>> Webhooks::due(std::int64_t most) {
  return store_->database().read([&](Session& session) {
    return session.query<DueMessage>(
        fmt::format("SELECT {}, {} FROM webhook_messages m JOIN webhooks w ON w.key = m.webhook_key"
                    " WHERE m.state = 'pending' AND m.next_at <= :now AND w.state = 'active'"
                    " ORDER BY m.next_at, m.key LIMIT :most",
                    kMessageColumns, kWebhookColumns),
        {store_->now(), most});
  });
}

Status Webhooks::note(const DueMessage& due, const DeliveryOutcome& outcome) {
  const bool is_delivered = outcome.status >= 200 && outcome.status < 300;
  const bool is_last = due.message.attempts + 1 > static_cast<std::int64_t>(kBackoff.size());
  const std::string_view state = is_delivered                       ? "delivered"
                                 : is_last || outcome.status == 410 ? "failed"
                                                                    : "pending";
  const Timestamp now = store_->now();
  const Timestamp next = now + std::max(backoff(due.message), outcome.retry_after.value_or(seconds(0)));
  return store_->database().write([&](Session& session) -> Status {
    EARMARK_TRY_STATUS(session.execute(
        "UPDATE webhook_messages SET state = :state, attempts = attempts + 1, next_at = :next,"
        " last_status = :status, last_error = :error, changed_at = :now WHERE key = :key",
        {state, next, outcome.status, outcome.error, now, due.message.key}));
    if (outcome.status == 410) {
      EARMARK_TRY_STATUS(
          session.execute("UPDATE webhooks SET state = 'disabled', changed_at = :now WHERE key = :key",
                          {now, due.webhook.key}));
    }
    return {};
  });
}

}  // namespace earmark::api
