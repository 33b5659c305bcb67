#include "registry/registry.h"

#include <random>

#include <fmt/format.h>

#include "registry/schema.h"
#include "storage/database.h"

namespace earmark::registry {
namespace {

using storage::Database;
using storage::Session;

/// A random UUID (RFC 9562, version 4).
std::string new_uuid() {
  std::random_device random;
  const auto word = [&] { return static_cast<std::uint64_t>(random()); };
  const std::uint64_t high = (((word() << 32U) | word()) & ~0xf000ULL) | 0x4000ULL;
  const std::uint64_t low = (((word() << 32U) | word()) & ~(3ULL << 62U)) | (1ULL << 63U);
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32U, (high >> 16U) & 0xffffU,
                     high & 0xffffU, low >> 48U, low & 0xffffffffffffULL);
}

constexpr std::string_view kSelectUuid = "SELECT uuid FROM store WHERE id = 1";

Result<std::string> make_identity(Session& session, Timestamp now) {
  EARMARK_TRY_STATUS(
      session.execute("INSERT INTO store (id, uuid, revision, created_at) VALUES (1, :uuid, 0, :now)"
                      " ON CONFLICT (id) DO NOTHING",
                      {new_uuid(), now}));
  return session.get<std::string>(kSelectUuid);
}

Result<std::string> identity(Database& database, Timestamp now) {
  EARMARK_TRY(auto known,
              database.read([](Session& session) { return session.find<std::string>(kSelectUuid); }));
  if (known) return std::move(*known);
  return database.write([&](Session& session) { return make_identity(session, now); });
}

}  // namespace

struct Registry::State {
  std::filesystem::path folder;
  std::unique_ptr<Database> database;
  std::string uuid;
  Parties parties;
  Recordings recordings;
  Feeds feeds;
  Claims claims;
  SharedMaterial shared;
  EvidenceStore evidence;
  Rights rights;
  Terms terms;
  Policies policies;
  Reviews reviews;
  CrawlQueue crawl_queue;
  CrawlFeeds crawl_feeds;
  CrawlHosts crawl_hosts;
  CrawlArchive crawl_archive;

  State(std::filesystem::path store, std::unique_ptr<Database> opened, std::string id, const Clock& clock)
      : folder(std::move(store)),
        database(std::move(opened)),
        uuid(std::move(id)),
        parties(*database, clock),
        recordings(*database, clock),
        feeds(*database, clock),
        claims(*database, clock),
        shared(*database),
        evidence(*database, clock),
        rights(*database, clock),
        terms(*database, clock),
        policies(*database, clock),
        reviews(*database, clock),
        crawl_queue(*database, clock),
        crawl_feeds(*database, clock),
        crawl_hosts(*database, clock),
        crawl_archive(*database, clock) {}
};

Registry::Registry(std::unique_ptr<State> state) : state_(std::move(state)) {}
Registry::~Registry() = default;

Result<std::unique_ptr<Registry>> Registry::open(const Options& options) {
  if (options.store.empty()) return fail(ErrorCode::kInvalidArgument, "the store has no name");
  Database::Options database_options;
  EARMARK_TRY(database_options.address, address_of(options.store));
  database_options.access = options.access == Options::Access::kReadWrite ? Database::Access::kReadWrite
                                                                          : Database::Access::kReadOnly;
  database_options.migrations = schema();
  database_options.clock = options.clock;
  EARMARK_TRY(auto database, Database::open(database_options));
  EARMARK_TRY(auto uuid, identity(*database, options.clock->now()));
  auto state = std::make_unique<State>(options.store, std::move(database), std::move(uuid), *options.clock);
  return std::unique_ptr<Registry>(new Registry(std::move(state)));
}

Parties& Registry::parties() { return state_->parties; }
Recordings& Registry::recordings() { return state_->recordings; }
Feeds& Registry::feeds() { return state_->feeds; }
Claims& Registry::claims() { return state_->claims; }
SharedMaterial& Registry::shared() { return state_->shared; }
EvidenceStore& Registry::evidence() { return state_->evidence; }
Rights& Registry::rights() { return state_->rights; }
Terms& Registry::terms() { return state_->terms; }
Policies& Registry::policies() { return state_->policies; }
Reviews& Registry::reviews() { return state_->reviews; }
CrawlQueue& Registry::crawl_queue() { return state_->crawl_queue; }
CrawlFeeds& Registry::crawl_feeds() { return state_->crawl_feeds; }
CrawlHosts& Registry::crawl_hosts() { return state_->crawl_hosts; }
CrawlArchive& Registry::crawl_archive() { return state_->crawl_archive; }
const std::string& Registry::store_uuid() const { return state_->uuid; }
const std::filesystem::path& Registry::store() const { return state_->folder; }
bool Registry::is_writable() const { return state_->database->is_writable(); }

Result<std::int64_t> Registry::database_bytes() const {
  return state_->database->read([](Session& session) { return session.database_bytes(); });
}

static void map_columns(storage::Columns& columns, RegistryStats& s) {
  columns(s.recordings)(s.quarantined)(s.forgotten)(s.reference_ms)(s.fingerprint_bytes)(s.parties)(s.feeds);
  columns(s.episodes)(s.episodes_scanned)(s.sightings)(s.claims)(s.claims_active)(s.claims_review);
}

Result<RegistryStats> Registry::stats() const {
  return state_->database->read([](Session& session) {
    return session.get<RegistryStats>(
        "SELECT (SELECT count(*) FROM recordings WHERE status = 'registered'),"
        " (SELECT count(*) FROM recordings WHERE status = 'quarantined'),"
        " (SELECT count(*) FROM recordings WHERE status = 'forgotten'),"
        " (SELECT coalesce(sum(duration_ms), 0) FROM recordings WHERE status = 'registered'),"
        " (SELECT coalesce(sum(fingerprint_bytes), 0) FROM recordings WHERE status = 'registered'),"
        " (SELECT count(*) FROM parties), (SELECT count(*) FROM feeds), (SELECT count(*) FROM episodes),"
        " (SELECT count(DISTINCT episode_key) FROM episode_versions WHERE state = 'scanned'),"
        " (SELECT count(*) FROM sightings), (SELECT count(*) FROM claims),"
        " (SELECT count(*) FROM claims WHERE status = 'active'),"
        " (SELECT count(*) FROM claims WHERE status = 'review')");
  });
}

Status Registry::verify() const {
  return state_->database->read([this](Session& session) -> Status {
    EARMARK_TRY_STATUS(session.verify());
    EARMARK_TRY(
        const auto without,
        session.get<std::int64_t>("SELECT count(*) FROM recordings WHERE status = 'registered' AND key NOT IN"
                                  " (SELECT recording_key FROM fingerprints)"));
    if (without == 0) return {};
    return fail(ErrorCode::kCorrupt,
                fmt::format("{}: {} registered recordings have no fingerprint; register their audio again",
                            state_->database->address().name(), without));
  });
}

}  // namespace earmark::registry
