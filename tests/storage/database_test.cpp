#include "storage/database.h"

#include <atomic>
#include <csignal>
#include <fstream>
#include <random>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/storage/child_process.h"
#include "tests/storage/small_disk.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::storage {
namespace {

constexpr std::string_view kTable[] = {"CREATE TABLE t (key {key}, i BIGINT NOT NULL, b {blob})"};
constexpr Migration kSchema[] = {{1, "one", kTable}};

Result<std::unique_ptr<Database>> open(const std::filesystem::path& folder,
                                       Database::Access access = Database::Access::kReadWrite) {
  Database::Options options;
  options.address = folder / "store" / "a.db";
  options.access = access;
  options.migrations = kSchema;
  return Database::open(options);
}

Result<std::int64_t> insert(Database& database, std::int64_t i, std::size_t blob_bytes = 0) {
  return database.write([&](Session& session) {
    return session.get<std::int64_t>("INSERT INTO t (i, b) VALUES (:i, :b) RETURNING key",
                                     {i, Bytes(blob_bytes)});
  });
}

Result<std::int64_t> count(Database& database) {
  return database.read([](Session& session) { return session.get<std::int64_t>("SELECT count(*) FROM t"); });
}

Status verify(Database& database) {
  return database.read([](Session& session) { return session.verify(); });
}

TEST(Database, IsMadeWithItsFolders) {
  const test::TempDir folder;
  ASSERT_OK_AND(const auto database, open(folder / "deep" / "er"));
  EXPECT_TRUE(database->is_writable());
  ASSERT_OK(insert(*database, 1));
  EXPECT_EQ(count(*database), 1);
}

TEST(Database, RollsBackWhatReturnsAnError) {
  const test::TempDir folder;
  ASSERT_OK_AND(const auto database, open(folder.path()));

  const auto failed = database->write([](Session& session) -> Status {
    EARMARK_TRY_STATUS(session.execute("INSERT INTO t (i) VALUES (1)"));
    return fail(ErrorCode::kRefused, "changed my mind");
  });

  EXPECT_FAILS(failed, ErrorCode::kRefused);
  EXPECT_EQ(count(*database), 0);
  ASSERT_OK(insert(*database, 2));
}

TEST(Database, ServesManyThreads) {
  const test::TempDir folder;
  ASSERT_OK_AND(const auto database, open(folder.path()));
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 25; ++i) {
          if (!insert(*database, i) || !count(*database)) ++failures;
        }
      });
    }
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(count(*database), 100);
}

TEST(Database, IsSharedByProcessesFromItsVeryFirstUse) {
  const test::TempDir folder;
  constexpr int kProcesses = 4;
  constexpr int kRows = 25;
  {
    std::vector<std::unique_ptr<test::ChildProcess>> children;
    for (int p = 0; p < kProcesses; ++p) {
      children.push_back(std::make_unique<test::ChildProcess>([&](const test::ChildProcess::Say&) {
        const auto database = open(folder.path());
        if (!database) return 1;
        for (int i = 0; i < kRows; ++i) {
          if (!insert(**database, i, 10'000)) return 2;
        }
        return 0;
      }));
    }
    for (const auto& child : children) EXPECT_EQ(child->wait(), 0);
  }
  ASSERT_OK_AND(const auto database, open(folder.path()));
  EXPECT_EQ(count(*database), kProcesses * kRows);
  ASSERT_OK(verify(*database));
}

TEST(Database, KeepsWhatItAcknowledgedThroughKills) {
  const test::TempDir folder;
  std::mt19937 random(7);
  std::set<std::int64_t> acknowledged;
  for (int round = 0; round < 12; ++round) {
    test::ChildProcess child([&](const test::ChildProcess::Say& say) {
      const auto database = open(folder.path());
      if (!database) return 1;
      while (true) {
        const auto key = insert(**database, 1, 50'000);
        if (!key) return 2;
        say(std::to_string(*key));
      }
    });
    (void)child.lines(1 + random() % 8);
    for (const auto& line : child.kill()) acknowledged.insert(std::stoll(line));
    ASSERT_EQ(child.wait(), 128 + SIGKILL);
  }

  ASSERT_OK_AND(const auto database, open(folder.path()));
  ASSERT_OK(verify(*database));
  ASSERT_OK_AND(const auto keys, database->read([](Session& session) {
    return session.query<std::int64_t>("SELECT key FROM t WHERE length(b) = 50000");
  }));
  const std::set<std::int64_t> stored(keys.begin(), keys.end());
  EXPECT_GE(acknowledged.size(), 12U);
  for (const auto key : acknowledged) EXPECT_TRUE(stored.contains(key)) << key;
}

TEST(Database, SurvivesAFullDisk) {
  const auto disk = test::SmallDisk::mount(4 << 20);
  if (!disk) GTEST_SKIP() << "this user may not mount a small disk";
  ASSERT_OK_AND(const auto database, open(disk->path()));
  ASSERT_OK(insert(*database, 1, 1000));
  disk->fill("ballast");

  const auto failed = insert(*database, 2, 1 << 20);

  EXPECT_FAILS(failed, ErrorCode::kResourceExhausted);
  EXPECT_EQ(count(*database), 1);
  ASSERT_OK(verify(*database));
  std::filesystem::remove(disk->path() / "ballast");
  ASSERT_OK(insert(*database, 3, 1 << 20));
  EXPECT_EQ(count(*database), 2);
}

TEST(Database, OpensForReadingOnAFullDiskAndWritesWhenThereIsSpaceAgain) {
  const auto disk = test::SmallDisk::mount(4 << 20);
  if (!disk) GTEST_SKIP() << "this user may not mount a small disk";
  {
    ASSERT_OK_AND(const auto database, open(disk->path()));
    ASSERT_OK(insert(*database, 1));
  }
  disk->fill("ballast");

  ASSERT_OK_AND(const auto database, open(disk->path()));
  EXPECT_FALSE(database->is_writable());
  EXPECT_EQ(count(*database), 1);
  EXPECT_FAILS(insert(*database, 2), ErrorCode::kResourceExhausted);
  std::filesystem::remove(disk->path() / "ballast");
  ASSERT_OK(insert(*database, 2));
  EXPECT_TRUE(database->is_writable());
  EXPECT_EQ(count(*database), 2);
}

TEST(Database, ReportsALimitOnFileSizes) {
  const test::TempDir folder;
  test::ChildProcess child([&](const test::ChildProcess::Say& say) {
    const auto database = open(folder.path());
    if (!database || !insert(**database, 1)) return 1;
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1 << 19, 1 << 19};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    const auto failed = insert(**database, 2, 1 << 20);
    say(failed ? "stored" : std::string(to_string(failed.error().code)));
    return count(**database) == 1 ? 0 : 3;
  });
  EXPECT_EQ(child.wait(), 0);
  EXPECT_EQ(child.lines(1), std::vector<std::string>{"resource_exhausted"});
}

TEST(Database, IsReadFromAReadOnlyDisk) {
  const auto disk = test::SmallDisk::mount(4 << 20);
  if (!disk) GTEST_SKIP() << "this user may not mount a small disk";
  {
    ASSERT_OK_AND(const auto database, open(disk->path()));
    ASSERT_OK(insert(*database, 1));
  }
  ASSERT_TRUE(disk->set_writing(test::SmallDisk::Writing::kForbidden));

  for (const auto access : {Database::Access::kReadOnly, Database::Access::kReadWrite}) {
    ASSERT_OK_AND(const auto database, open(disk->path(), access));
    EXPECT_FALSE(database->is_writable());
    EXPECT_EQ(count(*database), 1);
    EXPECT_FAILS(insert(*database, 2), ErrorCode::kIo);
  }
}

TEST(Database, WithALeftOverLogIsNotReadWithoutIt) {
  const auto disk = test::SmallDisk::mount(4 << 20);
  if (!disk) GTEST_SKIP() << "this user may not mount a small disk";
  test::ChildProcess child([&](const test::ChildProcess::Say& say) {
    const auto database = open(disk->path());
    if (!database || !insert(**database, 1)) return 1;
    say("stored");
    ::pause();
    return 0;
  });
  ASSERT_EQ(child.lines(1).size(), 1U);
  (void)child.kill();
  std::filesystem::remove(disk->path() / "store" / "a.db-shm");
  ASSERT_TRUE(disk->set_writing(test::SmallDisk::Writing::kForbidden));

  const auto database = open(disk->path());

  // Either the log is read, or it says that it cannot be: never the state before the log.
  if (database) {
    EXPECT_EQ(count(**database), 1);
  } else {
    EXPECT_EQ(database.error().code, ErrorCode::kIo) << database.error().message;
  }
}

/// Opens the store as a user who may read it only, counts its rows, and tries to write.
int use_as_nobody(const std::filesystem::path& folder, std::int64_t rows) {
  constexpr uid_t kNobody = 65534;
  if (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) return 1;
  for (const auto access : {Database::Access::kReadOnly, Database::Access::kReadWrite}) {
    const auto database = open(folder, access);
    if (!database) return 2;
    if (count(**database) != rows || (*database)->is_writable()) return 3;
    const auto refused = insert(**database, 9);
    if (refused || refused.error().code != ErrorCode::kIo) return 4;
  }
  return 0;
}

TEST(Database, OfAnotherUserIsReadWhetherItIsInUseOrNot) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  const test::TempDir folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  {
    ASSERT_OK_AND(const auto database, open(folder.path()));
    ASSERT_OK(insert(*database, 1));
  }
  test::ChildProcess closed([&](const auto&) { return use_as_nobody(folder.path(), 1); });
  EXPECT_EQ(closed.wait(), 0);

  test::ChildProcess writer([&](const test::ChildProcess::Say& say) {
    const auto database = open(folder.path());
    if (!database || !insert(**database, 2)) return 1;
    say("ready");
    ::pause();
    return 0;
  });
  ASSERT_EQ(writer.lines(1).size(), 1U);
  test::ChildProcess in_use([&](const auto&) { return use_as_nobody(folder.path(), 2); });
  EXPECT_EQ(in_use.wait(), 0);
}

TEST(Database, OpenedForReadingSeesWhatOthersWriteLater) {
  const test::TempDir folder;
  {
    ASSERT_OK_AND(const auto writer, open(folder.path()));
    ASSERT_OK(insert(*writer, 1));
  }
  ASSERT_OK_AND(const auto reader, open(folder.path(), Database::Access::kReadOnly));
  EXPECT_EQ(count(*reader), 1);
  ASSERT_OK_AND(const auto writer, open(folder.path()));
  ASSERT_OK(insert(*writer, 2));
  EXPECT_EQ(count(*reader), 2);
  EXPECT_FAILS(insert(*reader, 3), ErrorCode::kIo);
}

TEST(Database, OpenedForReadingMustExist) {
  const test::TempDir folder;
  EXPECT_FAILS(open(folder.path(), Database::Access::kReadOnly), ErrorCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(folder / "store"));
}

class DamagedDatabase : public testing::TestWithParam<int> {};

TEST_P(DamagedDatabase, IsReportedAsCorruptWithWhatToDo) {
  const test::TempDir folder;
  const auto file = folder / "store" / "a.db";
  {
    ASSERT_OK_AND(const auto database, open(folder.path()));
    for (int i = 0; i < 20; ++i) ASSERT_OK(insert(*database, i, 20'000));
  }
  switch (GetParam()) {
    case 0:
      std::ofstream(file, std::ios::trunc) << "this is not a database, though it is long enough to be one";
      break;
    case 1: std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2); break;
    case 2: std::filesystem::resize_file(file, 50); break;
    default: {
      std::fstream page(file, std::ios::in | std::ios::out);
      page.seekp(40);
      page << std::string(4000, '\xee');
    }
  }

  auto outcome = open(folder.path());
  const Status status = outcome ? verify(**outcome) : Status(fail(outcome.error()));

  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kCorrupt) << status.error().message;
  EXPECT_NE(status.error().message.find("backup"), std::string::npos) << status.error().message;
}

INSTANTIATE_TEST_SUITE_P(Kinds, DamagedDatabase, testing::Range(0, 4));

}  // namespace
}  // namespace earmark::storage
