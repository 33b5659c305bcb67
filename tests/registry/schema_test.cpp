// Stores that earlier versions wrote. data/store-vN.sql is `sqlite3 earmark.db .dump` of a store of schema N;
// such a file is added with every new schema and never changed afterwards.
#include "registry/schema.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "core/file.h"
#include "storage/session.h"
#include "tests/registry/fixture.h"

namespace earmark::registry {
namespace {

using storage::Session;

/// Makes a database file from a dump.
Status restore(const std::filesystem::path& dump, const std::filesystem::path& file) {
  EARMARK_TRY(const auto bytes, read_file(dump, 1 << 20));
  EARMARK_TRY(auto session, Session::open(file, Session::Mode::kReadWrite));
  EARMARK_TRY_STATUS(session.execute("PRAGMA foreign_keys=OFF"));
  std::string_view rest = as_text(bytes);
  for (auto end = rest.find(";\n"); end != std::string_view::npos; end = rest.find(";\n")) {
    EARMARK_TRY_STATUS(session.execute(rest.substr(0, end)));
    rest.remove_prefix(end + 2);
  }
  return {};
}

std::filesystem::path dump_of(int version) {
  return std::filesystem::path(EARMARK_TEST_DATA) / ("store-v" + std::to_string(version) + ".sql");
}

Result<std::unique_ptr<Registry>> open_at(const std::filesystem::path& store) {
  Registry::Options options;
  options.store = store;
  return Registry::open(options);
}

TEST(Schema, HasADumpOfEveryVersion) {
  for (const auto& migration : schema())
    EXPECT_TRUE(std::filesystem::exists(dump_of(static_cast<int>(migration.number))));
}

TEST(Schema, OfAnOldStoreIsTheSameAsThatOfANewOneOnceOpened) {
  using Object = std::tuple<std::string, std::string>;
  const test::TempDir folder;
  ASSERT_OK(open_at(folder / "new"));
  std::vector<std::set<Object>> schemas;
  for (const int version : {1, 2, 3, 4, 5, 6, 7, 8}) {
    const auto old = folder / ("old" + std::to_string(version));
    std::filesystem::create_directory(old);
    ASSERT_OK(restore(dump_of(version), old / kDatabaseFile));
    ASSERT_OK(open_at(old));
  }
  for (const char* store : {"new", "old1", "old2", "old3", "old4", "old5", "old6", "old7", "old8"}) {
    ASSERT_OK_AND(auto session, Session::open(folder / store / kDatabaseFile, Session::Mode::kReadOnly));
    ASSERT_OK_AND(const auto objects,
                  session.query<Object>("SELECT name, coalesce(sql, '') FROM sqlite_master"));
    schemas.emplace_back(objects.begin(), objects.end());
  }
  EXPECT_EQ(schemas[0], schemas[1]) << "a migration that was released has been changed";
  EXPECT_EQ(schemas[0], schemas[2]) << "a migration that was released has been changed";
  EXPECT_EQ(schemas[0], schemas[3]) << "a migration that was released has been changed";
  EXPECT_EQ(schemas[0], schemas[4]) << "a migration that was released has been changed";
  EXPECT_EQ(schemas[0], schemas[5]) << "a migration that was released has been changed";
  EXPECT_EQ(schemas[0], schemas[6]) << "a migration that was released has been changed";
  EXPECT_EQ(schemas[0], schemas[7]) << "a migration that was released has been changed";
  EXPECT_EQ(schemas[0], schemas[8]) << "a migration that was released has been changed";
}

TEST(Schema, OneKeepsItsFacts) {
  const test::TempDir folder;
  ASSERT_OK(restore(dump_of(1), folder / kDatabaseFile));

  ASSERT_OK_AND(const auto registry, open_at(folder.path()));

  ASSERT_OK(registry->verify());
  EXPECT_EQ(registry->store_uuid(), "7a524b6c-9883-4c7f-90d5-a9faf867c8c5");
  ASSERT_OK_AND(const auto stats, registry->stats());
  EXPECT_EQ(stats.recordings, 2);
  EXPECT_EQ(stats.quarantined, 1);
  EXPECT_EQ(stats.forgotten, 1);
  EXPECT_EQ(stats.reference_ms, 360'000);
  EXPECT_EQ(stats.sightings, 2);
  ASSERT_OK_AND(const auto song, registry->recordings().find(public_id("rec_", recording("song").identity)));
  ASSERT_TRUE(song);
  EXPECT_EQ(song->owner, "Label");
  EXPECT_EQ(song->action, PolicyAction::kMonetize);
  ASSERT_OK_AND(const auto bytes, registry->recordings().fingerprint(song->key));
  EXPECT_EQ(bytes, recording("song").fingerprint);
  ASSERT_OK_AND(const auto changes, registry->recordings().changes_since(0));
  EXPECT_EQ(changes.size(), 4U);
  ASSERT_OK_AND(const auto claims, registry->claims().list({}));
  ASSERT_EQ(claims.size(), 2U);
  EXPECT_EQ(claims[0].id, "clm_jotfoxgexvjw5f4x");
  EXPECT_EQ(claims[0].status, ClaimStatus::kActive);
  EXPECT_EQ(claims[0].use.reference_end_ms, 50'000);
  EXPECT_EQ(claims[1].status, ClaimStatus::kReview);
  ASSERT_OK_AND(const auto pending, registry->feeds().pending({}));
  ASSERT_EQ(pending.size(), 1U);
  EXPECT_EQ(pending[0].reason, "timed out");
}

TEST(Schema, OneGainsDeadlinesThatFire) {
  const test::TempDir folder;
  ASSERT_OK(restore(dump_of(1), folder / kDatabaseFile));
  StillClock clock;
  Registry::Options options;
  options.store = folder.path();
  options.clock = &clock;
  ASSERT_OK_AND(const auto registry, Registry::open(options));
  ASSERT_OK_AND(const auto claims, registry->claims().list({}));
  EXPECT_EQ(claims.at(0).action, PolicyAction::kMonetize);
  EXPECT_EQ(claims.at(0).in_effect, PolicyAction::kMonetize);

  clock.advance(std::chrono::days(31));
  ASSERT_OK_AND(const auto fired, registry->claims().tick());

  ASSERT_EQ(fired.size(), 2U);
  EXPECT_EQ(fired[0].verb, "undisputed");
  EXPECT_EQ(fired[1].to_status, "expired");
}

TEST(Schema, TwoKeepsItsFacts) {
  const test::TempDir folder;
  ASSERT_OK(restore(dump_of(2), folder / kDatabaseFile));

  ASSERT_OK_AND(const auto registry, open_at(folder.path()));

  ASSERT_OK(registry->verify());
  ASSERT_OK_AND(const auto song, registry->recordings().find(public_id("rec_", recording("song").identity)));
  ASSERT_TRUE(song);
  ASSERT_OK_AND(const auto shared, registry->shared().of(song->key));
  ASSERT_EQ(shared.size(), 1U);
  EXPECT_EQ(shared[0].start_ms, 30'000);
  EXPECT_EQ(shared[0].other_end_ms, 17'000);
  ASSERT_OK_AND(const auto kept, registry->evidence().kept("clm_jotfoxgexvjw5f4x"));
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(as_text(kept[0].data), "fLaC");
  EXPECT_EQ(kept[1].note, "the file is gone");
  ASSERT_OK_AND(const auto chain, registry->evidence().chain());
  ASSERT_EQ(chain.size(), 1U);
  EXPECT_EQ(chain[0].claim_id, "clm_jotfoxgexvjw5f4x");
  EXPECT_EQ(chain[0].signed_manifest.sha256, "cd");
}

TEST(Schema, FourKeepsItsFacts) {
  const test::TempDir folder;
  ASSERT_OK(restore(dump_of(4), folder / kDatabaseFile));

  ASSERT_OK_AND(const auto registry, open_at(folder.path()));

  ASSERT_OK(registry->verify());
  const auto song = public_id("rec_", recording("song").identity);
  ASSERT_OK_AND(const auto ownership, registry->rights().ownership(song));
  EXPECT_EQ(ownership.shares.size(), 2U);
  ASSERT_EQ(ownership.conflicts.size(), 1U);
  EXPECT_EQ(ownership.conflicts[0].territory, "DE");
  EXPECT_EQ(ownership.conflicts[0].total, 1'100'000);
  ASSERT_OK_AND(const auto works, registry->rights().works_of(song));
  EXPECT_EQ(works.at(0).iswc, "T0345246801");
  ASSERT_OK_AND(const auto licences, registry->terms().licences("Studio"));
  EXPECT_EQ(licences.at(0).kind, Licence::Kind::kAllow);
  ASSERT_OK_AND(const auto policies, registry->policies().list("Label"));
  EXPECT_EQ(policies.back().lines.size(), 2U);
  ASSERT_OK_AND(const auto claims, registry->claims().list({}));
  ASSERT_EQ(claims.size(), 4U);
  EXPECT_EQ(claims[0].status, ClaimStatus::kDisputed);
  EXPECT_EQ(claims[1].status, ClaimStatus::kReleased);
  EXPECT_EQ(claims[2].status, ClaimStatus::kReview);
  EXPECT_EQ(claims[3].reason, "ownership_conflict");
  ASSERT_OK_AND(const auto evidence, registry->claims().evidence(claims[0].id));
  EXPECT_EQ(evidence.back().body, "invoice 7");
}

TEST(Schema, FiveKeepsItsFacts) {
  const test::TempDir folder;
  ASSERT_OK(restore(dump_of(5), folder / kDatabaseFile));

  ASSERT_OK_AND(const auto registry, open_at(folder.path()));

  ASSERT_OK(registry->verify());
  ASSERT_OK_AND(const auto feeds, registry->crawl_feeds().list());
  ASSERT_EQ(feeds.size(), 1U);
  EXPECT_EQ(feeds[0].state, CrawlState::kPaused);
  EXPECT_EQ(feeds[0].where(), "https://example.org/moved.xml");
  EXPECT_EQ(feeds[0].checks, 3);
  ASSERT_OK_AND(const auto queue, registry->crawl_queue().state());
  EXPECT_EQ(queue.feeds, 1);
  ASSERT_OK_AND(const auto events, registry->crawl_feeds().events(10));
  EXPECT_EQ(events.at(0).kind, "moved");
  ASSERT_OK_AND(const auto robots, registry->crawl_hosts().robots("https://example.org"));
  ASSERT_TRUE(robots);
  EXPECT_EQ(robots->text, "user-agent: *\ncrawl-delay: 2\n");
  ASSERT_OK_AND(const auto archive, registry->crawl_archive().behind(100, 0, 10));
  ASSERT_EQ(archive.size(), 1U);
  EXPECT_EQ(archive[0].matched_revision, 2);
  ASSERT_OK_AND(const auto kept, registry->crawl_archive().load(archive[0].version_key));
  EXPECT_EQ(as_text(kept.emfp), "EMFP");
  ASSERT_OK_AND(const auto details, registry->feeds().details(1));
  EXPECT_EQ(details, R"({"season":"2"})");
}

TEST(Schema, SixKeepsItsFacts) {
  const test::TempDir folder;
  ASSERT_OK(restore(dump_of(6), folder / kDatabaseFile));
  ASSERT_OK(open_at(folder.path()));

  ASSERT_OK_AND(auto session, Session::open(folder / kDatabaseFile, Session::Mode::kReadOnly));
  ASSERT_OK(session.verify());
  EXPECT_EQ(session.get<std::int64_t>("SELECT sum(micros) FROM revenues").value(), 60'000'000);
  EXPECT_EQ(session.get<std::int64_t>("SELECT sum(micros) FROM ledger_lines").value(), 0);
  EXPECT_EQ(session.get<std::int64_t>("SELECT count(*) FROM attributions").value(), 2);
  const auto balance = session.get<std::int64_t>(
      "SELECT balance_micros FROM ledger_accounts WHERE name = 'escrow:clm_jotfoxgexvjw5f4x'");
  EXPECT_EQ(balance.value(), 283'333);
}

TEST(Schema, SevenKeepsItsFacts) {
  const test::TempDir folder;
  ASSERT_OK(restore(dump_of(7), folder / kDatabaseFile));

  ASSERT_OK_AND(const auto registry, open_at(folder.path()));

  ASSERT_OK(registry->verify());
  ASSERT_OK_AND(auto session, Session::open(folder / kDatabaseFile, Session::Mode::kReadOnly));
  using Day = std::tuple<std::string, std::string, std::int64_t, std::int64_t>;
  ASSERT_OK_AND(const auto days,
                session.query<Day>("SELECT a.path, d.epoch, d.day, d.downloads FROM audience_days d"
                                   " JOIN audience_assets a ON a.key = d.asset_key"
                                   " WHERE d.reckoned_by = 'calendar' ORDER BY d.day"));
  EXPECT_EQ(days,
            (std::vector<Day>{{"/show/a.mp3", "2025-11", 20'416, 1}, {"/show/b.mp3", "2025-12", 20'446, 1}}));
  ASSERT_OK_AND(const auto erased, session.query<std::string>("SELECT epoch FROM audience_epochs"
                                                              " WHERE state = 'erased'"));
  EXPECT_EQ(erased, std::vector<std::string>{"2025-11"});
}

TEST(Schema, OfALaterProgramIsRefusedAndLeftAlone) {
  const test::TempDir folder;
  ASSERT_OK(open_at(folder.path()));
  {
    ASSERT_OK_AND(auto session, Session::open(folder / kDatabaseFile, Session::Mode::kReadWrite));
    ASSERT_OK(session.execute("INSERT INTO schema_migrations VALUES (999, 'from the future', 0)"));
  }
  for (const auto access : {Registry::Options::Access::kReadWrite, Registry::Options::Access::kReadOnly}) {
    Registry::Options options;
    options.store = folder.path();
    options.access = access;
    const auto opened = Registry::open(options);
    EXPECT_FAILS(opened, ErrorCode::kUnsupported);
    EXPECT_NE(opened.error().message.find("newer program"), std::string::npos) << opened.error().message;
  }
}

}  // namespace
}  // namespace earmark::registry
