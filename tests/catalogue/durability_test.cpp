// Kills, other processes, full and read-only disks, damaged databases.
#include <algorithm>
#include <csignal>
#include <fstream>
#include <random>
#include <set>

#include "tests/catalogue/fixture.h"
#include "tests/storage/child_process.h"
#include "tests/storage/small_disk.h"

namespace earmark::catalogue {
namespace {

using Ids = std::vector<std::string>;
using test::ChildProcess;
using test::SmallDisk;
using Access = Catalogue::Options::Access;

bool contains(const Ids& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

TEST(CatalogueDurability, NothingAcknowledgedIsLostInKills) {
  const test::TempDir folder;
  std::vector<Analysed> songs;
  for (std::uint32_t i = 0; i < 24; ++i) songs.push_back(analysed(std::to_string(i), music(i, 4.0)));
  std::mt19937 random(11);
  std::set<std::string> acknowledged;
  std::size_t next = 0;

  // A child that is killed late may have registered everything that was left.
  for (int round = 0; round < 6 && next < songs.size(); ++round) {
    const std::size_t begin = next;
    ChildProcess child([&](const ChildProcess::Say& say) {
      const auto catalogue = open(folder.path());
      if (!catalogue) return 1;
      for (std::size_t i = begin; i < songs.size(); ++i) {
        const auto added = (*catalogue)->add(songs[i], {});
        if (!added) return 2;
        say(added->recording_id);
      }
      ::pause();
      return 0;
    });
    (void)child.lines(std::min<std::size_t>(1 + random() % 4, songs.size() - begin));
    const auto lines = child.kill();
    ASSERT_EQ(child.wait(), 128 + SIGKILL);
    acknowledged.insert(lines.begin(), lines.end());
    next = std::min(begin + lines.size(), songs.size());
  }

  ASSERT_OK_AND(const auto catalogue, open(folder.path()));
  ASSERT_OK(catalogue->registry().verify());
  EXPECT_TRUE(acknowledged.size() >= 6U || next == songs.size());
  for (std::size_t i = 0; i < next; ++i) {
    const auto ids = ids_in(*catalogue, songs[i]);
    ASSERT_FALSE(ids.empty()) << i;
    EXPECT_TRUE(acknowledged.contains(ids.front())) << i;
  }
}

TEST(CatalogueDurability, AForgottenRecordingStaysForgottenAfterAKill) {
  const test::TempDir folder;
  std::string id;
  {
    ASSERT_OK_AND(const auto catalogue, open(folder.path()));
    id = add(*catalogue, song(1));
    add(*catalogue, song(2));
  }
  ChildProcess child([&](const ChildProcess::Say& say) {
    const auto catalogue = open(folder.path());
    if (!catalogue || !(*catalogue)->forget(id)) return 1;
    say("forgotten");
    ::pause();
    return 0;
  });
  ASSERT_EQ(child.lines(1).size(), 1U);
  (void)child.kill();

  ASSERT_OK_AND(const auto catalogue, open(folder.path()));
  EXPECT_FALSE(contains(ids_in(*catalogue, song(1)), id));
}

TEST(CatalogueProcesses, SeeEachOthersChangesAtOnce) {
  const test::TempDir folder;
  const auto one = song(1);
  const auto two = song(2);
  ChildProcess other([&](const ChildProcess::Say& say) {
    const auto catalogue = open(folder.path());
    if (!catalogue) return 1;
    say(add(**catalogue, one));
    // The other process says that it is ready by adding the second song; this one sees it without reopening.
    while (true) {
      const auto uses = (*catalogue)->match(two, {});
      if (!uses) return 2;
      if (!uses->empty()) break;
    }
    if (!(*catalogue)->forget(add(**catalogue, one))) return 3;
    say("forgotten");
    return 0;
  });
  const auto id = other.lines(1).at(0);

  ASSERT_OK_AND(const auto catalogue, open(folder.path()));
  EXPECT_EQ(ids_in(*catalogue, one), Ids{id});
  add(*catalogue, two);
  ASSERT_EQ(other.wait(), 0);

  EXPECT_FALSE(contains(ids_in(*catalogue, one), id));
  EXPECT_EQ(ids_in(*catalogue, two).size(), 1U);
}

TEST(CatalogueProcesses, RegisterBesideEachOtherWithoutDuplicates) {
  const test::TempDir folder;
  std::vector<Analysed> songs;
  for (std::uint32_t i = 0; i < 6; ++i) songs.push_back(analysed(std::to_string(i), music(i, 4.0)));
  {
    std::vector<std::unique_ptr<ChildProcess>> children;
    for (int process = 0; process < 3; ++process) {
      children.push_back(std::make_unique<ChildProcess>([&](const ChildProcess::Say&) {
        const auto catalogue = open(folder.path());
        if (!catalogue) return 1;
        for (const auto& input : songs) {
          if (!(*catalogue)->add(input, {})) return 2;
        }
        return 0;
      }));
    }
    for (const auto& child : children) EXPECT_EQ(child->wait(), 0);
  }

  ASSERT_OK_AND(const auto catalogue, open(folder.path()));
  ASSERT_OK_AND(const auto stats, catalogue->stats());
  EXPECT_EQ(stats.index.recordings, songs.size());
  ASSERT_OK(catalogue->registry().verify());
}

TEST(CatalogueDisks, AFullOneRefusesAndStillMatches) {
  const auto disk = SmallDisk::mount(8 << 20);
  if (!disk) GTEST_SKIP() << "this user may not mount a small disk";
  const auto one = song(1);
  std::string id;
  {
    ASSERT_OK_AND(const auto catalogue, open(disk->path() / "store"));
    id = add(*catalogue, one);
    disk->fill("ballast");
    EXPECT_EQ(ids_in(*catalogue, one), Ids{id});
    Ids stored = {id};
    // A log that was written before has pages to spare: it takes some recordings until it is really full.
    for (std::uint32_t i = 2; i < 40; ++i) {
      const auto added = catalogue->add(song(i), {});
      if (!added) {
        EXPECT_EQ(added.error().code, ErrorCode::kResourceExhausted) << added.error().message;
        break;
      }
      stored.push_back(added->recording_id);
    }
    EXPECT_LT(stored.size(), 30U) << "the disk was never full";
    EXPECT_EQ(ids_in(*catalogue, one), Ids{id});
    ASSERT_OK_AND(const auto stats, catalogue->stats());
    EXPECT_EQ(stats.index.recordings, stored.size());
  }
  {
    ASSERT_OK_AND(const auto catalogue, open(disk->path() / "store"));
    EXPECT_EQ(ids_in(*catalogue, one), Ids{id});
  }
  std::filesystem::remove(disk->path() / "ballast");
  ASSERT_OK_AND(const auto catalogue, open(disk->path() / "store"));
  ASSERT_OK(catalogue->registry().verify());
  EXPECT_EQ(ids_in(*catalogue, one), Ids{id});
  EXPECT_EQ(ids_in(*catalogue, song(50)), Ids{});
  add(*catalogue, song(50));
  EXPECT_EQ(ids_in(*catalogue, song(50)).size(), 1U);
}

TEST(CatalogueDisks, AReadOnlyOneIsMatchedAgainst) {
  const auto disk = SmallDisk::mount(8 << 20);
  if (!disk) GTEST_SKIP() << "this user may not mount a small disk";
  std::string id;
  {
    ASSERT_OK_AND(const auto catalogue, open(disk->path()));
    id = add(*catalogue, song(1));
  }
  for (const bool with_index : {true, false}) {
    if (!with_index) std::filesystem::remove_all(disk->path() / "index");
    ASSERT_TRUE(disk->set_writing(SmallDisk::Writing::kForbidden));
    for (const auto access : {Access::kReadOnly, Access::kReadWrite}) {
      ASSERT_OK_AND(const auto catalogue, open(disk->path(), access));
      EXPECT_EQ(ids_in(*catalogue, song(1)), Ids{id});
      const auto refused = catalogue->add(song(2), {});
      EXPECT_FAILS(refused, ErrorCode::kIo);
      EXPECT_FAILS(catalogue->forget(id), ErrorCode::kIo);
    }
    ASSERT_TRUE(disk->set_writing(SmallDisk::Writing::kAllowed));
  }
}

TEST(CatalogueDisks, OpenedForReadingNothingIsWritten) {
  const test::TempDir folder;
  EXPECT_FAILS(open(folder / "none", Access::kReadOnly), ErrorCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(folder / "none"));
  {
    ASSERT_OK_AND(const auto catalogue, open(folder / "store"));
    add(*catalogue, song(1));
  }
  std::filesystem::remove_all(folder / "store" / "index");
  ASSERT_OK_AND(const auto catalogue, open(folder / "store", Access::kReadOnly));
  EXPECT_EQ(ids_in(*catalogue, song(1)).size(), 1U);
  EXPECT_FALSE(std::filesystem::exists(folder / "store" / "index"));
}

TEST(CatalogueDisks, ADamagedDatabaseIsReportedAndLeftAlone) {
  const test::TempDir folder;
  {
    ASSERT_OK_AND(const auto catalogue, open(folder.path()));
    add(*catalogue, song(1));
  }
  const auto file = folder / "earmark.db";
  const auto half = std::filesystem::file_size(file) / 2;
  std::filesystem::resize_file(file, half);

  const auto opened = open(folder.path());

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt) << opened.error().message;
  EXPECT_NE(opened.error().message.find("earmark.db"), std::string::npos) << opened.error().message;
  EXPECT_NE(opened.error().message.find("backup"), std::string::npos) << opened.error().message;
  EXPECT_EQ(std::filesystem::file_size(file), half);
}

}  // namespace
}  // namespace earmark::catalogue
