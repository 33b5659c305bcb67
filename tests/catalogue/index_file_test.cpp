// The index file is a cache: whatever happens to it, what is found stays the same.
#include <algorithm>
#include <fstream>

#include "core/file.h"
#include "tests/catalogue/fixture.h"

namespace earmark::catalogue {
namespace {

class IndexFileTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND(const auto catalogue, open(store()));
    for (std::uint32_t i = 0; i < 3; ++i) ids_.push_back(add(*catalogue, song(i)));
    ASSERT_OK(catalogue->forget(ids_[1]));
    expected_ = matches_in(*catalogue, medley({0, 1, 2}));
    ASSERT_NE(expected_.find(ids_[0]), std::string::npos);
    ASSERT_NE(expected_.find(ids_[2]), std::string::npos);
  }
  [[nodiscard]] std::filesystem::path store() const { return folder_ / "store"; }
  [[nodiscard]] std::filesystem::path file() const { return store() / "index" / "engine.idx"; }
  void expect_same() {
    ASSERT_OK_AND(const auto catalogue, open(store()));
    EXPECT_EQ(matches_in(*catalogue, medley({0, 1, 2})), expected_);
  }

  test::TempDir folder_;
  std::vector<std::string> ids_;
  std::string expected_;
};

TEST_F(IndexFileTest, IsThereAfterClosing) {
  EXPECT_TRUE(std::filesystem::exists(file()));
  const auto written = std::filesystem::last_write_time(file());
  expect_same();
  EXPECT_EQ(std::filesystem::last_write_time(file()), written) << "written again though nothing changed";
}

TEST_F(IndexFileTest, MayBeDeleted) {
  std::filesystem::remove_all(store() / "index");
  expect_same();
  EXPECT_TRUE(std::filesystem::exists(file()));
}

TEST_F(IndexFileTest, MayBeDamaged) {
  ASSERT_OK_AND(const auto good, read_file(file(), 1 << 28));
  for (const std::size_t at : {std::size_t{0}, std::size_t{5}, good.size() / 2, good.size() - 1}) {
    auto bad = good;
    bad[at] ^= std::byte{0x40};
    ASSERT_OK(write_file_atomically(file(), bad));
    expect_same();
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{10}, good.size() / 2, good.size() - 1}) {
    std::filesystem::resize_file(file(), size);
    expect_same();
  }
}

std::vector<std::filesystem::path> segments_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".segment") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

TEST_F(IndexFileTest, SegmentsMayBeDamagedCutOffOrMissing) {
  const auto first = segments_in(store() / "index");
  ASSERT_FALSE(first.empty());
  ASSERT_OK_AND(const auto good, read_file(first[0], 1 << 28));
  for (std::size_t at = 7; at < good.size(); at += good.size() / 12) {
    auto bad = good;
    bad[at] ^= std::byte{0x40};
    const auto files = segments_in(store() / "index");
    ASSERT_FALSE(files.empty());
    ASSERT_OK(write_file_atomically(files[0], bad));
    expect_same();
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{100}, good.size() / 2, good.size() - 1}) {
    std::filesystem::resize_file(segments_in(store() / "index")[0], size);
    expect_same();
  }
  std::filesystem::remove(segments_in(store() / "index")[0]);
  expect_same();
}

TEST_F(IndexFileTest, DamageThatIsMetInASearchIsMendedBeforeItAnswers) {
  // Open while all is well; then the bytes that are mapped change.
  ASSERT_OK_AND(const auto catalogue, open(store()));
  const auto file = segments_in(store() / "index").at(0);
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  const auto size = std::filesystem::file_size(file);
  for (std::uintmax_t at = 16384; at < size - 2048; at += 512) {
    stream.seekp(static_cast<std::streamoff>(at));
    stream.put('\x55');
  }
  stream.close();

  EXPECT_EQ(matches_in(*catalogue, medley({0, 1, 2})), expected_);
  expect_same();
}

TEST_F(IndexFileTest, OfFormatOneIsMadeAgain) {
  std::string old = "EMIX";
  old += std::string("\x01\0\0\0", 4) + std::string(200, 'x');
  ASSERT_OK(write_file_atomically(file(), as_bytes(old)));
  expect_same();
}

TEST_F(IndexFileTest, MayBeAFolder) {
  std::filesystem::remove(file());
  std::filesystem::create_directory(file());
  expect_same();
}

TEST_F(IndexFileTest, OfAnotherStoreIsNotUsed) {
  {
    ASSERT_OK_AND(const auto other, open(folder_ / "other"));
    for (std::uint32_t i = 5; i < 8; ++i) add(*other, song(i));
    add(*other, song(9));
  }
  std::filesystem::copy_file(folder_ / "other" / "index" / "engine.idx", file(),
                             std::filesystem::copy_options::overwrite_existing);
  expect_same();
}

TEST_F(IndexFileTest, OlderThanTheStoreIsCaughtUp) {
  std::filesystem::copy_file(file(), folder_ / "old.idx");
  {
    ASSERT_OK_AND(const auto catalogue, open(store()));
    ids_.push_back(add(*catalogue, song(3)));
    ASSERT_OK(catalogue->forget(ids_[0]));
  }
  std::filesystem::rename(folder_ / "old.idx", file());

  ASSERT_OK_AND(const auto catalogue, open(store()));
  EXPECT_EQ(ids_in(*catalogue, medley({0, 1, 2, 3})), (std::vector<std::string>{ids_[2], ids_[3]}));
}

TEST_F(IndexFileTest, OfALostHistoryIsNotUsedAfterABackupCameBack) {
  std::filesystem::copy_file(store() / "earmark.db", folder_ / "backup.db");
  {
    ASSERT_OK_AND(const auto catalogue, open(store()));
    add(*catalogue, song(6));
  }
  std::filesystem::copy_file(file(), folder_ / "lost.idx");
  std::filesystem::copy_file(folder_ / "backup.db", store() / "earmark.db",
                             std::filesystem::copy_options::overwrite_existing);
  expect_same();
  {
    ASSERT_OK_AND(const auto catalogue, open(store()));
    ids_.push_back(add(*catalogue, song(7)));
  }
  // Same store, same revision, another last recording.
  std::filesystem::rename(folder_ / "lost.idx", file());

  ASSERT_OK_AND(const auto catalogue, open(store()));
  EXPECT_EQ(ids_in(*catalogue, medley({6, 7})), std::vector<std::string>{ids_.back()});
}

TEST_F(IndexFileTest, HalfWrittenOnesOfKilledProcessesAreTidiedAway) {
  const auto left = store() / "index" / ".earmark-123-0.tmp";
  const auto fresh = store() / "index" / ".earmark-124-0.tmp";
  std::ofstream(left) << "half";
  std::ofstream(fresh) << "half";
  std::filesystem::last_write_time(left,
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));

  expect_same();

  EXPECT_FALSE(std::filesystem::exists(left));
  EXPECT_TRUE(std::filesystem::exists(fresh)) << "it may be another process's that is writing now";
}

}  // namespace
}  // namespace earmark::catalogue
